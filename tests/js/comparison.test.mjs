import assert from "node:assert/strict";
import { test } from "node:test";

import { bridged, curveOf, groupsOf, joined, movedApart, spread } from "../../static/js/labs/comparison.js";

const run = (values, changes = {}) => ({
  points: { step: [1, 2, 3], loss: [3, 2, 1], metric: [0.1, 0.2, 0.3] },
  epochs: values.map((value, index) => ({ epoch: index + 1, step: 10 * (index + 1), validation_metric: value, train_metric: value, validation_loss: 1 - value, train_loss: 1 - value })),
  group: null,
  ...changes,
});

test("a validation curve has a point an epoch, by step or by epoch", () => {
  assert.deepEqual(curveOf(run([0.5, 0.75]), "metric", { shown: "validation", axis: "step" }), [[10, 0.5], [20, 0.75]]);
  assert.deepEqual(curveOf(run([0.5, 0.75]), "loss", { shown: "validation", axis: "epoch" }), [[1, 0.5], [2, 0.25]]);
});

test("a training curve by step is the smoothed points", () => {
  const curve = curveOf(run([0.5]), "loss", { shown: "train", axis: "step" });
  assert.deepEqual(curve.map(([x]) => x), [1, 2, 3]);
  assert.equal(curve[0][1], 3);
  assert.ok(curve[2][1] < 3 && curve[2][1] > 1);
});

test("curves of different lengths share one x, with gaps where one has no point", () => {
  assert.deepEqual(joined([[[1, 5], [3, 6]], [[2, 7]]]), [[1, 2, 3], [5, null, 6], [null, 7, null]]);
});

test("between two points a value lies on the straight line, and nowhere else", () => {
  assert.deepEqual(bridged([0, 1, 2, 4, 9], [null, 1, null, 4, null]), [null, 1, 2, 4, null]);
});

test("the spread of repeats is lowest, highest and mean where two or more have a value", () => {
  assert.deepEqual(spread([[1, 2, null], [3, null, null], [5, 4, 1]]), { low: [1, 2, null], high: [5, 4, null], mean: [3, 3, null] });
});

test("repeats are gathered by the number that the server gave them", () => {
  assert.deepEqual(groupsOf([run([]), run([], { group: 0 }), run([], { group: 1 }), run([], { group: 0 }), run([], { group: 1 })]), [[1, 3], [2, 4]]);
});

test("letters that would meet are moved apart and stay inside", () => {
  const moved = movedApart([{ x: 0, y: 98 }, { x: 1, y: 99 }, { x: 0, y: 97 }, { x: 500, y: 98 }], { gap: 10, low: 0, high: 100 });
  const close = moved.filter(({ x }) => x < 100).map(({ y }) => y).sort((a, b) => a - b);
  assert.ok(close[1] - close[0] >= 10 && close[2] - close[1] >= 10, close.join());
  assert.ok(close[0] >= 0 && close[2] <= 100);
  assert.equal(moved.find(({ x }) => x === 500).y, 98);
  const high = movedApart([{ x: 0, y: 1 }, { x: 0, y: 2 }], { gap: 10, low: 0, high: 100 }).map(({ y }) => y);
  assert.deepEqual(high, [1, 11]);
});
