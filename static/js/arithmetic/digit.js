// From a grey picture of a digit to the pixels that the networks were trained on. The same steps and numbers as nets/images.py, where
// they are explained; tests hold both against each other. Pure functions; a mask is {width, height, data} of zeros and ones.
import { resized } from "./grey.js";
import { halfToEven, inkOf } from "./paper.js";

const SIDE = 32;
const CELL = 4;
const CELL_FULL = CELL * CELL;
const BOX_WIDTH = 20;
const USUAL_INK = 19.5 * CELL_FULL;
const WORK_HEIGHT = 96;
const MOST_THICKENING = 10;
const MOST_THINNING = 6;
const NARROW = 14;

/** What the network sees of a picture: {width: 32, height: 32, data}, ink bright on black. Throws NoInk. */
export function preparedDigit(picture) {
  return served(cells(usualThickness(inkOf(picture))));
}

/** Ink counted in blocks of 4 by 4: {width: 8, height: 8, data} from 0 to 16. */
function cells({ data }) {
  const side = SIDE / CELL;
  const counts = new Uint8Array(side * side);
  data.forEach((ink, pixel) => { counts[Math.floor(pixel / SIDE / CELL) * side + Math.floor((pixel % SIDE) / CELL)] += ink; });
  return { width: side, height: side, data: counts };
}

function served(counts) {
  const grey = { ...counts, data: counts.data.map((count) => halfToEven((count * 255) / CELL_FULL)) };
  return resized(grey, { width: SIDE, height: SIDE, filter: "bilinear" });
}

/** The ink fitted to the data set's box, with the strokes grown or shrunk to come closest to the usual ink. */
function usualThickness(ink) {
  let [best, distance] = [null, Infinity];
  for (const mask of thicknesses(ink)) {
    const bitmap = fitted(mask);
    const off = Math.abs(count(bitmap) - USUAL_INK);
    if (off < distance) [best, distance] = [bitmap, off];
  }
  return best;
}

function* thicknesses(ink) {
  const tall = scaled(cropped(ink), { width: workWidth(ink), height: WORK_HEIGHT });
  yield tall;
  let mask = padded(tall, { by: MOST_THICKENING, value: 0 });
  for (let step = 0; step < MOST_THICKENING; step += 1) {
    mask = grown(mask, { corners: step % 2 === 1 });
    yield mask;
  }
  let paper = padded(inverted(tall), { by: 1, value: 1 });
  for (let step = 1; step <= MOST_THINNING; step += 1) {
    paper = grown(paper, { corners: true });
    if (count(paper) === paper.data.length || !isWhole(cropped(inverted(paper)), { was: tall, thinned: step })) return;
    yield inverted(paper);
  }
}

function workWidth(ink) {
  const { width, height } = cropped(ink);
  return Math.max(1, halfToEven((WORK_HEIGHT * width) / height));
}

/** A mask grown by one pixel up, down, left and right, and over corners where asked. */
function grown({ width, height, data }, { corners }) {
  const tall = data.slice();
  for (let pixel = 0; pixel < data.length; pixel += 1) if (data[pixel - width] || data[pixel + width]) tall[pixel] = 1;
  const source = corners ? tall : data;
  const made = tall.slice();
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const pixel = row * width + column;
      if ((column > 0 && source[pixel - 1]) || (column < width - 1 && source[pixel + 1])) made[pixel] = 1;
    }
  }
  return { width, height, data: made };
}

function isWhole(now, { was, thinned }) {
  return now.height >= was.height - 2 * thinned - 2 && now.width >= was.width - 2 * thinned - 2;
}

/** The ink at full height and BOX_WIDTH, a narrow digit only in proportion, centred. */
function fitted(mask) {
  const inked = cropped(mask);
  const natural = (SIDE * inked.width) / inked.height;
  const width = natural >= NARROW ? BOX_WIDTH : Math.max(3, halfToEven((natural * BOX_WIDTH) / NARROW));
  const small = scaled(inked, { width, height: SIDE });
  const left = Math.floor((SIDE - width) / 2);
  const data = new Uint8Array(SIDE * SIDE);
  for (let row = 0; row < SIDE; row += 1) data.set(small.data.subarray(row * width, (row + 1) * width), row * SIDE + left);
  return { width: SIDE, height: SIDE, data };
}

function scaled(mask, size) {
  const made = resized({ ...mask, data: mask.data.map((ink) => ink * 255) }, { ...size, filter: "box" });
  return { ...made, data: made.data.map((value) => (value > 127 ? 1 : 0)) };
}

function cropped({ width, height, data }) {
  let [top, left, bottom, right] = [height, width, -1, -1];
  data.forEach((ink, pixel) => {
    if (!ink) return;
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    [top, left, bottom, right] = [Math.min(top, row), Math.min(left, column), Math.max(bottom, row), Math.max(right, column)];
  });
  const made = new Uint8Array((bottom - top + 1) * (right - left + 1));
  for (let row = top; row <= bottom; row += 1) made.set(data.subarray(row * width + left, row * width + right + 1), (row - top) * (right - left + 1));
  return { width: right - left + 1, height: bottom - top + 1, data: made };
}

function padded({ width, height, data }, { by, value }) {
  const wide = width + 2 * by;
  const made = new Uint8Array(wide * (height + 2 * by)).fill(value);
  for (let row = 0; row < height; row += 1) made.set(data.subarray(row * width, (row + 1) * width), (row + by) * wide + by);
  return { width: wide, height: height + 2 * by, data: made };
}

const inverted = (mask) => ({ ...mask, data: mask.data.map((ink) => 1 - ink) });
const count = ({ data }) => data.reduce((sum, ink) => sum + ink, 0);
