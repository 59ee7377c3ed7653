// A sketch of a curve as heights (0 to 100, or null where nothing is drawn) at fixed shares of the run. Pure.

/** The heights after the pointer went from one place to another: every share that it passed takes the line's height. */
export function drawnThrough(heights, shares, { from, to }) {
  const [left, right] = from.x <= to.x ? [from, to] : [to, from];
  const reach = halfGap(shares);
  return heights.map((height, index) => {
    const share = shares[index];
    if (share < left.x - reach || share > right.x + reach) return height;
    return rounded(heightBetween(left, right, share));
  });
}

/** The heights with one of them raised by `by`; a place without one begins at its neighbours' height. */
export function raised(heights, index, by) {
  return heights.map((height, place) => (place === index ? rounded((height ?? heightNear(heights, index)) + by) : height));
}

/** A height for an empty place: on the line between what is drawn before and after it, or as high as the only one. */
export function heightNear(heights, index) {
  const before = heights.findLastIndex((height, place) => place < index && height !== null);
  const after = heights.findIndex((height, place) => place > index && height !== null);
  if (before < 0 && after < 0) return 50;
  if (before < 0 || after < 0) return heights[Math.max(before, after)];
  return heights[before] + ((heights[after] - heights[before]) * (index - before)) / (after - before);
}

function heightBetween(left, right, share) {
  if (right.x === left.x) return right.y;
  const way = Math.min(1, Math.max(0, (share - left.x) / (right.x - left.x)));
  return left.y + (right.y - left.y) * way;
}

const halfGap = (shares) => (shares[1] - shares[0]) / 2;
const rounded = (height) => Math.round(Math.min(100, Math.max(0, height)));
