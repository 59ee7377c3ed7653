import assert from "node:assert/strict";
import { test } from "node:test";

import { growthWritten, grown, seenBy } from "../../static/js/arithmetic/field.js";
import { border, held, landing, ranges, readings, slidWritten } from "../../static/js/arithmetic/sliding.js";
import { fixture } from "./fixtures.mjs";

const torch = fixture("sliding");
const stacks = fixture("field");
const inside = (pixels, size) => pixels.filter((pixel) => pixel >= 0 && pixel < size);

test("a kernel reads the pixels that it reads in torch, and as many places fit", () => {
  const fitting = torch.landings.filter(({ refused }) => !refused);
  assert.ok(fitting.length > 60);
  for (const { size, output, reads, ...setting } of fitting) {
    const ours = landing(size, setting);
    assert.equal(ours.output, output, JSON.stringify({ size, ...setting }));
    assert.deepEqual(ours.places.map((place) => inside(place, size)), reads, JSON.stringify({ size, ...setting }));
    const seen = new Set(reads.flat());
    assert.deepEqual(ours.unread, Array.from({ length: size }, (_, pixel) => pixel).filter((pixel) => !seen.has(pixel)));
  }
});

test("what torch refuses is refused, a strided 'same' in torch's words", () => {
  const refused = torch.landings.filter((each) => each.refused);
  assert.ok(refused.length > 10);
  for (const { size, refused: words, ...setting } of refused) {
    assert.throws(() => landing(size, setting), (error) => error instanceof RangeError && (setting.padding !== "same" || error.message === words));
  }
});

test("'same' keeps the size, and puts the zero left over at the end", () => {
  assert.deepEqual(border({ kernel: 3, padding: "same" }), { before: 1, after: 1 });
  assert.deepEqual(border({ kernel: 4, padding: "same" }), { before: 1, after: 2 });
  assert.equal(landing(9, { kernel: 4, dilation: 3, padding: "same" }).output, 9);
});

test("the rest is what the last place leaves of the padded side", () => {
  assert.equal(landing(8, { kernel: 3, stride: 2 }).rest, 1);
  assert.equal(landing(224, { kernel: 3, stride: 2, padding: 1 }).rest, 1);
  assert.equal(landing(7, { kernel: 3, dilation: 2 }).rest, 0);
});

test("a pixel in the middle is read by every tap, one in the corner by one", () => {
  assert.deepEqual(readings(5, landing(5, { kernel: 3 }).places), [1, 2, 3, 2, 1]);
});

test("a convolution holds what it holds in torch, or is refused in torch's words", () => {
  for (const { refused, shape, parameters, ...asked } of torch.held) {
    if (refused) assert.throws(() => held(asked), new RangeError(refused));
    else assert.deepEqual([held(asked).shape, held(asked).parameters], [shape, parameters]);
  }
});

test("formulas are written with their numbers", () => {
  assert.equal(slidWritten(224, { kernel: 3, stride: 2, padding: 1 }), "⌊(224 + 2·1 − 1·(3 − 1) − 1) / 2⌋ + 1 = 112");
  assert.equal(held({ inChannels: 3, outChannels: 64, kernel: 3 }).formula, "(3 · 3 · 3 + 1) · 64 = 1,792");
  assert.equal(growthWritten({ kernel: 3 }, { field: 4, jump: 2 }), "4 + (3 − 1) · 2 = 8");
});

test("ranges join neighbours", () => {
  assert.equal(ranges([0, 1, 2, 5, 7, 8]), "0 to 2, 5, 7, 8");
  assert.equal(ranges([]), "");
});

test("a unit sees the places that have a gradient from it in torch, in every layer below", () => {
  assert.ok(stacks.length > 15);
  for (const { layers, side, sides, unit, seen } of stacks) {
    assert.deepEqual(grown(layers, { side }).map((stage) => stage.side), sides);
    assert.deepEqual(seenBy(layers, { side, layer: layers.length, unit }), [...seen, [unit]]);
  }
});

test("the field by the formula is what a unit sees far from the border", () => {
  const layers = [{ kernel: 3, padding: 1 }, { kernel: 2, stride: 2 }, { kernel: 3, padding: 1 }, { kernel: 2, stride: 2 }];
  const { field, side } = grown(layers, { side: 64 }).at(-1);
  const [seen] = seenBy(layers, { side: 64, layer: 4, unit: side >> 1 });
  assert.equal(field, 10);
  assert.equal(seen.length, field);
});

test("a layer that does not fit is named", () => {
  assert.throws(() => grown([{ kernel: 2, stride: 2 }, { kernel: 5 }], { side: 8 }), /Layer 2 does not fit: The kernel spans 5/);
});
