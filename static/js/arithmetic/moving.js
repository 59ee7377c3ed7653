// Does an answer move along when the image moves? A convolution and a dense layer with as many outputs. Pure functions.
import { crossCorrelate, gridOf, padded, shifted } from "./convolution.js";

export const SIDE = 12;
const SEED = 7;
const SAME = 1e-9; // sums of the same products in another order differ by less

/** Small pictures to move about, as their inked places drawn in text. */
const DRAWN = {
  arrow: ["..#..", "..##.", "#####", "..##.", "..#.."],
  letter: ["#####", "#....", "####.", "#....", "#...."],
  ring: [".###.", "#...#", "#...#", "#...#", ".###."],
};
export const SHAPES = Object.keys(DRAWN);

/** Kernels to slide; "random" is what a fresh layer starts from. */
export const KERNELS = {
  upright: gridOf([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]),
  lying: gridOf([[1, 1, 1], [0, 0, 0], [-1, -1, -1]]),
  random: gridOf([[0.8, -0.5, 0.3], [-0.9, 0.6, 0.1], [0.4, -0.7, 0.9]]),
};

/** The picture in the middle of an empty square of SIDE, moved. What leaves the square is lost. */
export function picture(shape, { down = 0, right = 0 } = {}) {
  const rows = DRAWN[shape];
  const start = (SIDE - rows.length) >> 1;
  const values = Array(SIDE * SIDE).fill(0);
  rows.forEach((line, row) => [...line].forEach((sign, column) => {
    if (sign === "#") values[(start + row) * SIDE + start + column] = 1;
  }));
  return shifted({ rows: SIDE, columns: SIDE, values }, { down, right });
}

/** The feature map, as large as the picture: a border of zeros is laid round it first. */
export function featureMap(image, kernel) {
  return crossCorrelate(padded(image, (kernel.rows - 1) >> 1), kernel);
}

/** A dense layer with as many outputs as the map has places, its weights drawn once, as before training. */
export function denseMap(image, weights = freshWeights()) {
  const values = weights.map((row) => image.values.reduce((sum, value, index) => sum + value * row[index], 0));
  return { ...image, values };
}

let kept = null;
/** SIDE² rows of SIDE² weights, evenly from -0.5 to 0.5 and the same in every browser. */
export function freshWeights() {
  if (kept) return kept;
  const next = dice(SEED);
  kept = Array.from({ length: SIDE * SIDE }, () => Array.from({ length: SIDE * SIDE }, () => next() - 0.5));
  return kept;
}

// mulberry32 (T. Ettinger, public domain): small, and the same everywhere, which Math.random is not.
function dice(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Holds the answers to a moved picture against the first answers moved by the same step:
 * {differing: how many numbers differ, of, largest, place: {row, column} of the largest}.
 */
export function movedAlong(before, after, step) {
  const expected = shifted(before, step).values;
  const differing = after.values.filter((value, index) => Math.abs(value - expected[index]) > SAME).length;
  const largest = Math.max(...after.values);
  const at = after.values.findIndex((value) => value >= largest - SAME);
  return { differing, of: expected.length, largest, place: { row: Math.floor(at / after.columns), column: at % after.columns } };
}
