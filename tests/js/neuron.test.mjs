import assert from "node:assert/strict";
import { test } from "node:test";

import { ACTIVATIONS, activate, dense, denseParameters, fires, products, softmax, weightedSum } from "../../static/js/arithmetic/neuron.js";
import { judge, lineLayer, pictures, presets } from "../../static/js/arithmetic/small-pictures.js";
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
  test(`at ${size} x ${size} the preset for the upright bar solves the task and no other preset does`, () => {
    const solved = presets(size).filter((each) => judge({ ...each, size }).solved).map(({ title }) => title);
    assert.deepEqual(solved, ["upright bar"]);
  });

  test(`at ${size} x ${size} the preset for the upright bar is silent for bars in other columns`, () => {
    const { weights, bias } = presets(size).find(({ title }) => title === "upright bar");
    for (let column = 0; column < size; column += 1) {
      const picture = weights.map((_, index) => (index % size === column ? 1 : 0));
      assert.equal(fires(weightedSum(picture, weights, bias)), column === size >> 1);
    }
  });
}

test("every way to miss the task has its own hint", () => {
  const upright = pictures(3)["upright bar"];
  const votes = (bar, beside) => upright.map((ink) => (ink ? bar : beside));
  const neurons = [
    { weights: votes(0, 0), bias: 1 }, // fires without ink
    { weights: votes(1, 1), bias: 0 }, // fires for all ink
    { weights: votes(1, -1.5).map((vote, index) => (index === 4 ? 5 : vote)), bias: -0.5 }, // fires for the lying bar
    { weights: votes(0, 0), bias: 0 }, // silent
    { weights: votes(1, -1), bias: 0 }, // fires for the broken bar
    { weights: votes(1, -1), bias: -2.5 }, // solved
  ];
  const verdicts = neurons.map((neuron) => judge({ ...neuron, size: 3 }));
  assert.equal(new Set(verdicts.map(({ hint }) => hint)).size, neurons.length);
  assert.deepEqual(verdicts.map(({ solved }) => solved), [false, false, false, false, false, true]);
});

test("each unit of the line layer answers to its own line alone", () => {
  const { weights, biases, activation, samples } = lineLayer();
  samples.forEach((sample, line) => {
    const outputs = dense(sample, { weights, biases, activation });
    assert.deepEqual(outputs, outputs.map((_, index) => (index === line ? 0.5 : 0)));
  });
});
