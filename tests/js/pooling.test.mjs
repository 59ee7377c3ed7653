import assert from "node:assert/strict";
import { test } from "node:test";

import { changed, moved, pooled } from "../../static/js/arithmetic/pooling.js";
import { fixture } from "./fixtures.mjs";

const cases = fixture("pooling");
const rowsOf = ({ columns, windows }) => Array.from({ length: windows.length / columns }, (_, row) => windows.slice(row * columns, (row + 1) * columns).map(({ value }) => value));

for (const kind of ["max", "average", "global"]) {
  test(`${kind} pooling computes what torch computes`, () => {
    for (const each of cases) {
      const ours = rowsOf(pooled(each.map, { kind, kernel: each.kernel, stride: each.stride }));
      assert.equal(ours.length, each[kind].length);
      ours.forEach((row, at) => row.forEach((value, column) => assert.ok(Math.abs(value - each[kind][at][column]) < 1e-9)));
    }
  });
}

test("windows do not overlap unless a stride is given, and an incomplete one is left out", () => {
  const { rows, columns, windows } = pooled([[1, 2, 3], [4, 5, 6], [7, 8, 9]], { kind: "max", kernel: 2 });
  assert.deepEqual([rows, columns, windows[0].value], [1, 1, 5]);
  assert.deepEqual(windows[0].kept, [[1, 1]]);
});

test("of equal largest values each is kept", () => {
  assert.deepEqual(pooled([[3, 3], [0, 3]], { kind: "max", kernel: 2 }).windows[0].kept, [[0, 0], [0, 1], [1, 1]]);
});

test("a moved map loses a border and gains zeros", () => {
  assert.deepEqual(moved([[1, 2], [3, 4]], { right: 1 }), [[0, 1], [0, 3]]);
  assert.deepEqual(moved([[1, 2], [3, 4]], { down: -1 }), [[3, 4], [0, 0]]);
});

test("a shift inside the window changes no output, one across its border does", () => {
  const map = [[5, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 7], [0, 0, 0, 0]];
  const pool = (grid) => pooled(grid, { kind: "max", kernel: 2 });
  const there = moved(map, { right: 1 });
  assert.equal(changed(pool(map), pool(there)), 1); // the 5 stays in its window; the 7 leaves the map
});
