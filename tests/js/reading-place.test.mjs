// Where reading stopped: the last heading above the middle of the window, and only for the lesson it belongs to.

import assert from "node:assert/strict";
import { test } from "node:test";

import { headingPassed, lastRead } from "../../static/js/reading-place.js";

test("the last heading above the middle was passed", () => {
  const tops = [["a", -900], ["b", 200], ["c", 460]];
  assert.equal(headingPassed(tops, 450), "b");
  assert.equal(headingPassed(tops, 460), "c");
});

test("above the first heading nothing was passed", () => {
  assert.equal(headingPassed([["a", 700]], 450), "");
  assert.equal(headingPassed([], 450), "");
});

test("a place is known for its own lesson alone, and broken storage is no fault", () => {
  const storage = new Map([["stride.reading", JSON.stringify({ path: "/lessons/a/", anchor: "x" })]]);
  globalThis.localStorage = { getItem: (key) => storage.get(key) ?? null };
  assert.equal(lastRead("/lessons/a/"), "x");
  assert.equal(lastRead("/lessons/b/"), "");
  for (const text of ["{", "null", "7", '{"path":"/lessons/a/","anchor":3}']) {
    storage.set("stride.reading", text);
    assert.equal(lastRead("/lessons/a/"), "");
  }
});
