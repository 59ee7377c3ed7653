// Find ink on paper: what stands out from a background that may be uneven, light or dark. The same steps and numbers as
// nets/paper.py; tests hold both against each other. Pure functions on pictures {width, height, data}.
import { resized, softened } from "./grey.js";

const WORK_SIDE = 160;
const LEAST_CONTRAST = 12;
const LEAST_NOISES = 4;
const NOISE = 1.4826; // a normal spread from the median of its distances
const EVERY = 7;
const ROUNDS = 12;
const BINS = 128;
const SPECK_SHARE = 0.04;
const SPECK_PIXELS = 8;

/** A picture on which nothing stands out from the paper. */
export class NoInk extends Error {}

/** Which pixels are ink: {width, height, data} of zeros and ones, at most WORK_SIDE long. Throws NoInk when there is none. */
export function inkOf(picture) {
  const grey = workSized(picture);
  const paper = paperOf(grey);
  const difference = Float64Array.from(softened(grey, { sigma: 0.7 }).data, (value, pixel) => value - paper[pixel]);
  const sign = difference.reduce((sum, each) => sum + each * each * each, 0) >= 0 ? 1 : -1;
  const contrast = difference.map((each) => Math.max(0, each * sign));
  const noise = NOISE * median(difference.map(Math.abs));
  const level = Math.max(between(contrast), LEAST_CONTRAST, LEAST_NOISES * noise);
  return withoutSpecks({ width: grey.width, height: grey.height, data: Uint8Array.from(contrast, (each) => (each > level ? 1 : 0)) });
}

function workSized(picture) {
  const scale = WORK_SIDE / Math.max(picture.width, picture.height);
  const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, halfToEven(side * scale)));
  return resized(picture, { width, height, filter: scale < 1 ? "box" : "bilinear" });
}

/** Python's round: halves go to the even neighbour. */
export function halfToEven(value) {
  const below = Math.floor(value);
  return value - below === 0.5 ? below + (below % 2) : Math.round(value);
}

/** A smooth surface of second degree fitted to the paper; weights fall with the square of the distance from it. */
function paperOf({ width, height, data }) {
  const along = (at, count) => -1 + at * (2 / (count - 1));
  const termsAt = (pixel) => {
    const [y, x] = [along(Math.floor(pixel / width), height), along(pixel % width, width)];
    return [1, y, x, y * x, y * y, x * x];
  };
  const some = Array.from({ length: Math.ceil(data.length / EVERY) }, (_, index) => ({ value: data[index * EVERY], terms: termsAt(index * EVERY) }));
  const flat = edge({ width, height, data });
  let surface = [flat, 0, 0, 0, 0, 0];
  for (let round = 0; round < ROUNDS; round += 1) surface = fitted(some, surface);
  return evaluated(surface, { width, height, along });
}

function evaluated([base, down, right, both, downTwice, rightTwice], { width, height, along }) {
  const paper = new Float64Array(width * height);
  for (let row = 0; row < height; row += 1) {
    const y = along(row, height);
    for (let column = 0; column < width; column += 1) {
      const x = along(column, width);
      paper[row * width + column] = base + down * y + right * x + both * y * x + downTwice * y * y + rightTwice * x * x;
    }
  }
  return paper;
}

function fitted(some, surface) {
  const sums = Array.from({ length: 6 }, () => new Float64Array(7));
  for (const { value, terms } of some) {
    const weight = 1 / Math.max(Math.abs(value - dot(terms, surface)), 2) ** 2;
    for (let row = 0; row < 6; row += 1) {
      const weighted = terms[row] * weight;
      for (let column = 0; column < 6; column += 1) sums[row][column] += weighted * terms[column];
      sums[row][6] += weighted * value;
    }
  }
  return solved(sums);
}

const dot = (one, other) => one[0] * other[0] + one[1] * other[1] + one[2] * other[2] + one[3] * other[3] + one[4] * other[4] + one[5] * other[5];

