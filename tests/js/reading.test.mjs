import assert from "node:assert/strict";
import { test } from "node:test";

import { happenings, plain } from "../../static/js/labs/happenings.js";
import { history, layerRows, short, sparkline, verdicts, withSnapshots, worstMistakes } from "../../static/js/labs/looks/reading.js";
import { fixture } from "./fixtures.mjs";

const probe = (probabilities) => ({ labels: [0, 1], images: [7, 3], probabilities });
const snapshot = (epoch, kind, data) => ({ type: "snapshot", epoch, step: 40 * epoch, kind, data });

for (const { name, told, expected } of fixture("happenings")) {
  test(`what happened is said as on the server: ${name}`, () => {
    assert.deepEqual(happenings(told), expected);
  });
}

test("a rate is written as someone would type it", () => {
  assert.deepEqual([0.0003, 1, 10, 0.1, 0.000001].map(plain), ["0.0003", "1", "10", "0.1", "0.000001"]);
});

test("snapshots join the entry of their epoch, in order; anything else changes nothing", () => {
  const before = [{ epoch: 2, step: 80, probe: 1 }];
  assert.equal(withSnapshots(before, [{ type: "steps" }, null]), before);
  const after = withSnapshots(before, [snapshot(2, "filters", 5), snapshot(1, "probe", 6)]);
  assert.deepEqual(after, [{ epoch: 1, step: 40, probe: 6 }, { epoch: 2, step: 80, probe: 1, filters: 5 }]);
});

test("a verdict says what an image is, what it was taken for, and how sure the network was", () => {
  assert.deepEqual(verdicts(probe([[0.9, 0.1], [0.6, 0.4]])), [
    { place: 7, label: 0, guess: 0, isRight: true, share: 0.9, chance: 0.9 },
    { place: 3, label: 1, guess: 0, isRight: false, share: 0.6, chance: 0.4 },
  ]);
});

test("the history of an image leaves out epochs that did not look at it", () => {
  const entries = [{ epoch: 1, probe: probe([[0.2, 0.8], [0.5, 0.5]]) }, { epoch: 2 }, { epoch: 3, probe: probe([[0.7, 0.3], [0.1, 0.9]]) }];
  assert.deepEqual(history(entries, 0), [[1, 0.2], [3, 0.7]]);
});

test("a small line goes from edge to edge, up for more", () => {
  assert.equal(sparkline([[1, 0], [2, 0.5], [3, 1]], { width: 60, height: 20 }), "0.0,20.0 30.0,10.0 60.0,0.0");
  assert.equal(sparkline([[4, 1]], { width: 60, height: 20 }), "0.0,0.0");
});

test("the worst mistakes come first, and what is right is none", () => {
  assert.deepEqual(worstMistakes([[9, 2, 0], [5, 9, 1], [0, 0, 9]], 2), [{ label: 1, guess: 0, count: 5 }, { label: 0, guess: 1, count: 2 }]);
});

test("gradients and outputs of a layer stand in one row, in the order of the network", () => {
  const rows = layerRows({
    activations: { layers: [{ layer: "conv", type: "Conv2d", zeros: 0 }, { layer: "relu", type: "ReLU", dead: 0.5 }] },
    gradients: { layers: [{ layer: "conv", type: "Conv2d", norm: 2 }] },
  });
  assert.deepEqual(rows.map(({ layer, slope, out }) => [layer, slope?.norm ?? null, out.dead ?? null]), [["conv", 2, null], ["relu", null, 0.5]]);
  assert.deepEqual(layerRows({}), []);
});

test("numbers of any size take few characters", () => {
  assert.deepEqual([0, 0.12345, 0.00001234, 123456, null].map(short), ["0", "0.123", "1.2e-5", "1.2e+5", "–"]);
});
