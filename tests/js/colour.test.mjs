import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { diverging, inkOn, mix, parseColour, sequential } from "../../static/js/colour.js";
import { hashWith } from "../../static/js/hash-state.js";

const MAP = { limit: 2, negative: [200, 100, 0], zero: [250, 250, 250], positive: [0, 80, 200] };

function luminance(colour) {
  const [red, green, blue] = colour.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

test("the diverging map meets its ends and its middle and clips beyond", () => {
  assert.deepEqual(diverging(0, MAP), MAP.zero);
  assert.deepEqual(diverging(2, MAP), MAP.positive);
  assert.deepEqual(diverging(-99, MAP), MAP.negative);
  assert.deepEqual(diverging(1, { ...MAP, limit: 0 }), MAP.zero);
});

test("the sequential map grows lighter all the way", () => {
  const steps = Array.from({ length: 101 }, (_, index) => luminance(sequential(index / 100)));
  steps.slice(1).forEach((value, index) => assert.ok(value > steps[index] - 1e-4, `darker at ${index}`));
  assert.deepEqual(sequential(Number.NaN), sequential(0));
});

test("ink can be read on every colour of both maps (4.5 to 1)", () => {
  const colours = Array.from({ length: 41 }, (_, index) => index / 20 - 1).flatMap((share) => [diverging(share * 2, MAP), sequential(Math.abs(share))]);
  for (const colour of colours) assert.ok(contrast(colour, inkOn(colour)) >= 4.5, String(colour));
});

test("colours are read in both notations that browsers answer with", () => {
  assert.deepEqual(parseColour("#1d63d8"), [29, 99, 216]);
  assert.deepEqual(parseColour("rgb(29, 99, 216)"), [29, 99, 216]);
  assert.deepEqual(parseColour("rgb(29 99 216 / 1)"), [29, 99, 216]);
  assert.deepEqual(mix([0, 0, 0], [255, 255, 255], 0.5), [128, 128, 128]);
});

/** The light and dark value of a token in tokens.css. */
function pair(name) {
  const css = readFileSync(new URL("../../static/css/tokens.css", import.meta.url), "utf8");
  const [, light, dark] = new RegExp(`${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(css);
  return [parseColour(light), parseColour(dark)];
}

const TEXTS = ["--color-text", "--color-muted", "--color-accent", "--color-accent-strong", "--color-good", "--color-bad", "--color-train", "--color-validation"];
for (const ground of ["--color-surface", "--color-raised"]) {
  test(`text colours can be read on ${ground}, light and dark (4.5 to 1)`, () => {
    for (const name of TEXTS) {
      for (const theme of [0, 1]) {
        const value = contrast(pair(name)[theme], pair(ground)[theme]);
        assert.ok(value >= 4.5, `${name} on ${ground}: ${value.toFixed(2)}`);
      }
    }
  });
}

test("borders of controls and the ends of the weight map stand out from the page (3 to 1)", () => {
  for (const name of ["--color-edge", "--color-negative", "--color-positive"]) {
    for (const theme of [0, 1]) assert.ok(contrast(pair(name)[theme], pair("--color-surface")[theme]) >= 3, name);
  }
});

test("a state in the address leaves the states of other widgets alone", () => {
  assert.equal(hashWith("#ledger=lenet5,32", "neuron", "010:1,2"), "#ledger=lenet5,32&neuron=010:1,2");
  assert.equal(hashWith("#ledger=lenet5,32&neuron=1", "neuron", null), "#ledger=lenet5,32");
  assert.equal(hashWith("#channels", "ledger", "x"), "#ledger=x");
});
