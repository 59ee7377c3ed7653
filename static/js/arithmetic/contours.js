// Lines of equal height on a grid of heights (marching squares). Pure functions.

/** Heights of `surface` at the corners of a grid over `view` [left, right, bottom, top]: rows from bottom to top. */
export function heights(surface, { view: [left, right, bottom, top], columns, rows }) {
  const at = (from, to, share) => from + (to - from) * share;
  return Array.from({ length: rows + 1 }, (_, row) =>
    Array.from({ length: columns + 1 }, (_, column) => surface.loss([at(left, right, column / columns), at(bottom, top, row / rows)])),
  );
}

/** `count` levels from the lowest height to the highest, closer together below: even steps of the square root. */
export function levelsOf(grid, count) {
  const all = grid.flat();
  const low = Math.min(...all);
  const root = Math.sqrt(Math.max(...all) - low);
  return Array.from({ length: count }, (_, place) => low + ((root * (place + 0.6)) / count) ** 2);
}

/** The pieces of the line at `level`: [[x1, y1, x2, y2]] in grid steps. */
export function contour(grid, level) {
  const pieces = [];
  for (let row = 0; row + 1 < grid.length; row += 1) {
    for (let column = 0; column + 1 < grid[row].length; column += 1) pieces.push(...crossing(grid, { row, column, level }));
  }
  return pieces;
}

// Where the line crosses the sides of one square: two crossings are a piece, four are two pieces round opposite corners.
function crossing(grid, { row, column, level }) {
  const corners = [[column, row], [column + 1, row], [column + 1, row + 1], [column, row + 1]];
  const points = corners.flatMap((from, side) => {
    const to = corners[(side + 1) % 4];
    const [before, after] = [grid[from[1]][from[0]], grid[to[1]][to[0]]];
    if (before < level === after < level) return [];
    const share = (level - before) / (after - before);
    return [[from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share]];
  });
  const pieces = [];
  for (let place = 0; place + 1 < points.length; place += 2) pieces.push([...points[place], ...points[place + 1]]);
  return pieces;
}
