// What pooling makes of one feature map: windows, what each keeps, and the map moved by whole pixels. Pure functions; a map is a
// list of rows of numbers. Windows that would hang over the edge are left out, as PyTorch leaves them out.
import { landing } from "./sliding.js";

export const KINDS = {
  max: { title: "max", keep: (values) => Math.max(...values) },
  average: { title: "average", keep: (values) => values.reduce((sum, value) => sum + value, 0) / values.length },
  global: { title: "global average", keep: (values) => values.reduce((sum, value) => sum + value, 0) / values.length },
};

/**
 * The windows in reading order: {rows, columns, windows: [{row, column, cells: [[r, c]], values, value, kept}]}. `kept` are the cells
 * whose value came through: for max those that hold it, else all. "global" takes one window over everything.
 */
export function pooled(map, { kind, kernel, stride = kernel }) {
  const [high, wide] = [map.length, map[0].length];
  const down = kind === "global" ? [range(high)] : landing(high, { kernel, stride }).places;
  const across = kind === "global" ? [range(wide)] : landing(wide, { kernel, stride }).places;
  const windows = down.flatMap((rows, row) => across.map((columns, column) => ({ row, column, ...opened(map, { rows, columns, kind }) })));
  return { rows: down.length, columns: across.length, windows };
}

function opened(map, { rows, columns, kind }) {
  const cells = rows.flatMap((row) => columns.map((column) => [row, column]));
  const values = cells.map(([row, column]) => map[row][column]);
  const value = KINDS[kind].keep(values);
  return { cells, values, value, kept: kind === "max" ? cells.filter((_, index) => values[index] === value) : cells };
}

/** The map moved by whole pixels; what comes in at the border is 0, what goes out is lost. */
export function moved(map, { down = 0, right = 0 }) {
  return map.map((row, at) => row.map((_, column) => map[at - down]?.[column - right] ?? 0));
}

/** How many outputs two poolings of equal size differ in. */
export function changed(one, other) {
  return one.windows.filter((window, index) => window.value !== other.windows[index].value).length;
}

function range(length) {
  return Array.from({ length }, (_, index) => index);
}
