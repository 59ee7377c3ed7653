// From the records of several runs to the columns of one chart, and the spread of repeats. Pure.

import { smoothed } from "./series.js";

const SMOOTHING = 0.9;

/** One run's curve: [[x, value]...] of "loss" or "metric", of "validation" or "train", by "step" or "epoch". */
export function curveOf(run, what, { shown, axis }) {
  if (shown === "train" && axis === "step") {
    const soft = smoothed(run.points[what], SMOOTHING);
    return run.points.step.map((step, index) => [step, soft[index]]);
  }
  return run.epochs.map((epoch) => [epoch[axis], epoch[`${shown}_${what}`]]);
}

/** Columns over all x of all curves: x, one column per curve; a gap where a curve has no point. */
export function joined(curves) {
  const xs = [...new Set(curves.flatMap((curve) => curve.map(([x]) => x)))].sort((a, b) => a - b);
  const places = new Map(xs.map((x, place) => [x, place]));
  const columns = curves.map((curve) => {
    const column = new Array(xs.length).fill(null);
    for (const [x, value] of curve) column[places.get(x)] = value;
    return column;
  });
  return [xs, ...columns];
}

/** The value of a column at every x, on straight lines between its points; a gap before the first and after the last. */
export function bridged(xs, column) {
  const known = column.flatMap((value, place) => (value == null ? [] : [place]));
  const out = new Array(xs.length).fill(null);
  known.forEach((from, index) => {
    out[from] = column[from];
    const to = known[index + 1];
    for (let place = from + 1; place < (to ?? from); place += 1) {
      out[place] = column[from] + ((column[to] - column[from]) * (xs[place] - xs[from])) / (xs[to] - xs[from]);
    }
  });
  return out;
}

/** The spread of repeats: {low, high, mean} at every x at which two or more of the columns have a value. */
export function spread(columns) {
  const rows = columns[0].map((_, place) => columns.map((column) => column[place]).filter((value) => value != null));
  const over = (tell) => rows.map((values) => (values.length < 2 ? null : tell(values)));
  return {
    low: over((values) => Math.min(...values)),
    high: over((values) => Math.max(...values)),
    mean: over((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
  };
}

/** Groups of repeats: [[places of runs]...] by the numbers that the server gave them. */
export function groupsOf(runs) {
  const numbers = [...new Set(runs.map((run) => run.group).filter((group) => group !== null))];
  return numbers.map((number) => runs.flatMap((run, place) => (run.group === number ? [place] : [])));
}

/** Labels [{x, y}...] with those that stand close to each other moved up and down until `gap` lies between them. */
export function movedApart(labels, { gap, low, high }) {
  const placed = [];
  for (const label of [...labels].sort((a, b) => a.y - b.y)) {
    const above = placed.filter((other) => Math.abs(other.x - label.x) < gap).map((other) => other.y + gap);
    placed.push({ ...label, y: Math.max(low, label.y, ...above) });
  }
  // What was pushed out at the bottom pushes the others back up.
  for (let index = placed.length - 1; index >= 0; index -= 1) {
    const below = placed.slice(index + 1).filter((other) => Math.abs(other.x - placed[index].x) < gap).map((other) => other.y - gap);
    placed[index].y = Math.min(high, placed[index].y, ...below);
  }
  return placed;
}
