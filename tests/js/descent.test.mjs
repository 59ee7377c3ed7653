import assert from "node:assert/strict";
import { test } from "node:test";

import { contour, heights, levelsOf } from "../../static/js/arithmetic/contours.js";
import { OPTIMISERS, descend, largestRate } from "../../static/js/arithmetic/optimisers.js";
import { SURFACES } from "../../static/js/arithmetic/surfaces.js";
import { fixture } from "./fixtures.mjs";

const { cases } = fixture("descent");
// Fixtures hold twelve figures; forty steps may carry a little of the rounding on.
const near = (actual, expected) => assert.ok(Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)), `${actual} is not ${expected}`);

for (const each of cases) {
  test(`${each.optimiser} at ${each.rate} goes torch's way on the ${each.surface}`, () => {
    const { path } = descend(SURFACES[each.surface], { ...each, steps: each.path.length - 1 });
    const expected = each.path.slice(0, path.length);
    assert.ok(path.length > 1);
    path.forEach(({ weights, loss }, step) => {
      weights.forEach((weight, place) => near(weight, expected[step][place]));
      near(loss, each.losses[step]);
    });
  });
}

test("every surface and every rule is tried", () => {
  assert.deepEqual([...new Set(cases.map(({ surface }) => surface))], Object.keys(SURFACES));
  assert.deepEqual([...new Set(cases.map(({ optimiser }) => optimiser))], Object.keys(OPTIMISERS));
});

for (const [name, surface] of Object.entries(SURFACES)) {
  test(`the slopes of the ${name} are those of its loss`, () => {
    for (const point of [[0.3, -0.7], [-1.2, 1.1], surface.start]) {
      surface.slopes(point).forEach((slope, place) => {
        const moved = (by) => surface.loss(point.with(place, point[place] + by));
        assert.ok(Math.abs((moved(1e-6) - moved(-1e-6)) / 2e-6 - slope) < 1e-5);
      });
    }
  });

  test(`the start of the ${name} lies on its map`, () => {
    const [left, right, bottom, top] = surface.view;
    assert.ok(surface.start[0] > left && surface.start[0] < right && surface.start[1] > bottom && surface.start[1] < top);
  });
}

for (const surface of ["bowl", "ravine"]) {
  for (const optimiser of ["sgd", "momentum"]) {
    test(`${optimiser} on the ${surface} runs away just above its largest rate, and not just below`, () => {
      const limit = largestRate(SURFACES[surface], optimiser);
      const way = (times) => descend(SURFACES[surface], { optimiser, rate: limit * times, start: SURFACES[surface].start, steps: 4000 });
      assert.equal(way(1.02).hasDiverged, true);
      const { path, hasDiverged } = way(0.98);
      assert.equal(hasDiverged, false);
      assert.ok(path.at(-1).loss < 1e-9);
    });
  }
}

test("a way that has run away ends, with its last place beyond the border", () => {
  const { path, hasDiverged } = descend(SURFACES.bowl, { optimiser: "sgd", rate: 3, start: [1, 1], steps: 100 });
  assert.equal(hasDiverged, true);
  assert.ok(path.length < 100 && Math.abs(path.at(-1).weights[0]) >= 1e6);
});

test("a contour of the bowl is a circle of the right radius", () => {
  const grid = heights(SURFACES.bowl, { view: [-4, 4, -4, 4], columns: 80, rows: 80 });
  const pieces = contour(grid, 2); // half of x² + y² is 2: radius 2, which is 20 grid steps
  assert.ok(pieces.length > 100);
  for (const [x1, y1, x2, y2] of pieces) {
    for (const [x, y] of [[x1, y1], [x2, y2]]) assert.ok(Math.abs(Math.hypot(x - 40, y - 40) - 20) < 0.05);
  }
});

test("levels rise from the lowest place, closer together below", () => {
  const levels = levelsOf([[0, 1], [4, 100]], 5);
  const gaps = levels.slice(1).map((level, place) => level - levels[place]);
  assert.ok(levels[0] > 0 && levels.at(-1) < 100);
  assert.ok(gaps.every((gap, place) => place === 0 || gap > gaps[place - 1]));
});
