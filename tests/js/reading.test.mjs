import assert from "node:assert/strict";
import { test } from "node:test";
import { controls, horizon, momentOf, openPrediction, stepAt } from "../../static/js/reading.js";

const read = (number, player, moment) => ({ number, player, moment, prediction: null });
const ask = (number, player, moment, prediction) => ({ number, player, moment, prediction });

/** Two players: a is read, asked, read, asked, read; b is asked first. */
const ITEMS = [
  read(1, "a", 1),
  ask(2, "a", 1, "number"),
  read(3, "a", 2),
  ask(4, "a", 3, "state"),
  read(5, "a", 6),
  ask(6, "b", 0, "refused"),
  read(7, "b", 2),
];
const LAST = 8;
const at = (step, moment, answers = {}) => ({ step, moment, answers });

test("a prediction ahead without an answer closes the future of its player", () => {
  assert.equal(horizon(ITEMS, "a", at(1, 1), LAST), 1);
  assert.equal(horizon(ITEMS, "a", at(2, 1), LAST), 1);
  assert.equal(horizon(ITEMS, "b", at(1, 1), LAST), 0);
});

test("an answer opens it as far as the next prediction", () => {
  assert.equal(horizon(ITEMS, "a", at(2, 1, { number: 3 }), LAST), 3);
  assert.equal(horizon(ITEMS, "a", at(4, 3, { number: 3, state: 1 }), LAST), LAST);
});

test("moving on passes a prediction, going back before it asks it again", () => {
  assert.equal(horizon(ITEMS, "a", at(3, 2), LAST), 3);
  assert.equal(horizon(ITEMS, "a", at(1, 1), LAST), 1);
  assert.equal(openPrediction(ITEMS, "a", at(5, 6)), null);
});

test("a moment between two steps has the words of the one before", () => {
  const answered = at(3, 2, { number: 1, state: 1 });
  assert.equal(stepAt(ITEMS, "a", answered, 5), 4);
  assert.equal(stepAt(ITEMS, "a", answered, 6), 5);
  assert.equal(stepAt(ITEMS, "a", answered, 8), 5);
});

test("before the first step's moment, the first step", () => {
  assert.equal(stepAt(ITEMS, "a", at(3, 2, { number: 1 }), 0), 1);
});

test("a reader who stands at the moment stays where they are, of two steps that show it", () => {
  assert.equal(stepAt(ITEMS, "a", at(2, 1), 1), 2);
  assert.equal(stepAt(ITEMS, "a", at(1, 0), 1), 1);
  assert.equal(stepAt(ITEMS, "a", at(3, 2, { number: 1 }), 1), 1);
});

test("moving back by moments does not ask again what was passed, so the way forward stays open", () => {
  const back = stepAt(ITEMS, "a", at(3, 2), 0);
  assert.equal(back, 3);
  assert.equal(horizon(ITEMS, "a", at(back, 0), LAST), 3);
  assert.equal(stepAt(ITEMS, "a", at(5, 6), 0), 5);
});

test("into a player behind, which ends with a question that was passed", () => {
  const items = [read(1, "a", 0), ask(2, "a", 4, "q"), read(3, "b", 2)];
  assert.equal(stepAt(items, "a", at(3, 2), 1), 2);
});

test("an open prediction is not walked past", () => {
  const items = [read(1, "a", 0), ask(2, "a", 4, "q"), read(3, "a", 2)];
  assert.equal(stepAt(items, "a", at(1, 0), 3), 1);
  assert.equal(stepAt(items, "a", at(1, 0, { q: 1 }), 3), 3);
});

test("a player without steps has no words, no questions, and is shown whole", () => {
  assert.equal(stepAt(ITEMS, "c", at(1, 1), 3), null);
  assert.equal(horizon(ITEMS, "c", at(1, 1), LAST), LAST);
  assert.equal(momentOf(ITEMS, "c", at(1, 1), LAST), LAST);
});

test("the player being read shows the reader's moment, those behind their end, those ahead their beginning", () => {
  assert.equal(momentOf(ITEMS, "a", at(3, 4), LAST), 4);
  assert.equal(momentOf(ITEMS, "b", at(3, 4), LAST), 0);
  assert.equal(momentOf(ITEMS, "a", at(7, 2), LAST), 6);
});

test("the controls of a player run on into its neighbours", () => {
  assert.deepEqual(controls(ITEMS, "a", 1), { previous: null, next: 2, place: 1, of: 5 });
  assert.deepEqual(controls(ITEMS, "a", 5), { previous: 4, next: 6, place: 5, of: 5 });
  assert.deepEqual(controls(ITEMS, "b", 6), { previous: 5, next: 7, place: 1, of: 2 });
  assert.deepEqual(controls(ITEMS, "b", 7), { previous: 6, next: null, place: 2, of: 2 });
});

test("a player that is not being read leads to itself", () => {
  assert.deepEqual(controls(ITEMS, "b", 2), { previous: null, next: 6, place: 1, of: 2 });
  assert.deepEqual(controls(ITEMS, "a", 7), { previous: 4, next: 6, place: 5, of: 5 });
  assert.deepEqual(controls(ITEMS, "c", 7), { previous: null, next: null, place: 0, of: 0 });
});
