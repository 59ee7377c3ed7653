// The named kernels of the playground, and what can be said about any kernel. Pure; a kernel is {rows, columns, values}.
import { gridOf } from "./convolution.js";

const outer = (line) => line.map((down) => line.map((across) => down * across));

/** name: {title, note, kernel, normalised, signed}; `signed` is whether its answers are looked at as signed numbers. */
export const KERNELS = {
  identity: { title: "identity", kernel: gridOf([[0, 0, 0], [0, 1, 0], [0, 0, 0]]), note: "Keeps every pixel as it is. The place to start from." },
  box: { title: "blur", kernel: gridOf([[1, 1, 1], [1, 1, 1], [1, 1, 1]]), normalised: true, note: "The mean of nine pixels. Normalised, the brightness stays." },
  gaussian: { title: "Gaussian", kernel: gridOf(outer([1, 2, 1])), normalised: true, note: "A blur in which near pixels count more." },
  wide: { title: "Gaussian 5 × 5", kernel: gridOf(outer([1, 4, 6, 4, 1])), normalised: true, note: "A wider blur, with fewer hard borders." },
  sharpen: { title: "sharpen", kernel: gridOf([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]), note: "The pixel, plus what sets it apart from its neighbours." },
  emboss: { title: "emboss", kernel: gridOf([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]), note: "Light from one corner, shadow from the other, on top of the image itself." },
  edge: { title: "edge", kernel: gridOf([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]), signed: true, note: "Eight times the pixel, less its eight neighbours." },
  laplacian: { title: "Laplacian", kernel: gridOf([[0, 1, 0], [1, -4, 1], [0, 1, 0]]), signed: true, note: "The four neighbours, less four times the pixel. Its sign changes in the middle of an edge." },
  right: { title: "Sobel right", kernel: gridOf([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]), signed: true, note: "Blue where it gets brighter to the right, orange where it gets darker. Upright edges." },
  down: { title: "Sobel down", kernel: gridOf([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]), signed: true, note: "Blue where it gets brighter downwards. Lying edges." },
  falling: { title: "falling lines", kernel: gridOf([[2, -1, -1], [-1, 2, -1], [-1, -1, 2]]), signed: true, note: "Thin bright lines from top left to bottom right." },
  rising: { title: "rising lines", kernel: gridOf([[-1, -1, 2], [-1, 2, -1], [2, -1, -1]]), signed: true, note: "Thin bright lines from bottom left to top right." },
};

/** Sum of the weights, and of the positive and the negative ones alone. */
export function sums({ values }) {
  const total = (list) => list.reduce((sum, value) => sum + value, 0);
  return { all: total(values), positive: total(values.filter((value) => value > 0)), negative: total(values.filter((value) => value < 0)) };
}

const SMALL = 1e-6;

/**
 * The kernel divided so that its weights add up to 1. Where they add up to 0 that cannot be; then by the sum of the
 * positive ones, so that no answer leaves the range of the pixels. A kernel of zeros stays.
 */
export function normalised(kernel) {
  const { all, positive, negative } = sums(kernel);
  const divisor = Math.abs(all) > SMALL ? all : Math.max(positive, -negative);
  return divisor === 0 ? kernel : { ...kernel, values: kernel.values.map((value) => value / divisor) };
}

/** The smallest and largest answer that pixels from 0 to 255 can give. */
export function reach(kernel) {
  const { positive, negative } = sums(kernel);
  return { lowest: negative * 255, highest: positive * 255 };
}

/** The same kernel on a grid of `side`: zeros laid round it, or its border cut off. */
export function resized(kernel, side) {
  const from = (kernel.rows - side) / 2;
  const values = Array.from({ length: side * side }, (_, index) => {
    const [row, column] = [Math.floor(index / side) + from, (index % side) + from];
    const isInside = row >= 0 && row < kernel.rows && column >= 0 && column < kernel.columns;
    return isInside ? kernel.values[row * kernel.columns + column] : 0;
  });
  return { rows: side, columns: side, values };
}

/** A piece of an image as a kernel that looks for it: its mean taken off, so that flat areas give 0, and its length made 1. */
export function template(values, side) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const centred = values.map((value) => value - mean);
  const length = Math.hypot(...centred) || 1;
  return { rows: side, columns: side, values: centred.map((value) => Math.round((value / length) * 1000) / 1000) };
}
