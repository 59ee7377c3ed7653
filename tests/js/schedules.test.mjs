import assert from "node:assert/strict";
import { test } from "node:test";

import { share, wayOf } from "../../static/js/arithmetic/schedules.js";
import { fixture } from "./fixtures.mjs";

for (const { schedule, steps, warmup, shares } of fixture("schedules")) {
  test(`page and trainer say the same: ${schedule}, ${steps} steps, warm-up ${warmup}`, () => {
    shares.forEach((expected, position) => {
      const found = share(schedule, { position, steps, warmup });
      assert.ok(Math.abs(found - expected) < 1e-12, `step ${position}: ${found}, not ${expected}`);
    });
  });
}

test("a thinned way keeps the first step, the last, and both sides of every jump", () => {
  const way = wayOf("step", { rate: 2, steps: 9999, count: 50 });
  assert.ok(way.length < 70);
  assert.deepEqual([way[0], way.at(-1)], [[1, 2], [9999, 0.02]]);
  const jump = way.findIndex(([, rate]) => rate < 2);
  assert.equal(way[jump][0] - way[jump - 1][0], 1);
});
