import assert from "node:assert/strict";
import { test } from "node:test";

import { backwards, forwards, slopesOf } from "../../static/js/arithmetic/graph.js";
import { GRAPHS, descended, stepsThrough, under, written } from "../../static/js/arithmetic/graphs.js";
import { asComputed, asWritten, crossEntropy, probabilities, slopes } from "../../static/js/arithmetic/softmax.js";
import { LAYOUTS } from "../../static/js/widgets/parts/graph-layouts.js";
import { fixture } from "./fixtures.mjs";

const TOLERANCE = 1e-7; // fixtures hold eight decimals
const close = (actual, expected, tolerance = TOLERANCE) => assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
const { cases } = fixture("softmax");
const graphs = fixture("backprop");

test("probabilities, loss and slopes are torch's, at every temperature", () => {
  for (const { logits, temperature, target, ...expected } of cases) {
    probabilities(logits, temperature).forEach((share, place) => close(share, expected.probabilities[place]));
    close(crossEntropy(logits, { target, temperature }), expected.loss);
    slopes(logits, { target, temperature }).forEach((slope, place) => close(slope, expected.slopes[place]));
  }
});

test("the formula as written breaks where torch's 32 bits break, and nowhere else", () => {
  const isNumber = new Set();
  for (const { logits, temperature, written: expected } of cases) {
    asWritten(logits, temperature).shares.forEach((share, place) => {
      isNumber.add(Number.isNaN(share));
      if (expected[place] === "nan") assert.ok(Number.isNaN(share));
      else close(share, expected[place], 2e-6);
    });
  }
  assert.deepEqual(isNumber, new Set([true, false]));
});

test("with the largest logit taken off first, no logit is too large or too small", () => {
  for (const logits of [[1000, 999, 0, 0], [-1000, -1000, -1001, -1002]]) {
    assert.ok(asWritten(logits).shares.some(Number.isNaN));
    close(asComputed(logits).shares.reduce((sum, share) => sum + share, 0), 1, 1e-6);
  }
});

test("the loss of a hopeless answer stays a number", () => {
  assert.equal(crossEntropy([0, 1000], { target: 0 }), 1000);
});

test("the slopes of all classes add up to nothing", () => {
  for (const { logits, temperature, target } of cases) close(slopes(logits, { target, temperature }).reduce((sum, slope) => sum + slope, 0), 0);
});

for (const name of Object.keys(GRAPHS)) {
  const { nodes, given } = GRAPHS[name];

  test(`the graph of ${name} has torch's values and slopes`, () => {
    for (const each of graphs[name]) {
      const values = forwards(nodes, each.given);
      for (const [id, value] of Object.entries(each.values)) close(values[id], value);
      const found = slopesOf(nodes, values);
      assert.deepEqual(Object.keys(found).sort(), Object.keys(each.slopes).sort());
      for (const [id, slope] of Object.entries(each.slopes)) close(found[id], slope);
    }
  });

  test(`the first values of ${name} are those that torch was given first`, () => {
    assert.deepEqual(given, graphs[name][0].given);
  });

  test(`no edge of ${name} is gone before the slope above it is whole`, () => {
    const edges = backwards(nodes, forwards(nodes, given));
    edges.forEach(({ from }, place) => assert.ok(!edges.slice(place).some(({ to }) => to === from), `${from} still gets something`));
  });

  test(`the steps of ${name} show every value once and every edge once`, () => {
    const edges = backwards(nodes, forwards(nodes, given));
    const steps = stepsThrough(GRAPHS[name], edges);
    const made = steps.filter(({ way }) => way === "forwards").flatMap((step) => step.nodes);
    assert.deepEqual(made.sort(), nodes.filter(({ op }) => op).map(({ id }) => id).sort());
    assert.deepEqual(steps.flatMap((step) => step.edges), edges);
  });

  test(`a step downhill makes the loss of ${name} smaller`, () => {
    const values = forwards(nodes, given);
    const next = descended(GRAPHS[name], { given, slopes: slopesOf(nodes, values) });
    assert.ok(forwards(nodes, next).L < values.L);
    assert.deepEqual(Object.keys(next).filter((id) => next[id] !== given[id]).sort(), [...GRAPHS[name].learned].sort());
  });

  test(`every node of ${name} has a place of its own inside both drawings`, () => {
    for (const { size, node, places } of Object.values(LAYOUTS[name])) {
      assert.deepEqual(Object.keys(places).sort(), nodes.map(({ id }) => id).sort());
      for (const [x, y] of Object.values(places)) {
        assert.ok(x - node[0] / 2 >= 0 && x + node[0] / 2 <= size[0], `${x} of ${size[0]}`);
        assert.ok(y - node[1] / 2 >= 0 && y + node[1] / 2 <= size[1], `${y} of ${size[1]}`);
      }
      const all = Object.values(places);
      all.forEach(([x, y], place) => all.slice(place + 1).forEach(([u, v]) => assert.ok(Math.abs(x - u) >= node[0] || Math.abs(y - v) >= node[1], "two boxes overlap")));
    }
  });
}

test("the steps of the filter go place by place", () => {
  const { nodes, given } = GRAPHS.filter;
  const steps = stepsThrough(GRAPHS.filter, backwards(nodes, forwards(nodes, given)));
  const from = steps.filter(({ way }) => way === "backwards").map(({ edges }) => [...new Set(edges.map((edge) => edge.from))].join(" "));
  assert.deepEqual(from, ["L", "m", "a11 a12 a21 a22", "z11", "z12", "z21", "z22"]);
});

test("a place of the filter lies over the pixels to its right and below", () => {
  assert.deepEqual(under("12"), ["x12", "x13", "x22", "x23"]);
  assert.equal(written("x12"), "x₁₂");
});
