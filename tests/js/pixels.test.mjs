import assert from "node:assert/strict";
import { test } from "node:test";

import { indexChannelsFirst, indexChannelsLast, memoryRun, normalised, placeOf } from "../../static/js/arithmetic/pixels.js";
import { placeUnder, stepped, windowAround } from "../../static/js/arithmetic/window.js";
import { fixture } from "./fixtures.mjs";

const torch = fixture("pixels");
const size = { height: torch.height, width: torch.width, channels: torch.channels };

test("a pixel lies in memory where torch puts it, in both orders", () => {
  for (const { first, last, ...place } of torch.places) {
    assert.equal(indexChannelsFirst({ ...place, ...size }), first);
    assert.equal(indexChannelsLast({ ...place, ...size }), last);
  }
});

test("every place in memory leads back to its index, in both orders", () => {
  for (let index = 0; index < size.height * size.width * size.channels; index += 1) {
    assert.equal(indexChannelsFirst({ ...placeOf(index, { ...size, order: "first" }), ...size }), index);
    assert.equal(indexChannelsLast({ ...placeOf(index, { ...size, order: "last" }), ...size }), index);
  }
});

test("normalising gives what torch gives", () => {
  torch.values.forEach((row, line) => row.forEach((value, channel) => {
    const ours = normalised(value, { mean: torch.mean[channel], std: torch.std[channel] });
    assert.ok(Math.abs(ours - torch.normalised[line][channel]) <= 2e-6);
  }));
});

test("a run of memory stops at the first and at the last value", () => {
  const total = size.height * size.width * size.channels;
  assert.equal(memoryRun({ start: -4, count: 12, order: "first", ...size })[0].index, 0);
  assert.equal(memoryRun({ start: total - 3, count: 12, order: "last", ...size }).length, 3);
});

test("a window holds its place and never leaves the picture", () => {
  const picture = { width: 640, height: 427 };
  for (const place of [{ row: 0, column: 0 }, { row: 426, column: 639 }, { row: 213, column: 320 }]) {
    for (const zoom of [1, 2, 8, 32]) {
      const view = windowAround(place, { size: picture, zoom });
      assert.ok(view.left >= 0 && view.left + view.width <= picture.width && view.top >= 0 && view.top + view.height <= picture.height);
      assert.ok(place.column >= view.left && place.column < view.left + view.width && place.row >= view.top && place.row < view.top + view.height);
    }
  }
});

test("a window moves only as far as its place needs", () => {
  const picture = { width: 100, height: 100 };
  const before = windowAround({ row: 50, column: 50 }, { size: picture, zoom: 4 });
  const inside = windowAround({ row: 51, column: 52 }, { size: picture, zoom: 4, before });
  assert.deepEqual(inside, before);
  const beyond = windowAround({ row: 50, column: before.left + before.width }, { size: picture, zoom: 4, before });
  assert.equal(beyond.left, before.left + 1);
});

test("points on the right and lower border belong to the last pixel", () => {
  const view = { left: 10, top: 20, width: 5, height: 4 };
  assert.deepEqual(placeUnder({ x: 1, y: 1 }, view), { row: 23, column: 14 });
  assert.deepEqual(placeUnder({ x: 0, y: 0 }, view), { row: 20, column: 10 });
});

test("a step ends at the border", () => {
  assert.deepEqual(stepped({ row: 0, column: 5 }, { rows: -1, columns: 10, size: { width: 8, height: 8 } }), { row: 0, column: 7 });
});
