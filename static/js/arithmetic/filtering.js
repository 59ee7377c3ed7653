// A kernel over a whole picture, fast enough for a webcam. Pure; a plane is a Float32Array, row by row, 0 to 255.

// ITU-R BT.601: how bright the eye finds red, green and blue.
const LUMA = [0.299, 0.587, 0.114];

/** The planes of an RGBA image: {red, green, blue, grey}; grey is rounded, so that sums over it can be checked by hand. */
export function planesOf(rgba, count) {
  const [red, green, blue, grey] = Array.from({ length: 4 }, () => new Float32Array(count));
  for (let place = 0; place < count; place += 1) {
    const at = place * 4;
    red[place] = rgba[at];
    green[place] = rgba[at + 1];
    blue[place] = rgba[at + 2];
    grey[place] = Math.round(LUMA[0] * rgba[at] + LUMA[1] * rgba[at + 1] + LUMA[2] * rgba[at + 2]);
  }
  return { red, green, blue, grey };
}

/** Cross-correlation as large as the picture; beyond its border, the outermost pixels are repeated. */
export function filtered(plane, { width, height, kernel }) {
  const [down, across] = [(kernel.rows - 1) >> 1, (kernel.columns - 1) >> 1];
  const wide = width + 2 * across;
  const room = widened(plane, { width, height, down, across });
  const result = new Float32Array(width * height);
  kernel.values.forEach((weight, index) => {
    if (weight === 0) return;
    const start = Math.floor(index / kernel.columns) * wide + (index % kernel.columns);
    for (let row = 0; row < height; row += 1) {
      const [from, to] = [start + row * wide, row * width];
      for (let column = 0; column < width; column += 1) result[to + column] += weight * room[from + column];
    }
  });
  return result;
}

/** The plane with its outermost pixels repeated round it. */
function widened(plane, { width, height, down, across }) {
  const wide = width + 2 * across;
  const room = new Float32Array(wide * (height + 2 * down));
  for (let row = 0; row < height + 2 * down; row += 1) {
    const source = Math.min(height - 1, Math.max(0, row - down)) * width;
    for (let column = 0; column < wide; column += 1) {
      room[row * wide + column] = plane[source + Math.min(width - 1, Math.max(0, column - across))];
    }
  }
  return room;
}

/** The pixels under a kernel centred on a place, row by row, with the outermost repeated beyond the border. */
export function under(plane, { width, height, kernel, row, column }) {
  const [down, across] = [(kernel.rows - 1) >> 1, (kernel.columns - 1) >> 1];
  const clamp = (value, full) => Math.min(full - 1, Math.max(0, value));
  return kernel.values.map((_, index) => {
    const y = clamp(row + Math.floor(index / kernel.columns) - down, height);
    return plane[y * width + clamp(column + (index % kernel.columns) - across, width)];
  });
}

const SAMPLES = 4000;
const SHARE = 0.97;

/** A number that all but the strongest three hundredths of the answers stay below, at least 1: the end of the colour map. */
export function usualLimit(values) {
  const step = Math.max(1, Math.floor(values.length / SAMPLES));
  const sizes = [];
  for (let place = 0; place < values.length; place += step) sizes.push(Math.abs(values[place]));
  sizes.sort((one, other) => one - other);
  return Math.max(1, sizes[Math.floor(SHARE * (sizes.length - 1))]);
}

/** Smallest, largest and mean of some numbers. */
export function range(values) {
  let [smallest, largest, sum] = [Infinity, -Infinity, 0];
  for (const value of values) {
    if (value < smallest) smallest = value;
    if (value > largest) largest = value;
    sum += value;
  }
  return { smallest, largest, mean: sum / values.length };
}

/** Write three planes into RGBA bytes, cut off below 0 and above 255. */
export function paintColours(bytes, [red, green, blue]) {
  for (let place = 0; place < red.length; place += 1) {
    const at = place * 4;
    bytes[at] = red[place];
    bytes[at + 1] = green[place];
    bytes[at + 2] = blue[place];
    bytes[at + 3] = 255;
  }
}

/** Write signed numbers into RGBA bytes through a table of colours from -limit to limit. */
export function paintSigned(bytes, { values, limit, colours }) {
  const middle = (colours.length - 1) / 2;
  for (let place = 0; place < values.length; place += 1) {
    const share = Math.min(1, Math.max(-1, values[place] / limit));
    const [red, green, blue] = colours[Math.round(middle + share * middle)];
    const at = place * 4;
    bytes[at] = red;
    bytes[at + 1] = green;
    bytes[at + 2] = blue;
    bytes[at + 3] = 255;
  }
}
