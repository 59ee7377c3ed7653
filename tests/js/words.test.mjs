import assert from "node:assert/strict";
import { test } from "node:test";

import { stateWords } from "../../static/js/labs/words.js";
import { fixture } from "./fixtures.mjs";

for (const { facts, words } of fixture("words")) {
  test(`page and server say the same: ${words}`, () => assert.equal(stateWords(facts), words));
}
