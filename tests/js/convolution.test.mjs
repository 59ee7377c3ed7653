import assert from "node:assert/strict";
import { test } from "node:test";

import { convolve, crossCorrelate, gridOf, padded, patch, places, shifted, stepAt, stepThroughChannels, turned } from "../../static/js/arithmetic/convolution.js";
import { balance, bytesWritten } from "../../static/js/arithmetic/counting.js";
import { KERNELS, SHAPES, denseMap, featureMap, freshWeights, movedAlong, picture } from "../../static/js/arithmetic/moving.js";
import { fixture } from "./fixtures.mjs";

const torch = fixture("convolution");

test("sliding a kernel gives what torch's conv2d gives, with and without a bias", () => {
  for (const { image, kernel, correlated, with_bias } of torch.single) {
    assert.deepEqual(crossCorrelate(image, kernel), correlated);
    assert.deepEqual(crossCorrelate(image, kernel, { bias: 4 }), with_bias);
  }
});

test("a true convolution gives what torch gives for the turned kernel", () => {
  for (const { image, kernel, convolved } of torch.single) assert.deepEqual(convolve(image, kernel), convolved);
});

test("zeros round an image, and an image moved, are as torch makes them", () => {
  for (const each of torch.single) {
    assert.deepEqual(padded(each.image, 2), each.padded);
    assert.deepEqual(shifted(each.image, { down: 1, right: -2 }), each.down_1_left_2);
  }
});

test("the terms of every place add up to the map's number, and name the pixels they took", () => {
  for (const { image, kernel, correlated } of torch.single) {
    correlated.values.forEach((value, index) => {
      const at = { row: Math.floor(index / correlated.columns), column: index % correlated.columns };
      const { terms, sum } = stepAt(image, { kernel, ...at });
      assert.equal(sum, value);
      for (const term of terms) assert.equal(term.value, image.values[term.index]);
    });
  }
});

test("the first pixel under the kernel is the one at its corner", () => {
  const image = gridOf([[1, 2, 3], [4, 5, 6], [7, 8, 9]]);
  const kernel = gridOf([[0, 0], [0, 0]]);
  assert.deepEqual(patch(image, { kernel, row: 1, column: 1 }).map(({ value }) => value), [5, 6, 8, 9]);
});

test("several channels under one filter add up to what torch gives", () => {
  for (const { image, kernels, bias, map } of torch.channels) {
    map.values.forEach((value, index) => {
      const at = { row: Math.floor(index / map.columns), column: index % map.columns };
      assert.equal(stepThroughChannels(image, { kernels, bias, ...at }).sum, value);
    });
  }
});

test("a kernel that does not fit is refused with both sizes", () => {
  assert.throws(() => places(gridOf([[1, 2]]), gridOf([[1], [2]])), /2 × 1 does not fit into 1 × 2/);
});

test("turning a kernel twice gives it back", () => {
  const kernel = gridOf([[1, 2, 3], [4, 5, 6]]);
  assert.deepEqual(turned(kernel).values, [6, 5, 4, 3, 2, 1]);
  assert.deepEqual(turned(turned(kernel)), kernel);
});

test("both layers have as many parameters as torch counts", () => {
  for (const { settings, with_bias, without_bias } of torch.counts) {
    for (const [bias, counts] of [[true, with_bias], [false, without_bias]]) {
      const { dense, conv } = balance({ ...settings, bias });
      assert.deepEqual([dense.parameters, conv.parameters], counts);
    }
  }
});

test("bytes are written with the unit that fits", () => {
  assert.deepEqual([0, 4, 7168, 602116000, 4e12].map(bytesWritten), ["0 bytes", "4 bytes", "7.2 kB", "602 MB", "4.0 TB"]);
});

for (const shape of SHAPES) {
  for (const [name, kernel] of Object.entries(KERNELS)) {
    test(`every answer of the ${name} kernel moves along with the ${shape}, until part of it leaves the image`, () => {
      const before = featureMap(picture(shape), kernel);
      for (const step of [{ down: 0, right: 1 }, { down: -3, right: 3 }, { down: 2, right: -3 }]) {
        assert.equal(movedAlong(before, featureMap(picture(shape, step), kernel), step).differing, 0);
      }
      const cut = { down: 6, right: 0 };
      assert.ok(movedAlong(before, featureMap(picture(shape, cut), kernel), cut).differing > 0);
    });
  }

  test(`no answer of the dense layer moves along with the ${shape}`, () => {
    const before = denseMap(picture(shape));
    const step = { down: 0, right: 1 };
    const { differing, of } = movedAlong(before, denseMap(picture(shape, step)), step);
    assert.equal(differing, of);
  });
}

test("the largest answer of a map keeps its value and moves its place", () => {
  const step = { down: 1, right: -2 };
  const [before, after] = [featureMap(picture("ring"), KERNELS.upright), featureMap(picture("ring", step), KERNELS.upright)];
  const [first, now] = [movedAlong(before, before, { down: 0, right: 0 }), movedAlong(before, after, step)];
  assert.equal(now.largest, first.largest);
  assert.deepEqual(now.place, { row: first.place.row + 1, column: first.place.column - 2 });
});

test("the dense layer's weights are the same on every run and centred on zero", () => {
  const weights = freshWeights().flat();
  assert.equal(weights.length, 144 * 144);
  assert.ok(weights.every((weight) => weight >= -0.5 && weight < 0.5));
  assert.ok(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) / weights.length) < 0.01);
});
