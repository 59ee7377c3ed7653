import assert from "node:assert/strict";
import { test } from "node:test";

import { History, addedAfter, appended, duplicated, layerAt, lines, moved, removed, sentencesByPlace, stacksOf, withField } from "../../static/js/labs/layer-list.js";
import { fixture } from "./fixtures.mjs";

const CONV = { kind: "conv", out: 8, kernel: 3 };
const FLAT = { kind: "flatten" };
const BLOCK = { kind: "residual", body: [CONV], shortcut: [{ kind: "conv", out: 8, kernel: 1 }] };
const BRANCH = { kind: "branch", paths: [[CONV], [FLAT, CONV]] };
const NET = [CONV, BLOCK, BRANCH, FLAT];
const kinds = (layers) => layers.map(({ kind }) => kind);

for (const { name, layers, places } of fixture("places")) {
  test(`page and server name the places of ${name} alike`, () => {
    const found = lines(layers).map(({ place }) => place);
    assert.deepEqual([...found].sort(), [...places].sort());
  });
}

test("every path leads to its layer", () => {
  for (const { layer, path } of lines(NET)) assert.equal(layerAt(NET, path), layer);
});

test("a layer is added behind the one that was chosen, inside a block too, and nothing is changed in place", () => {
  const before = structuredClone(NET);
  assert.deepEqual(kinds(addedAfter(NET, [0], FLAT)), ["conv", "flatten", "residual", "branch", "flatten"]);
  assert.deepEqual(kinds(addedAfter(NET, [2, "paths", 1, 0], FLAT)[2].paths[1]), ["flatten", "flatten", "conv"]);
  assert.deepEqual(kinds(appended(NET, [1, "shortcut"], FLAT)[1].shortcut), ["conv", "flatten"]);
  assert.deepEqual(kinds(appended([], [], FLAT)), ["flatten"]);
  assert.deepEqual(NET, before);
});

test("a block without a shortcut gets one when something is put there", () => {
  const net = [{ kind: "residual", body: [CONV] }];
  assert.deepEqual(stacksOf(net[0], [0]), [["body", [0, "body"]], ["shortcut", [0, "shortcut"]]]);
  assert.deepEqual(appended(net, [0, "shortcut"], FLAT)[0].shortcut, [FLAT]);
});

test("a layer moves within its list and stays at its ends", () => {
  const there = moved(NET, [0], 1);
  assert.deepEqual([kinds(there.layers), there.path], [["residual", "conv", "branch", "flatten"], [1]]);
  assert.equal(moved(NET, [0], -1), null);
  assert.equal(moved(NET, [1, "body", 0], 1), null);
});

test("a copy has no name, for names are given once", () => {
  const net = [{ ...CONV, name: "first" }];
  assert.deepEqual(duplicated(net, [0]), [{ ...CONV, name: "first" }, CONV]);
});

test("a layer goes, and its block stays", () => {
  assert.deepEqual(kinds(removed(NET, [1])), ["conv", "branch", "flatten"]);
  assert.deepEqual(removed(NET, [1, "shortcut", 0])[1].shortcut, []);
});

test("a field that is taken out has its usual value again", () => {
  const set = withField(NET, [0], { field: "stride", value: 2 });
  assert.equal(set[0].stride, 2);
  assert.deepEqual(withField(set, [0], { field: "stride" })[0], CONV);
});

test("a sentence stands at the innermost layer that it names", () => {
  const errors = { "layer 2, body 1, shape": "a", "layer 2, shape": "b", "layer 12, kernel": "c", end: "d" };
  const places = ["layer 1", "layer 2", "layer 2, body 1", "layer 12"];
  assert.deepEqual(sentencesByPlace(errors, places), { "layer 2, body 1": ["a"], "layer 2": ["b"], "layer 12": ["c"], "": ["d"] });
});

test("undo and redo walk the states; a new one forgets what was undone", () => {
  const history = new History("a");
  history.take("b");
  history.take("c");
  assert.deepEqual([history.undo(), history.undo(), history.undo()], ["b", "a", "a"]);
  assert.equal(history.canUndo, false);
  assert.equal(history.redo(), "b");
  history.take("d");
  assert.deepEqual([history.canRedo, history.now], [false, "d"]);
});
