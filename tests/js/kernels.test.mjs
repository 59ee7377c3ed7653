import assert from "node:assert/strict";
import { test } from "node:test";

import { filtered, paintColours, paintSigned, planesOf, range, under, usualLimit } from "../../static/js/arithmetic/filtering.js";
import { KERNELS, normalised, reach, resized, sums, template } from "../../static/js/arithmetic/kernels.js";
import { fixture } from "./fixtures.mjs";

const { pictures } = fixture("convolution");

test("a kernel over a whole picture gives what torch gives with its border repeated", () => {
  for (const { width, height, values, kernel, answers } of pictures) {
    assert.deepEqual([...filtered(Float32Array.from(values), { width, height, kernel })], answers);
  }
});

test("the pixels under a kernel are those that its answer was made of, at the border too", () => {
  for (const { width, height, values, kernel, answers } of pictures) {
    answers.forEach((answer, place) => {
      const pixels = under(values, { width, height, kernel, row: Math.floor(place / width), column: place % width });
      assert.equal(pixels.reduce((sum, pixel, index) => sum + pixel * kernel.values[index], 0), answer);
    });
  }
});

test("named kernels do to a flat area what their kind promises", () => {
  for (const [name, { kernel, normalised: isNormalised, signed }] of Object.entries(KERNELS)) {
    const { all } = sums(isNormalised ? normalised(kernel) : kernel);
    assert.ok(Math.abs(all - (signed ? 0 : 1)) < 1e-12, `${name} adds up to ${all}`);
  }
});

test("normalising makes the weights add up to 1, or keeps answers in the range of the pixels where that cannot be", () => {
  assert.deepEqual(normalised(KERNELS.box.kernel).values, Array(9).fill(1 / 9));
  assert.deepEqual(reach(normalised(KERNELS.right.kernel)), { lowest: -255, highest: 255 });
  const empty = { rows: 3, columns: 3, values: Array(9).fill(0) };
  assert.deepEqual(normalised(empty), empty);
});

test("a kernel keeps its middle when its grid grows or shrinks", () => {
  const { kernel } = KERNELS.right;
  assert.deepEqual(resized(resized(kernel, 5), 3), kernel);
  assert.equal(resized(kernel, 5).values[2 * 5 + 3], 2);
});

test("a template gives 0 on flat areas and its strongest answer on itself", () => {
  const piece = [10, 10, 10, 10, 200, 10, 10, 10, 10];
  const { values } = template(piece, 3);
  const answer = (pixels) => pixels.reduce((sum, pixel, index) => sum + pixel * values[index], 0);
  assert.ok(Math.abs(answer(Array(9).fill(180))) < 1);
  const others = piece.map((_, at) => piece.map((_, index) => (index === at ? 200 : 10)));
  assert.ok(others.every((pixels, at) => at === 4 || answer(pixels) < answer(piece)));
  assert.ok(template(Array(9).fill(5), 3).values.every((value) => value === 0));
});

test("grey is the brightness that the eye sees, rounded", () => {
  const { red, grey } = planesOf([255, 0, 0, 255, 10, 20, 30, 255], 2);
  assert.deepEqual([...red], [255, 10]);
  assert.deepEqual([...grey], [76, 18]);
});

test("colours are cut off at black and white", () => {
  const bytes = new Uint8ClampedArray(4);
  paintColours(bytes, [[-30], [300], [12.4]]);
  assert.deepEqual([...bytes], [0, 255, 12, 255]);
});

test("signed answers take the ends of the map beyond its limit, and the middle at 0", () => {
  const bytes = new Uint8ClampedArray(12);
  paintSigned(bytes, { values: [-9, 0, 9], limit: 2, colours: [[1, 1, 1], [2, 2, 2], [3, 3, 3]] });
  assert.deepEqual([bytes[0], bytes[4], bytes[8]], [1, 2, 3]);
});

test("a few strong answers do not set the end of the colour map", () => {
  const values = Array.from({ length: 1000 }, (_, index) => (index < 3 ? 5000 : index % 40));
  assert.ok(usualLimit(values) < 50);
  assert.equal(usualLimit([0, 0, 0]), 1);
  assert.deepEqual(range([-2, 0, 5]), { smallest: -2, largest: 5, mean: 1 });
});
