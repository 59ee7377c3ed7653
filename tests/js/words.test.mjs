import assert from "node:assert/strict";
import { test } from "node:test";

import { secondsOfAnEpoch, stateWords } from "../../static/js/labs/words.js";
import { fixture } from "./fixtures.mjs";

for (const { facts, words } of fixture("words")) {
  test(`page and server say the same: ${words}`, () => assert.equal(stateWords(facts), words));
}

test("one slow epoch does not triple the time that is left", () => {
  assert.equal(secondsOfAnEpoch([60, 1, 1, 1, 1, 6]), 2);
  assert.equal(secondsOfAnEpoch([4]), 4);
  assert.equal(secondsOfAnEpoch([]), 0);
});
