// What the convolution stepper shows: its examples, the answers of both ways to slide, and the order of its steps. Pure.
import { gridOf, places, stepThroughChannels, turned } from "./convolution.js";

/** A problem is {channels: [grid], kernels: [grid], bias}. */
export const EXAMPLES = {
  a: {
    title: "a: look for a cross",
    channels: [gridOf([[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]])],
    kernels: [gridOf([[1, 0, 1], [0, 1, 0], [1, 0, 1]])],
    bias: 0,
  },
  b: {
    title: "b: a single place",
    channels: [gridOf([[1, 2, 3], [4, 5, 6], [7, 8, 9]])],
    kernels: [gridOf([[1, 0, -1], [1, 0, -1], [1, 0, -1]])],
    bias: 0,
  },
  c: {
    title: "c: a ramp of brightness",
    channels: [gridOf([[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], [11, 12, 13, 14, 15], [16, 17, 18, 19, 20], [21, 22, 23, 24, 25]])],
    kernels: [gridOf([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])],
    bias: 0,
  },
  d: {
    title: "d: three channels and a bias",
    channels: [
      gridOf([[2, 2, 0, 0], [2, 2, 0, 0], [2, 2, 0, 0], [2, 2, 0, 0]]),
      gridOf([[1, 1, 1, 1], [1, 1, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0]]),
      gridOf([[0, 0, 0, 3], [0, 0, 3, 0], [0, 3, 0, 0], [3, 0, 0, 0]]),
    ],
    kernels: [
      gridOf([[1, 0, -1], [1, 0, -1], [1, 0, -1]]),
      gridOf([[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
      gridOf([[0, 0, 1], [0, 1, 0], [1, 0, 0]]),
    ],
    bias: -2,
  },
};
export const MODES = [["correlation", "cross-correlation"], ["convolution", "convolution"]];

/** The kernels as they lie on the image: turned round for a true convolution. */
export function laid(problem, mode) {
  return mode === "convolution" ? problem.kernels.map(turned) : problem.kernels;
}

/** The map's size: {rows, columns}. */
export function mapSize({ channels, kernels }) {
  return places(channels[0], kernels[0]);
}

/** Row and column of a place counted along the rows of the map. */
export function rowAndColumn(place, { columns }) {
  return { row: Math.floor(place / columns), column: place % columns };
}

/** What is added up at one place: {steps: one for each channel, sum}. */
export function answerAt(problem, { mode, place }) {
  const at = rowAndColumn(place, mapSize(problem));
  return stepThroughChannels(problem.channels, { kernels: laid(problem, mode), bias: problem.bias, ...at });
}

/** The whole feature map. */
export function answers(problem, mode) {
  const size = mapSize(problem);
  const values = Array.from({ length: size.rows * size.columns }, (_, place) => answerAt(problem, { mode, place }).sum);
  return { ...size, values };
}

/** The place after an arrow key, kept on the map. */
export function walked(place, { key, size }) {
  const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
  const { row, column } = rowAndColumn(place, size);
  const clamp = (value, full) => Math.min(full - 1, Math.max(0, value));
  return clamp(row + down, size.rows) * size.columns + clamp(column + right, size.columns);
}

/** The nearest place at which the kernel covers a pixel of the image. */
export function covering(pixel, { problem, place }) {
  const [image, kernel] = [problem.channels[0], problem.kernels[0]];
  const size = mapSize(problem);
  const { row, column } = rowAndColumn(place, size);
  const near = (start, { at, span, full }) => Math.min(full - 1, Math.max(0, Math.min(Math.max(start, at - span + 1), at)));
  const next = rowAndColumn(pixel, image);
  return near(row, { at: next.row, span: kernel.rows, full: size.rows }) * size.columns
    + near(column, { at: next.column, span: kernel.columns, full: size.columns });
}

/** The next step of playing: term by term inside a place, or from place to place; after the last place it begins again. */
export function advanced({ place, term }, { byTerms, terms, count }) {
  if (byTerms && term < terms) return { place, term: term + 1 };
  const next = (place + 1) % count;
  return { place: next, term: byTerms ? 1 : terms };
}

const joined = (grids) => grids.flatMap(({ values }) => values).join("_");

/** The state as text for the address; numbers only where they differ from the example's. */
export function encoded({ example, mode, place, problem }) {
  const original = EXAMPLES[example];
  const same = joined(problem.channels) === joined(original.channels) && joined(problem.kernels) === joined(original.kernels) && problem.bias === original.bias;
  const start = [example, mode, place];
  return (same ? start : [...start, problem.bias, joined(problem.channels), joined(problem.kernels)]).join(",");
}

/** What `encoded` wrote, or null when it is no such text. */
export function decoded(text) {
  const [example, mode, where, bias, channels, kernels] = (text ?? "").split(",");
  if (!EXAMPLES[example] || !MODES.some(([name]) => name === mode)) return null;
  const original = EXAMPLES[example];
  const read = [refilled(original.channels, channels), refilled(original.kernels, kernels)];
  const problem = bias === undefined ? original : { ...original, bias: Number(bias), channels: read[0], kernels: read[1] };
  if (!problem.channels || !problem.kernels || !Number.isFinite(problem.bias)) return null;
  const { rows, columns } = mapSize(problem);
  const place = Number(where);
  return Number.isInteger(place) && place >= 0 && place < rows * columns ? { example, mode, place, problem } : null;
}

function refilled(grids, text = "") {
  const numbers = text.split("_").map(Number);
  const size = grids[0].values.length;
  if (numbers.length !== size * grids.length || !numbers.every(Number.isFinite)) return null;
  return grids.map((grid, index) => ({ ...grid, values: numbers.slice(index * size, (index + 1) * size) }));
}
