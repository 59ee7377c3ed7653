import assert from "node:assert/strict";
import { test } from "node:test";
import { percent } from "../../static/js/percent.js";

test("a share is written with one decimal and a space at which no line breaks", () => {
  assert.equal(percent(0.97), "97.0\u00a0%");
  assert.equal(percent(0.6789, 0), "68\u00a0%");
  assert.equal(percent(0), "0.0\u00a0%");
});
