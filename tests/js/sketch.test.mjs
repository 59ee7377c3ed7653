import assert from "node:assert/strict";
import { test } from "node:test";

import { drawnThrough, heightNear, raised } from "../../static/js/labs/sketch.js";

const SHARES = [0, 0.25, 0.5, 0.75, 1];
const EMPTY = [null, null, null, null, null];

test("a touch sets the nearest place alone", () => {
  assert.deepEqual(drawnThrough(EMPTY, SHARES, { from: { x: 0.3, y: 40 }, to: { x: 0.3, y: 40 } }), [null, 40, null, null, null]);
});

test("a fast stroke fills every place between its ends, in a straight line, either way", () => {
  const [from, to] = [{ x: 0, y: 0 }, { x: 1, y: 100 }];
  assert.deepEqual(drawnThrough(EMPTY, SHARES, { from, to }), [0, 25, 50, 75, 100]);
  assert.deepEqual(drawnThrough(EMPTY, SHARES, { from: to, to: from }), [0, 25, 50, 75, 100]);
});

test("heights stay between 0 and 100", () => {
  assert.deepEqual(raised([98, 0], 0, 10), [100, 0]);
  assert.deepEqual(raised([98, 0], 1, -1), [98, 0]);
});

test("a key on an empty place begins at its neighbours' height", () => {
  assert.equal(heightNear([20, null, 40], 1), 30);
  assert.equal(heightNear([20, null, null], 2), 20);
  assert.equal(heightNear([null, null, 20], 0), 20);
  assert.equal(heightNear([20, null, null, 50], 1), 30);
  assert.equal(heightNear(EMPTY, 2), 50);
  assert.deepEqual(raised([20, null, 40], 1, 1), [20, 31, 40]);
});
