import assert from "node:assert/strict";
import { test } from "node:test";
import { phase } from "../../static/js/phase.js";

test("what has not begun is the future, what has ended is the past", () => {
  assert.equal(phase(3, 5, 2, 9), "future");
  assert.equal(phase(3, 5, 3, 9), "now");
  assert.equal(phase(3, 5, 4, 9), "now");
  assert.equal(phase(3, 5, 5, 9), "past");
});

test("what begins beyond the horizon is not seen, wherever the player stands", () => {
  for (const moment of [0, 3, 4, 9]) assert.equal(phase(4, 6, moment, 3), "veiled");
  assert.equal(phase(3, 6, 0, 3), "future");
});
