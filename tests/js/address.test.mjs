import assert from "node:assert/strict";
import { test } from "node:test";
import { addressToShare, formatTime, parseTime, readAddress, writeAddress } from "../../static/js/address.js";

test("a time is written in the largest unit that needs no fraction", () => {
  assert.equal(formatTime(0), "0ms");
  assert.equal(formatTime(150_000), "150ms");
  assert.equal(formatTime(150_500), "150500us");
  assert.equal(formatTime(61_000_000), "61s");
});

test("a time that is written can be read again", () => {
  for (const at of [0, 1, 999, 1_000, 150_500, 1_100_000, 60_000_000]) assert.equal(parseTime(formatTime(at)), at);
});

test("what is not a time is null", () => {
  for (const text of ["", "150", "ms", "-5ms", "1h", "1e3ms"]) assert.equal(parseTime(text), null);
});

test("an address is read into a step, a time and the answers of this lesson's predictions", () => {
  assert.deepEqual(readAddress("?step=3&t=50ms&ack-number=2&other=1", ["ack-number", "who"]), {
    step: 3,
    t: 50_000,
    answers: { "ack-number": 2 },
  });
});

test("nonsense in an address is nothing", () => {
  assert.deepEqual(readAddress("?step=x&t=soon&who=0", ["who"]), { step: null, t: null, answers: {} });
});

test("an address is written in one way only, answers in the order of the lesson", () => {
  const address = { step: 4, t: null, answers: { who: 1, "ack-number": 2 } };
  assert.equal(writeAddress(address, ["ack-number", "who"]), "?step=4&ack-number=2&who=1");
  assert.deepEqual(readAddress(writeAddress(address, ["ack-number", "who"]), ["ack-number", "who"]), address);
});

test("a link to share holds the place and no answers", () => {
  const here = "http://host/zh/lessons/x?step=3&t=150ms&ack-number=2#syn";
  assert.equal(addressToShare(here), "http://host/zh/lessons/x?step=3&t=150ms");
});

test("a link to the lab is the whole experiment", () => {
  const here = "http://host/zh/lab?server=listen;+accept*%7Bclose%7D&client=connect&v=1&t=150ms&sel=c1";
  assert.equal(addressToShare(`${here}#programs`), here);
});