/** Solve six equations by elimination, the largest pivot first; each row holds its right side last. */
function solved(rows) {
  const count = rows.length;
  for (let at = 0; at < count; at += 1) {
    const best = rows.reduce((most, row, index) => (index >= at && Math.abs(row[at]) > Math.abs(rows[most][at]) ? index : most), at);
    [rows[at], rows[best]] = [rows[best], rows[at]];
    for (let below = at + 1; below < count; below += 1) {
      const share = rows[below][at] / rows[at][at];
      for (let column = at; column <= count; column += 1) rows[below][column] -= share * rows[at][column];
    }
  }
  const found = new Array(count).fill(0);
  for (let at = count - 1; at >= 0; at -= 1) {
    let rest = rows[at][count];
    for (let column = at + 1; column < count; column += 1) rest -= rows[at][column] * found[column];
    found[at] = rest / rows[at][at];
  }
  return found;
}

function edge({ width, height, data }) {
  const rim = [...data.subarray(0, width), ...data.subarray((height - 1) * width)];
  for (let row = 0; row < height; row += 1) rim.push(data[row * width], data[row * width + width - 1]);
  return median(Float64Array.from(rim));
}

function median(values) {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The level that best parts dark from bright (Otsu 1979, IEEE Trans. SMC 9(1)). */
function between(contrast) {
  const [least, most] = [contrast.reduce((low, each) => Math.min(low, each), Infinity), contrast.reduce((high, each) => Math.max(high, each), 0)];
  if (most === least) return 0;
  const border = (at) => (at === BINS ? most : least + at * ((most - least) / BINS));
  const counts = histogram(contrast, { least, most, border });
  const centres = counts.map((_, bin) => (border(bin) + border(bin + 1)) / 2);
  const total = contrast.length;
  const all = counts.reduce((sum, count, bin) => sum + count * centres[bin], 0);
  let [below, sum, widest, level] = [0, 0, -1, 0];
  counts.forEach((count, bin) => {
    below += count;
    sum += count * centres[bin];
    const above = total - below;
    const spread = below * above * (sum / Math.max(below, 1) - (all - sum) / Math.max(above, 1)) ** 2;
    if (spread > widest) [widest, level] = [spread, border(bin + 1)];
  });
  return level;
}

function histogram(values, { least, most, border }) {
  const counts = new Array(BINS).fill(0);
  for (const value of values) {
    let bin = Math.min(BINS - 1, Math.floor(((value - least) / (most - least)) * BINS));
    if (value < border(bin)) bin -= 1; // rounding may put a value at a border on its wrong side
    else if (bin < BINS - 1 && value >= border(bin + 1)) bin += 1;
    counts[bin] += 1;
  }
  return counts;
}

/** Keep the connected parts, corners touching included, that make up the digit. */
function withoutSpecks(mask) {
  const { numbers, sizes } = parts(mask);
  const largest = Math.max(0, ...sizes.slice(1));
  if (largest < SPECK_PIXELS) throw new NoInk("Nothing stands out from the paper.");
  const least = Math.max(SPECK_PIXELS, SPECK_SHARE * largest);
  return { ...mask, data: Uint8Array.from(numbers, (number) => (number && sizes[number] >= least ? 1 : 0)) };
}

function parts({ width, height, data }) {
  const numbers = new Int32Array(data.length);
  const sizes = [0];
  for (let start = 0; start < data.length; start += 1) {
    if (!data[start] || numbers[start]) continue;
    const number = sizes.push(0) - 1;
    const open = [start];
    numbers[start] = number;
    while (open.length) {
      const pixel = open.pop();
      sizes[number] += 1;
      const [row, column] = [Math.floor(pixel / width), pixel % width];
      for (let y = Math.max(0, row - 1); y <= Math.min(height - 1, row + 1); y += 1) {
        for (let x = Math.max(0, column - 1); x <= Math.min(width - 1, column + 1); x += 1) {
          const there = y * width + x;
          if (data[there] && !numbers[there]) { numbers[there] = number; open.push(there); }
        }
      }
    }
  }
  return { numbers, sizes };
}
