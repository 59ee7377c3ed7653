import assert from "node:assert/strict";
import { test } from "node:test";

import { layerAt, lines } from "../../static/js/labs/layer-list.js";
import { gaps, intoBlock, outOfBlock, placeNear, relocated } from "../../static/js/labs/layer-moves.js";

const conv = (name) => ({ kind: "conv", out: 8, kernel: 3, name });
const BLOCK = { kind: "residual", body: [conv("in"), conv("deep")], shortcut: [conv("short")] };
const BRANCH = { kind: "branch", paths: [[conv("left")], [conv("right")]] };
const NET = [conv("first"), BLOCK, BRANCH, conv("last")];
const names = (layers) => lines(layers).map(({ layer }) => layer.name ?? layer.kind);

test("every gap of every list is a place, and no more", () => {
  const [places, count] = [gaps(NET), lines(NET).length];
  // One before each line and one at the end of each of the five lists.
  assert.equal(places.length, count + 5);
  assert.deepEqual(places.filter(({ gap }) => gap === 0).map(({ place }) => place), [[0]]);
  // Below the last line of the body: the body's end, and the head of the shortcut.
  assert.deepEqual(places.filter(({ gap }) => gap === 4).map(({ place }) => place), [[1, "body", 2], [1, "shortcut", 0]]);
});

test("a layer goes to any place, and its path is told as it is afterwards", () => {
  for (const { path, layer } of lines(NET)) {
    for (const { place } of gaps(NET)) {
      const there = relocated(NET, path, place);
      if (!there) continue;
      assert.equal(layerAt(there.layers, there.path), layer, `${path} to ${place}`);
      assert.deepEqual([...names(there.layers)].sort(), [...names(NET)].sort());
    }
  }
});

test("the others keep their order", () => {
  const { layers, path } = relocated(NET, [0], [2, "paths", 1, 0]);
  assert.deepEqual(path, [1, "paths", 1, 0]);
  assert.deepEqual(names(layers), ["residual", "in", "deep", "short", "branch", "left", "first", "right", "last"]);
});

test("nothing moves onto itself or into itself, and nothing is changed in place", () => {
  const before = structuredClone(NET);
  for (const place of [[1], [2], [1, "body", 0], [1, "shortcut", 1]]) assert.equal(relocated(NET, [1], place), null);
  assert.deepEqual(NET, before);
  assert.equal(placeNear(NET, { gap: 3, depth: 1, from: [1] }), null);
});

test("the hand's indent chooses between the lists that end in one gap", () => {
  const from = [0];
  assert.deepEqual(placeNear(NET, { gap: 5, depth: 1, from }).place, [1, "shortcut", 1]);
  assert.deepEqual(placeNear(NET, { gap: 5, depth: 0, from }).place, [2]);
});

test("a layer goes into the block above it and out of it again", () => {
  const inside = intoBlock(NET, [3]);
  assert.deepEqual(inside.path, [2, "paths", 0, 1]);
  const outside = outOfBlock(inside.layers, inside.path);
  assert.deepEqual(outside, { layers: NET, path: [3] });
  assert.equal(outOfBlock(NET, [0]), null);
  assert.equal(intoBlock(NET, [1]), null);
  assert.deepEqual(outOfBlock(NET, [1, "body", 0]).path, [2]);
});

test("a block without a shortcut takes one", () => {
  const net = [{ kind: "residual", body: [conv("in")] }, conv("last")];
  assert.deepEqual(relocated(net, [1], [0, "shortcut", 0]).layers, [{ kind: "residual", body: [conv("in")], shortcut: [conv("last")] }]);
});
