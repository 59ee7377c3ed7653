import assert from "node:assert/strict";
import { test } from "node:test";

import { bestEpoch, byEpoch, byStep, nearest, positive, smoothed } from "../../static/js/labs/series.js";
import { retryDelay } from "../../static/js/labs/stream.js";

const epoch = (number, validation_loss) => ({
  epoch: number, step: number * 2, train_loss: 1, validation_loss, train_metric: 0.5, validation_metric: 0.6,
});
const VIEW = { step: [1, 2, 3], loss: [3, null, 1], metric: [0.1, 0.2, 0.3], epochs: [epoch(1, 0.9), epoch(2, 0.7)] };

test("smoothing a constant gives the constant from the first point on", () => {
  for (const value of smoothed([2, 2, 2, 2], 0.9)) assert.ok(Math.abs(value - 2) < 1e-12);
});

test("smoothing with no weight is the raw curve, and a gap stays a gap", () => {
  assert.deepEqual(smoothed([1, null, 3], 0), [1, null, 3]);
});

test("by step, validation stands where its epoch ends, also at a step that thinning took away", () => {
  const [x, raw, , validation] = byStep(VIEW, "loss", { weight: 0 });
  assert.deepEqual(x, [1, 2, 3, 4]);
  assert.deepEqual(raw, [3, null, 1, null]);
  assert.deepEqual(validation, [null, 0.9, null, 0.7]);
});

test("by epoch there is one point an epoch", () => {
  assert.deepEqual(byEpoch(VIEW, "loss"), [[1, 2], [1, 1], [0.9, 0.7]]);
});

test("an empty run gives empty columns", () => {
  const nothing = { step: [], loss: [], metric: [], epochs: [] };
  assert.deepEqual(byStep(nothing, "loss", { weight: 0.9 }), [[], [], [], []]);
  assert.deepEqual(byEpoch(nothing, "metric"), [[], [], []]);
  assert.equal(bestEpoch([]), null);
  assert.equal(nearest([], 3), -1);
});

test("the best epoch is the first with the lowest validation loss; one that is no number is never best", () => {
  assert.equal(bestEpoch([epoch(1, null), epoch(2, 0.5), epoch(3, 0.5), epoch(4, 0.8)]).epoch, 2);
});

test("a logarithmic axis leaves out what is not above zero", () => {
  assert.deepEqual(positive([[1, 2, 3], [0, -1, 2]]), [[1, 2, 3], [null, null, 2]]);
});

test("the nearest point is found between and beyond the points", () => {
  assert.equal(nearest([1, 5, 9], 6), 1);
  assert.equal(nearest([1, 5, 9], 8), 2);
  assert.equal(nearest([1, 5, 9], -4), 0);
  assert.equal(nearest([1, 5, 9], 99), 2);
});

test("retries wait longer and longer, never longer than ten seconds, and not all alike", () => {
  assert.ok(retryDelay(0, 1) < retryDelay(3, 1));
  assert.equal(retryDelay(40, 1), 10_000);
  assert.ok(retryDelay(3, 0) < retryDelay(3, 1));
});
