import assert from "node:assert/strict";
import { test } from "node:test";

import { crossCorrelate } from "../../static/js/arithmetic/convolution.js";
import { EXAMPLES, advanced, answerAt, answers, covering, decoded, encoded, walked } from "../../static/js/arithmetic/stepping.js";
import { fixture } from "./fixtures.mjs";

const { examples } = fixture("convolution");

for (const [name, problem] of Object.entries(EXAMPLES)) {
  test(`example ${name} gives what torch gives, slid both ways`, () => {
    assert.deepEqual(answers(problem, "correlation"), examples[name].correlation);
    assert.deepEqual(answers(problem, "convolution"), examples[name].convolution);
  });
}

test("the answer of one channel at a place is the map's number there", () => {
  const { channels: [image], kernels: [kernel] } = EXAMPLES.a;
  const map = crossCorrelate(image, kernel);
  map.values.forEach((value, place) => assert.equal(answerAt(EXAMPLES.a, { mode: "correlation", place }).sum, value));
});

test("arrow keys walk over the map and stop at its border", () => {
  const size = { rows: 3, columns: 3 };
  assert.equal(walked(4, { key: "ArrowUp", size }), 1);
  assert.equal(walked(1, { key: "ArrowUp", size }), 1);
  assert.equal(walked(2, { key: "ArrowRight", size }), 2);
  assert.equal(walked(2, { key: "ArrowDown", size }), 5);
});

test("the kernel moves no further than it must to cover a pixel", () => {
  const problem = EXAMPLES.c;
  assert.equal(covering(0, { problem, place: 8 }), 0);
  assert.equal(covering(24, { problem, place: 0 }), 8);
  assert.equal(covering(12, { problem, place: 4 }), 4);
  assert.equal(covering(3, { problem, place: 0 }), 1);
});

test("playing goes through the products of a place and then to the next, and begins again", () => {
  const slow = { byTerms: true, terms: 9, count: 4 };
  assert.deepEqual(advanced({ place: 0, term: 8 }, slow), { place: 0, term: 9 });
  assert.deepEqual(advanced({ place: 0, term: 9 }, slow), { place: 1, term: 1 });
  assert.deepEqual(advanced({ place: 3, term: 9 }, { ...slow, byTerms: false }), { place: 0, term: 9 });
});

test("a state survives the address, with and without typed numbers", () => {
  const untouched = { example: "d", mode: "convolution", place: 3, problem: EXAMPLES.d };
  assert.equal(encoded(untouched), "d,convolution,3");
  assert.deepEqual(decoded(encoded(untouched)), untouched);
  const [image] = EXAMPLES.b.channels;
  const problem = { ...EXAMPLES.b, bias: -1.5, channels: [{ ...image, values: image.values.map((value) => value / 2) }] };
  const typed = { example: "b", mode: "correlation", place: 0, problem };
  assert.deepEqual(decoded(encoded(typed)), typed);
});

test("an address that says nothing sensible is not taken", () => {
  for (const text of [null, "", "z,correlation,0", "a,sliding,0", "a,correlation,9", "a,correlation,x", "b,correlation,0,0,1_2,1_2"]) assert.equal(decoded(text), null);
});
