import assert from "node:assert/strict";
import { test } from "node:test";

import { group, histogram, normalisedInTraining, normalisedInUse, remembered, statistics } from "../../static/js/arithmetic/normalising.js";
import { fixture } from "./fixtures.mjs";

const TOLERANCE = 3e-6; // fixtures hold six decimals
const { eps, cases } = fixture("normalising");

function near(actual, expected) {
  if (!Array.isArray(expected)) return assert.ok(Math.abs(actual - expected) <= TOLERANCE, `${actual} is not ${expected}`);
  assert.equal(actual.length, expected.length);
  expected.forEach((value, place) => near(actual[place], value));
}

for (const way of ["batch", "layer", "instance"]) {
  test(`${way} norm in training computes what torch computes`, () => {
    for (const each of cases.filter((known) => known[way])) near(normalisedInTraining(each.values, { way, eps, scale: each.scale, shift: each.shift }), each[way]);
  });
}

test("batch norm in use computes what torch computes", () => {
  for (const each of cases) near(normalisedInUse(each.values, { ...each, eps }), each.use);
});

test("what is remembered after two batches is what torch remembers", () => {
  for (const { values, remembered: expected } of cases) {
    const first = statistics(group(values, { way: "batch", image: 0, channel: 0 }));
    const double = { mean: 2 * first.mean, variance: 4 * first.variance, count: first.count };
    const found = remembered(remembered({ mean: 0, variance: 1 }, first, 0.1), double, 0.1);
    near(found.mean, expected.mean);
    near(found.variance, expected.variance);
  }
});

test("a single value cannot be its own mean, as torch says", () => {
  const alone = [[[3], [4]]];
  assert.throws(() => normalisedInTraining(alone, { way: "batch", eps, scale: [1, 1], shift: [0, 0] }), /more than 1 value per channel/);
});

test("of two values each becomes one or minus one, however far apart they lie", () => {
  for (const [low, high] of [[0.1, 0.2], [3, 4000]]) {
    const made = normalisedInTraining([[[low]], [[high]]], { way: "batch", eps: 1e-9, scale: [1], shift: [0] });
    assert.deepEqual(made.flat(2).map((value) => Math.round(value * 100) / 100), [-1, 1]);
  }
});

test("batch norm groups a channel of all images, layer norm an image, instance norm one map", () => {
  const values = [[[1, 2], [3, 4]], [[5, 6], [7, 8]]];
  assert.deepEqual(group(values, { way: "batch", image: 0, channel: 1 }), [3, 4, 7, 8]);
  assert.deepEqual(group(values, { way: "layer", image: 1, channel: 0 }), [5, 6, 7, 8]);
  assert.deepEqual(group(values, { way: "instance", image: 1, channel: 1 }), [7, 8]);
});

test("a histogram counts every number once, those outside at the ends", () => {
  assert.deepEqual(histogram([-9, 0, 0.4, 0.6, 1, 7], { low: 0, high: 1, bins: 2 }), [3, 3]);
});
