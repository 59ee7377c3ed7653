import assert from "node:assert/strict";
import { test } from "node:test";

import { bestEpoch, byEpoch, byStep, nearest, positive, smoothed, smoothedSoFar, span, thinned, window } from "../../static/js/labs/series.js";
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

test("a column that grows is smoothed as if it had come whole, and anew for another weight", () => {
  const growing = curve(50, 7);
  for (let more = 0; more < 5; more += 1) {
    assert.deepEqual(smoothedSoFar(growing, 0.9), smoothed(growing, 0.9));
    growing.push(...curve(11, more));
  }
  assert.deepEqual(smoothedSoFar(growing, 0.5), smoothed(growing, 0.5));
  assert.deepEqual(smoothedSoFar(growing, 0.9), smoothed(growing, 0.9));
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

// Mulberry32: the same curves every time.
function dice(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const curve = (count, seed) => {
  const chance = dice(seed);
  return Array.from({ length: count }, (_, index) => (chance() < 0.01 ? null : Math.exp(-index / count) + chance()));
};

test("thinning keeps the lowest and the highest of every bin, in order and within its limit", () => {
  for (const [count, bins, seed] of [[100_000, 700, 1], [1_401, 700, 2], [5_003, 17, 3], [99, 1, 4]]) {
    const values = curve(count, seed);
    const kept = thinned(values, bins);
    assert.ok(kept.length <= 2 * bins + 2, `${kept.length} of ${count}`);
    assert.deepEqual(kept, [...new Set(kept)].sort((a, b) => a - b));
    for (let bin = 0; bin < bins; bin += 1) {
      const part = [Math.floor((bin * count) / bins), Math.floor(((bin + 1) * count) / bins)];
      const all = values.slice(...part).filter((value) => value !== null);
      const left = kept.filter((index) => index >= part[0] && index < part[1]).map((index) => values[index]).filter((value) => value !== null);
      assert.equal(Math.min(...left), Math.min(...all));
      assert.equal(Math.max(...left), Math.max(...all));
    }
  }
});

test("a single spike among a hundred thousand points is drawn", () => {
  const values = new Array(100_000).fill(1);
  values[56_789] = 40;
  const view = { step: values.map((_, index) => index + 1), loss: values, metric: values, epochs: [] };
  const [x, raw] = byStep(view, "loss", { weight: 0.9, bins: 300 });
  assert.equal(x[raw.indexOf(40)], 56_790);
});

test("few points are not thinned, and first and last always stay", () => {
  assert.deepEqual(thinned([3, 1, 2], 2), [0, 1, 2]);
  assert.deepEqual(thinned([], 5), []);
  const kept = thinned(curve(1_000, 9), 3);
  assert.deepEqual([kept[0], kept.at(-1)], [0, 999]);
});

test("validation is never thinned away", () => {
  const count = 1_000;
  const view = { step: Array.from({ length: count }, (_, index) => index + 1), loss: curve(count, 5), metric: curve(count, 6), epochs: [] };
  view.epochs = [{ epoch: 1, step: 500, validation_loss: 0.25 }, { epoch: 2, step: 1_000, validation_loss: null }];
  const [x, , , validation] = byStep(view, "loss", { weight: 0.9, bins: 4 });
  assert.equal(validation[x.indexOf(500)], 0.25);
  assert.equal(x.filter((step) => step === 500).length, 1);
  assert.deepEqual(x, [...x].sort((a, b) => a - b));
});

test("a window reaches one point past its edges", () => {
  assert.deepEqual(window([1, 2, 3, 4, 5], 2.5, 3.5), [1, 3]);
  assert.deepEqual(window([1, 2, 3], -9, 9), [0, 2]);
  assert.deepEqual(window([], 0, 1), [0, -1]);
});

test("a range always has room in it, also of a first point alone", () => {
  assert.deepEqual(span(1, 1), [1, 2]);
  assert.deepEqual(span(3, 2), [3, 4]);
  assert.deepEqual(span(0, 40), [0, 40]);
});
