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

/** A height for an empty place: halfway between its neighbours, or the only one there is. */
export function heightNear(heights, index) {
  const before = heights.slice(0, index).findLast((height) => height !== null);
  const after = heights.slice(index + 1).find((height) => height !== null);
  if (before == null && after == null) return 50;
  return ((before ?? after) + (after ?? before)) / 2;
}

function heightBetween(left, right, share) {
  if (right.x === left.x) return right.y;
  const way = Math.min(1, Math.max(0, (share - left.x) / (right.x - left.x)));
  return left.y + (right.y - left.y) * way;
}

const halfGap = (shares) => (shares[1] - shares[0]) / 2;
const rounded = (height) => Math.round(Math.min(100, Math.max(0, height)));
