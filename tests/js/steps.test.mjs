import assert from "node:assert/strict";
import { test } from "node:test";
import { parsed, withRead, withStep } from "../../static/js/steps.js";

test("the place is the step read last, and every step is kept once", () => {
  const first = withStep(null, "why-three", 1, "two");
  assert.deepEqual(first, { lesson: "why-three", step: 1, read: ["why-three#two"] });
  const third = withStep(withStep(first, "why-three", 2, "old-syn"), "why-three", 1, "two");
  assert.deepEqual(third, { lesson: "why-three", step: 1, read: ["why-three#old-syn", "why-three#two"] });
});

test("what was read beside the place leaves the place where it is", () => {
  const place = withStep(null, "why-three", 2, "old-syn");
  const read = ["why-three#old-syn", "both-at-once#answers"];
  assert.deepEqual(withRead(place, "both-at-once#answers"), { ...place, read });
  assert.deepEqual(parsed(JSON.stringify(withRead(null, "a#answers")))?.read, ["a#answers"]);
});

test("what was kept is read back", () => {
  const kept = withStep(null, "both-at-once", 3, "open");
  assert.deepEqual(parsed(JSON.stringify(kept)), kept);
});

test("what is not ours is nothing", () => {
  for (const text of [null, "", "{", "null", "[]", "7", '{"lesson":1,"step":1,"read":[]}', '{"lesson":"a","step":"1"}']) {
    assert.equal(parsed(text), null, text);
  }
  assert.deepEqual(parsed('{"lesson":"a","step":1,"read":[1,"a#b"]}')?.read, ["a#b"]);
});
