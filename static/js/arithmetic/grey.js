// Small grey pictures resized and softened as Pillow does it, to the last bit: what the server makes of a drawing, the page makes of
// it too. A picture is {width, height, data} with one byte a pixel, row by row. Pure functions; tests hold them against Pillow.

const BITS = 22; // Pillow's fixed point for resizing (Resample.c): weights are whole multiples of 2 to the power of -22
const ONE = 2 ** BITS;
const FILTERS = {
  box: { support: 0.5, at: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) },
};

/** A picture of other size; `filter` is "box" or "bilinear". */
export function resized(picture, { width, height, filter }) {
  const across = picture.width === width ? picture : squeezed(picture, { length: width, filter });
  return across.height === height ? across : turned(squeezed(turned(across), { length: height, filter }));
}

/** RGBA of a canvas without see-through parts as grey, with Pillow's weights of the three colours. */
export function greyOf(rgba, { width, height }) {
  const data = new Uint8Array(width * height);
  for (let pixel = 0; pixel < data.length; pixel += 1) {
    const [red, green, blue] = [rgba[pixel * 4], rgba[pixel * 4 + 1], rgba[pixel * 4 + 2]];
    data[pixel] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
  }
  return { width, height, data };
}

/** The picture softened by a Gaussian of `sigma` below 1 pixel, in Pillow's way: three box blurs along each axis. */
export function softened(picture, { sigma }) {
  const radius = boxRadius(sigma, 3);
  const along = (from) => [1, 2, 3].reduce((each) => boxed(each, radius), from);
  return turned(along(turned(along(picture))));
}

function squeezed({ width, height, data }, { length, filter }) {
  const made = new Uint8Array(length * height);
  weights({ from: width, to: length, ...FILTERS[filter] }).forEach(({ first, shares }, column) => {
    for (let row = 0; row < height; row += 1) {
      let sum = ONE / 2;
      for (let tap = 0; tap < shares.length; tap += 1) sum += data[row * width + first + tap] * shares[tap];
      made[row * length + column] = Math.min(255, Math.max(0, Math.floor(sum / ONE)));
    }
  });
  return { width: length, height, data: made };
}

/** For each pixel of the new side, the first old pixel that counts and the whole-number weights from there on. */
function weights({ from, to, support, at }) {
  const scale = from / to;
  const spread = Math.max(1, scale);
  const reach = support * spread;
  return Array.from({ length: to }, (_, index) => {
    const centre = (index + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - reach + 0.5));
    const end = Math.min(from, Math.trunc(centre + reach + 0.5));
    const raw = Array.from({ length: end - first }, (__, tap) => at((tap + first - centre + 0.5) / spread));
    const total = raw.reduce((sum, each) => sum + each, 0);
    return { first, shares: raw.map((each) => Math.trunc(0.5 + (each / total) * ONE)) };
  });
}

function turned({ width, height, data }) {
  const made = new Uint8Array(data.length);
  for (let row = 0; row < height; row += 1) for (let column = 0; column < width; column += 1) made[column * height + row] = data[row * width + column];
  return { width: height, height: width, data: made };
}

// Gwosdek and others 2011: the box whose repeated blur comes nearest to a Gaussian; its radius has a fraction.
function boxRadius(sigma, passes) {
  const round = Math.fround; // Pillow reckons in single precision here
  const variance = round(round(round(sigma) * round(sigma)) / passes);
  const whole = Math.floor((round(Math.sqrt(12 * variance + 1)) - 1) / 2);
  if (whole !== 0) throw new RangeError(`Only small blurs are made here; sigma ${sigma} was given.`);
  return round(round(-3 * variance) / round(6 * (variance - 1)));
}

// A box of less than a pixel to each side: the pixel itself and a share of its two neighbours, in 24 bits of fixed point.
function boxed({ width, height, data }, radius) {
  const middle = Math.trunc(Math.fround(2 ** 24 / Math.fround(Math.fround(radius * 2) + 1)));
  const beside = Math.trunc((2 ** 24 - middle) / 2);
  const made = new Uint8Array(data.length);
  for (let row = 0; row < height; row += 1) {
    const start = row * width;
    for (let column = 0; column < width; column += 1) {
      const left = data[start + Math.max(0, column - 1)];
      const right = data[start + Math.min(width - 1, column + 1)];
      made[start + column] = Math.floor((data[start + column] * middle + (left + right) * beside + 2 ** 23) / 2 ** 24);
    }
  }
  return { width, height, data: made };
}
