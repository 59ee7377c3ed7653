// What every layer costs: shape, parameters, multiply-adds, receptive field. Pure functions, the same rules and the same
// words as nets/ledger.py; tests hold both against torch.
import { seenAfter, slid, slidWritten } from "./sliding.js";

const number = new Intl.NumberFormat("en");
export const written = (value) => number.format(value);
const product = (values) => values.reduce((total, value) => total * value, 1);

/** The layers of an architecture as the zoo builds it; `hidden` and `classes` are the widths of its dense layers. */
export const STACKS = {
  threeblock: ({ classes = 10, hidden = 512 } = {}) => [
    ...[32, 64, 128].flatMap((filters, index) => [
      { name: `conv${index + 1}`, type: "conv", out: filters, kernel: 3, padding: 1 },
      { name: `relu${index + 1}`, type: "act", how: "ReLU" },
      { name: `pool${index + 1}`, type: "pool", how: "max", kernel: 2, stride: 2 },
    ]),
    { name: "flatten", type: "flatten" },
    { name: "dense1", type: "dense", out: hidden },
    { name: "relu4", type: "act", how: "ReLU" },
    { name: "dropout", type: "dropout", p: 0.5 },
    { name: "output", type: "dense", out: classes },
  ],
  lenet5: ({ classes = 10, hidden = 120 } = {}) => [
    { name: "conv1", type: "conv", out: 6, kernel: 5 },
    { name: "relu1", type: "act", how: "ReLU" },
    { name: "pool1", type: "pool", how: "max", kernel: 2, stride: 2 },
    { name: "conv2", type: "conv", out: 16, kernel: 5 },
    { name: "relu2", type: "act", how: "ReLU" },
    { name: "pool2", type: "pool", how: "max", kernel: 2, stride: 2 },
    { name: "flatten", type: "flatten" },
    { name: "dense1", type: "dense", out: hidden },
    { name: "relu3", type: "act", how: "ReLU" },
    { name: "dense2", type: "dense", out: 84 },
    { name: "relu4", type: "act", how: "ReLU" },
    { name: "output", type: "dense", out: classes },
  ],
};

/**
 * Rows of a stack for one image of `shape` [C, H, W].
 * Throws RangeError with a sentence for people when the image is too small for a layer.
 */
export function count(stack, shape) {
  const rows = [];
  let view = { field: 1, jump: 1, extent: Math.max(...shape.slice(1)) };
  let here = shape;
  for (const layer of stack) {
    const there = shapeAfter(layer, here);
    view = viewAfter(layer, view);
    rows.push(row(layer, { before: here, after: there, view }));
    here = there;
  }
  return rows;
}

/** Sums over the rows. */
export function totals(rows) {
  const sum = (field) => rows.reduce((total, each) => total + each[field], 0);
  return { parameters: sum("parameters"), multiplyAdds: sum("multiplyAdds") };
}

/** Rows of the named architecture. */
export function ledger(arch, { shape, classes, hidden }) {
  if (!STACKS[arch]) throw new RangeError(`No architecture "${arch}"; there are ${Object.keys(STACKS).join(", ")}.`);
  return count(STACKS[arch]({ classes, hidden }), shape);
}

function shapeAfter(layer, shape) {
  if (layer.type === "flatten") return [product(shape)];
  if (layer.type === "dense") return [layer.out];
  if (layer.type === "act" || layer.type === "dropout") return shape;
  const [channels, ...sides] = shape;
  const slidSides = sides.map((side) => slid(side, layer));
  if (Math.min(...slidSides) < 1) {
    throw new RangeError(`The image is too small: ${layer.name} slides a ${layer.kernel}×${layer.kernel} window, and only ${sides.join("×")} reaches it.`);
  }
  return [layer.type === "conv" ? layer.out : channels, ...slidSides];
}

function viewAfter(layer, { field, jump, extent }) {
  if (layer.type === "dense") return { field: extent, jump, extent };
  if (layer.type !== "conv" && layer.type !== "pool") return { field, jump, extent };
  return { ...seenAfter(layer, { field, jump }), extent };
}

function row(layer, { before, after, view }) {
  const { formula, parameters, perOutput } = weights(layer, before);
  return {
    name: layer.name,
    type: layer.type,
    kind: kind(layer),
    before,
    shape: after,
    size: sizeWritten(layer, { before, after }),
    formula,
    parameters,
    multiplyAdds: product(after) * perOutput,
    work: perOutput ? `${after.map(written).join(" × ")} outputs × ${written(perOutput)} products each = ${written(product(after) * perOutput)}` : "",
    receptiveField: view.field,
  };
}

function weights(layer, before) {
  if (layer.type !== "conv" && layer.type !== "dense") return { formula: "", parameters: 0, perOutput: 0 };
  const groups = layer.groups ?? 1;
  const perOutput = layer.type === "conv" ? layer.kernel * layer.kernel * (before[0] / groups) : before[0];
  const inner = layer.type === "conv" ? `${layer.kernel} × ${layer.kernel} × ${before[0] / groups}` : written(perOutput);
  const bias = layer.bias === false ? 0 : 1;
  const parameters = (perOutput + bias) * layer.out;
  const formula = `${bias ? `(${inner} + 1)` : inner} × ${written(layer.out)} = ${written(parameters)}`;
  return { formula, parameters, perOutput };
}

function sizeWritten(layer, { before, after }) {
  if (layer.type === "conv" || layer.type === "pool") return slidWritten(before[1], layer);
  if (layer.type === "flatten") return `${before.map(written).join(" × ")} = ${written(after[0])}`;
  return "";
}

function kind(layer) {
  if (layer.type === "conv") return `${layer.kernel}×${layer.kernel} convolution, ${layer.out} filters`;
  if (layer.type === "pool") return `${layer.kernel}×${layer.kernel} ${layer.how} pooling`;
  if (layer.type === "dense") return `dense, ${layer.out} units`;
  if (layer.type === "dropout") return `dropout ${layer.p}`;
  return layer.type === "flatten" ? "flatten" : layer.how;
}
