import assert from "node:assert/strict";
import { test } from "node:test";
import { KeptCode, isRight, spoken, summary } from "../../static/js/exercise/words.js";

const passed = { passed: true, text: "f(1) gave 1, as expected." };
const failed = { passed: false, text: "f(2) gave 1, but 2 was expected." };
const done = (...tests) => ({ done: { error: "", tests } });

test("a run is summed up in one sentence", () => {
  assert.equal(summary(done(passed, passed)), "All 2 tests pass.");
  assert.equal(summary(done(passed, failed)), "1 of 2 tests pass.");
  assert.equal(summary({ done: { error: "Python stopped at line 1.", tests: [] } }), "Python stopped at line 1.");
  assert.match(summary({ stopped: 5 }), /^Stopped after 5 seconds: .* kept\.$/);
  assert.match(summary({ failed: "out of memory" }), /out of memory.*kept/);
});

test("a screen reader hears the first failure too", () => {
  assert.equal(spoken(done(passed, failed)), "1 of 2 tests pass. f(2) gave 1, but 2 was expected.");
  assert.equal(spoken(done(passed, passed)), "All 2 tests pass.");
});

test("only a run in which every test passed is right", () => {
  assert.ok(isRight(done(passed)));
  assert.ok(!isRight(done(passed, failed)));
  assert.ok(!isRight({ stopped: 5 }));
  assert.ok(!isRight({ done: { error: "no", tests: [] } }));
});

test("typed code is kept by exercise, and forgotten where it is the start again", () => {
  const held = new Map();
  const storage = { getItem: (key) => held.get(key) ?? null, setItem: (key, value) => held.set(key, value), removeItem: (key) => held.delete(key) };
  const kept = new KeptCode(() => storage, "softmax");
  assert.equal(kept.read(), null);
  kept.write("mine", "start");
  assert.equal(kept.read(), "mine");
  assert.equal(new KeptCode(() => storage, "max-pool").read(), null);
  kept.write("start", "start");
  assert.equal(kept.read(), null);
});

test("a browser that forbids storage forgets, and nothing breaks", () => {
  const kept = new KeptCode(() => { throw new Error("denied"); }, "softmax");
  kept.write("mine", "start");
  assert.equal(kept.read(), null);
});
