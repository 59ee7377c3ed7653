import assert from "node:assert/strict";
import { test } from "node:test";

import { bar, judge, presets } from "../../static/js/arithmetic/bars.js";
import { ACTIVATIONS, activate, dense, denseParameters, fires, products, softmax, weightedSum } from "../../static/js/arithmetic/neuron.js";
import { fixture } from "./fixtures.mjs";

const TOLERANCE = 2e-6; // fixtures hold six decimals
const { cases } = fixture("neuron");

function near(actual, expected) {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, index) => assert.ok(Math.abs(value - expected[index]) <= TOLERANCE, `${value} is not ${expected[index]}`));
}

for (const name of Object.keys(ACTIVATIONS)) {
  test(`a dense layer with activation ${name} computes what torch computes`, () => {
    for (const each of cases) {
      near(dense(each.inputs, { weights: each.weights, biases: each.biases, activation: name }), each[name]);
    }
  });
}

test("softmax computes what torch computes", () => {
  for (const each of cases) near(softmax(each.none), each.softmax);
});

test("softmax survives scores whose powers overflow", () => {
  near(softmax([1000, 1000]), [0.5, 0.5]);
});

test("a dense layer has as many parameters as torch counts", () => {
  for (const each of cases) {
    assert.equal(denseParameters(each.inputs.length, each.biases.length), each.parameters);
    assert.equal(denseParameters(each.inputs.length, each.biases.length, { bias: false }), each.parameters - each.biases.length);
  }
});

test("inputs and weights of different length are refused with both lengths", () => {
  assert.throws(() => products([1, 2], [1]), /2 inputs need as many weights; 1/);
});

test("an unknown activation is refused with the ones there are", () => {
  assert.throws(() => activate("swish", 0), /"swish"; there are none, step, relu, sigmoid/);
});

test("a neuron does not fire at exactly zero, under step and ReLU alike", () => {
  assert.equal(fires(0), false);
  assert.equal(activate("step", 0), 0);
  assert.equal(activate("relu", 0), 0);
});

for (const size of [3, 5]) {
  test(`at ${size} x ${size} the vertical preset solves the task and no other preset does`, () => {
    const solved = Object.entries(presets(size)).filter(([, each]) => judge({ ...each, size }).solved).map(([name]) => name);
    assert.deepEqual(solved, ["vertical"]);
  });

  test(`at ${size} x ${size} the vertical preset stays silent for every other straight bar of its size`, () => {
    const { weights, bias } = presets(size).vertical;
    for (let column = 0; column < size; column += 1) {
      const image = bar("vertical", size).map((_, index) => (index % size === column ? 1 : 0));
      assert.equal(fires(weightedSum(image, weights, bias)), column === size >> 1);
    }
  });
}

test("the four outcomes of the task have four different hints", () => {
  const weightsOf = (vertical, horizontal) => bar("vertical", 3).map((lit, index) => (index === 4 ? 0 : lit ? vertical : bar("horizontal", 3)[index] ? horizontal : 0));
  const hints = [[1, 1], [1, -1], [-1, 1], [-1, -1]].map(([vertical, horizontal]) => judge({ weights: weightsOf(vertical, horizontal), bias: 0, size: 3 }).hint);
  assert.equal(new Set(hints).size, 4);
});
