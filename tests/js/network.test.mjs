import assert from "node:assert/strict";
import { test } from "node:test";

import { greyOf, resized, softened } from "../../static/js/arithmetic/grey.js";
import { preparedDigit } from "../../static/js/arithmetic/digit.js";
import { logitsOf, networkFrom, sharesOf } from "../../static/js/arithmetic/network.js";
import { NoInk, halfToEven, inkOf } from "../../static/js/arithmetic/paper.js";

// That page and server agree on a thousand drawings is held by tests/nets/test_reader.py; here each piece is held by hand.
const blank = (side, value) => ({ width: side, height: side, data: new Uint8Array(side * side).fill(value) });

/** A safetensors file with these tensors. */
function file(tensors, about, dtype = "F32") {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, { shape, values }]) => [name, { dtype, shape, data_offsets: [end, (end += values.length * 4)] }]);
  const header = new TextEncoder().encode(JSON.stringify({ __metadata__: about, ...Object.fromEntries(entries) }).padEnd(1024));
  const buffer = new ArrayBuffer(8 + header.length + end);
  new DataView(buffer).setBigUint64(0, BigInt(header.length), true);
  new Uint8Array(buffer, 8).set(header);
  new Float32Array(buffer, 8 + header.length).set(Object.values(tensors).flatMap(({ values }) => values));
  return buffer;
}

const ones = (count) => new Array(count).fill(1);
const about = (layers) => ({ layers: JSON.stringify(layers), mean: "0", std: "1", accuracy: "0.98", digits: "270" });

test("a padded convolution of ones counts the pixels that it reads", () => {
  const layers = [{ kind: "conv", name: "conv1", out: 1, kernel: 3, padding: 1 }, { kind: "flatten" }];
  const network = networkFrom(file({ "conv1.weight": { shape: [1, 1, 3, 3], values: ones(9) }, "conv1.bias": { shape: [1], values: [0.5] } }, about(layers)));
  assert.deepEqual(logitsOf(network, blank(3, 255)), [4.5, 6.5, 4.5, 6.5, 9.5, 6.5, 4.5, 6.5, 4.5]);
  assert.equal(network.parameters, 10);
  assert.equal(network.accuracy, 0.98);
});

test("ReLU, pool, flatten and linear do what PyTorch's do", () => {
  const layers = [{ kind: "act", how: "ReLU" }, { kind: "pool", how: "max", kernel: 2 }, { kind: "flatten" }, { kind: "linear", name: "dense1", out: 2 }];
  const tensors = { "dense1.weight": { shape: [2, 1], values: [2, -3] }, "dense1.bias": { shape: [2], values: [1, 0] } };
  const seen = { width: 3, height: 3, data: Uint8Array.from([0, 51, 255, 102, 0, 255, 255, 255, 255]) }; // an odd side: the rest is left out
  const [first, second] = logitsOf(networkFrom(file(tensors, about(layers))), seen);
  assert.ok(Math.abs(first - 1.8) < 1e-6 && Math.abs(second + 1.2) < 1e-6);
});

test("weights of another type are refused", () => {
  const tensors = { "conv1.weight": { shape: [1], values: [0] } };
  assert.throws(() => networkFrom(file(tensors, about([]), "F16")), /conv1.weight are F16; F32 is read here/);
});

test("shares sum to one whatever the logits", () => {
  assert.deepEqual(sharesOf([1000, 1000]), [0.5, 0.5]);
});

test("halves go to the even neighbour, as in Python", () => {
  assert.deepEqual([0.5, 1.5, 2.5, 2.4, 2.6].map(halfToEven), [0, 2, 2, 2, 3]);
});

test("colours are weighed as Pillow weighs them", () => {
  assert.deepEqual([...greyOf([255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255], { width: 4, height: 1 }).data], [76, 150, 29, 255]);
});

test("a plain picture stays plain when it is resized or softened", () => {
  for (const filter of ["box", "bilinear"]) assert.ok(resized(blank(9, 77), { width: 4, height: 13, filter }).data.every((value) => value === 77));
  assert.ok(softened(blank(5, 200), { sigma: 0.7 }).data.every((value) => value === 200));
});

test("an empty canvas holds no ink, a speck neither", () => {
  assert.throws(() => inkOf(blank(352, 255)), NoInk);
  const speck = blank(352, 255);
  speck.data[352 * 100 + 100] = 0;
  assert.throws(() => preparedDigit(speck), NoInk);
});

test("a bar is brought to the middle, at full height, with the data set's amount of ink, on paper as on a board", () => {
  const bars = [255, 0].map((paper) => {
    const picture = blank(352, paper);
    for (let row = 60; row < 260; row += 1) picture.data.fill(255 - paper, row * 352 + 40, row * 352 + 60);
    return preparedDigit(picture).data;
  });
  assert.deepEqual(bars[0], bars[1]);
  const column = (at) => Array.from({ length: 32 }, (_, row) => bars[0][row * 32 + at]).reduce((sum, value) => sum + value, 0);
  assert.ok(column(16) > 32 * 200 && column(2) === 0 && column(29) === 0);
});
