import assert from "node:assert/strict";
import { test } from "node:test";

import { STACKS, count, ledger, totals } from "../../static/js/arithmetic/ledger.js";
import { slid } from "../../static/js/arithmetic/sliding.js";
import { fixture } from "./fixtures.mjs";

for (const each of fixture("ledger").cases) {
  const name = `${each.arch} on ${each.shape.join(" x ")} with ${each.hidden} hidden units`;
  const rows = ledger(each.arch, { shape: each.shape, hidden: each.hidden, classes: each.classes });

  test(`${name}: every shape, parameter and product as torch counts them`, () => {
    const ours = rows.map(({ shape, parameters, multiplyAdds }) => ({ shape, parameters, multiply_adds: multiplyAdds }));
    assert.deepEqual(ours, each.rows.map(({ shape, parameters, multiply_adds }) => ({ shape, parameters, multiply_adds })));
    assert.equal(totals(rows).parameters, each.parameters);
  });

  test(`${name}: one output sees as far as a gradient reaches in torch`, () => {
    each.rows.forEach((row, index) => { if (row.sees !== null) assert.equal(rows[index].receptiveField, row.sees); });
    assert.equal(rows.at(-1).receptiveField, Math.max(...each.shape.slice(1)));
  });

  test(`${name}: the written formulas end in the numbers`, () => {
    for (const row of rows) {
      if (row.parameters) assert.ok(row.formula.endsWith(`= ${row.parameters.toLocaleString("en")}`));
      if (row.multiplyAdds) assert.ok(row.work.endsWith(`= ${row.multiplyAdds.toLocaleString("en")}`));
      if (row.type === "conv" || row.type === "pool") assert.ok(row.size.endsWith(`= ${row.shape[1]}`));
    }
  });
}

test("output sizes follow PyTorch's floor, padding and dilation", () => {
  assert.equal(slid(224, { kernel: 3, padding: 1 }), 224);
  assert.equal(slid(8, { kernel: 3, stride: 2 }), 3);
  assert.equal(slid(7, { kernel: 3, dilation: 2 }), 3);
});

test("an image too small for a layer is refused with the layer and what reaches it", () => {
  assert.throws(() => ledger("lenet5", { shape: [1, 8, 8] }), /too small: conv2 slides a 5×5 window, and only 2×2/);
});

test("an unknown architecture is refused with the ones there are", () => {
  assert.throws(() => ledger("vgg", { shape: [3, 32, 32] }), /"vgg"; there are threeblock, lenet5/);
});

test("a convolution without bias loses one parameter per filter", () => {
  const layer = { name: "c", type: "conv", out: 64, kernel: 3, padding: 1 };
  const [withBias] = count([layer], [3, 8, 8]);
  const [without] = count([{ ...layer, bias: false }], [3, 8, 8]);
  assert.equal(withBias.parameters - without.parameters, 64);
});

test("every architecture ends in as many outputs as classes", () => {
  for (const arch of Object.keys(STACKS)) assert.deepEqual(ledger(arch, { shape: [3, 64, 64], classes: 7 }).at(-1).shape, [7]);
});
