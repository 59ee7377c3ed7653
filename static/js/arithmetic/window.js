// Which part of a picture is in sight when it is enlarged. Pure functions; a window is {left, top, width, height} in pixels.

export const ZOOMS = [1, 2, 4, 8, 16, 32];

/** The window of `size` {width, height} at a zoom, moved as little as possible so that `place` {row, column} is inside. */
export function windowAround(place, { size, zoom, before = null }) {
  const width = Math.max(1, Math.ceil(size.width / zoom));
  const height = Math.max(1, Math.ceil(size.height / zoom));
  const start = before ?? { left: place.column - Math.floor(width / 2), top: place.row - Math.floor(height / 2) };
  return {
    left: settled(start.left, { place: place.column, length: width, full: size.width }),
    top: settled(start.top, { place: place.row, length: height, full: size.height }),
    width,
    height,
  };
}

function settled(start, { place, length, full }) {
  const seen = Math.min(Math.max(start, place - length + 1), place);
  return Math.min(Math.max(seen, 0), full - length);
}

/** The pixel under a point given as shares (0 to 1) of the drawn window. */
export function placeUnder({ x, y }, view) {
  const inside = (share, length) => Math.min(length - 1, Math.max(0, Math.floor(share * length)));
  return { row: view.top + inside(y, view.height), column: view.left + inside(x, view.width) };
}

/** The place after a step, kept inside the picture. */
export function stepped(place, { rows = 0, columns = 0, size }) {
  const clamp = (value, full) => Math.min(full - 1, Math.max(0, value));
  return { row: clamp(place.row + rows, size.height), column: clamp(place.column + columns, size.width) };
}
