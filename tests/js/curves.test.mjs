import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { height, lowest, powers, rises, smoothed, steepest, stopsAfter, ticks } from "../../static/js/arithmetic/curves.js";
import { CASES, VERDICTS, two } from "../../static/js/widgets/parts/curve-cases.js";
import { fixture } from "./fixtures.mjs";

const { cases } = fixture("curves");
const runs = JSON.parse(readFileSync(new URL("../../static/data/curves.json", import.meta.url)));

test("lowest point, trend and early stopping are those that torch finds", () => {
  for (const { values, lowest: place, trend, patience, stops } of cases) {
    assert.equal(lowest(values), place);
    smoothed(values, 2).forEach((value, at) => assert.ok(Math.abs(value - trend[at]) < 2e-6));
    assert.equal(stopsAfter(values, patience), stops);
  }
});

test("a loss that is no number is never the lowest", () => {
  assert.equal(lowest([null, 3, null, 2]), 3);
  assert.equal(lowest([null]), -1);
});

test("the steepest rise is found, and none where a curve only falls", () => {
  assert.equal(steepest([3, 2, 2.4, 2.3, 2.9, 2.8]), 4);
  assert.equal(steepest([3, 2, 1]), 0);
});

test("rises are counted from each point to the next", () => assert.equal(rises([3, 2, 2.5, 2.5, 4]), 2));

test("marks are round numbers that cover the axis", () => {
  assert.deepEqual(ticks(2.4), [0, 0.5, 1, 1.5, 2]);
  assert.deepEqual(ticks(1), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(powers(0.002, 3), [0.001, 0.01, 0.1, 1, 10]);
  const wide = powers(2.3, 1.8e31);
  assert.ok(wide.length <= 7 && wide[0] <= 2.3 && wide.at(-1) >= 1.8e31);
});

test("a height is a share of the axis, linear or by powers of ten", () => {
  assert.equal(height(5, { low: 0, high: 10 }), 0.5);
  assert.ok(Math.abs(height(1, { low: 0.01, high: 100, log: true }) - 0.5) < 1e-12);
});

test("every verdict but one is the answer of a run, and every run is recorded", () => {
  const answers = CASES.map(({ verdict }) => verdict);
  assert.deepEqual([...answers].sort(), VERDICTS.map(([name]) => name).sort());
  for (const { run } of CASES) assert.ok(runs[run], run);
});

/** What the engine itself said while these ran; where it said nothing, so does the widget's list. */
const DIAGNOSES = { overfits: ["overfit"], well: [], diverges: ["diverged"], underfits: ["plateau"], too_high: ["rate_too_high"], too_low: ["rate_too_low"], noise: [], harder: [] };

test("no verdict contradicts what the engine said of the run", () => {
  for (const { run, verdict } of CASES) assert.deepEqual(runs[run].diagnoses, DIAGNOSES[verdict], run);
});

test("what is told of a run is made of its own numbers", () => {
  for (const { run, tell, mark } of CASES) {
    const said = tell(runs[run]).join(" ");
    assert.doesNotMatch(said, /NaN[^)]|undefined|Infinity/, run);
    if (mark) assert.ok(mark(runs[run]).place >= 0);
  }
  const { validation_loss: losses } = runs.overfits;
  assert.match(CASES[0].tell(runs.overfits)[0], new RegExp(`after epoch ${losses.indexOf(Math.min(...losses)) + 1}, at`));
  assert.equal(two(1.7592e31), "1.8 · 10^31");
});
