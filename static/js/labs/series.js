// From the points that count to the columns that a chart draws. Pure.

/** Exponential moving average with the start corrected (as Adam corrects its own); gaps stay gaps. `weight` 0 to under 1. */
export function smoothed(values, weight) {
  return extended({ weight, sum: 0, mass: 0, values: [] }, values).values;
}

// What was smoothed before, by column: a live column only grows, and a hundred thousand points take milliseconds.
const remembered = new WeakMap();

/** The same for a column that is only ever added to: what was smoothed before is not smoothed again. */
export function smoothedSoFar(values, weight) {
  const known = remembered.get(values);
  const so = known?.weight === weight && known.values.length <= values.length ? known : { weight, sum: 0, mass: 0, values: [] };
  remembered.set(values, extended(so, values));
  return so.values;
}

function extended(so, values) {
  for (let index = so.values.length; index < values.length; index += 1) {
    const value = values[index];
    if (value != null) {
      so.sum = so.weight * so.sum + (1 - so.weight) * value;
      so.mass = so.weight * so.mass + (1 - so.weight);
    }
    so.values.push(value == null ? null : so.sum / so.mass);
  }
  return so;
}

/**
 * Columns by step: x, then raw, smoothed and validation values of `what` ("loss" or "metric").
 *
 * `bins` asks for no more points than can be told apart: of each of so many parts of what lies between `from` and `to`,
 * the lowest and the highest raw value. Validation is never thinned.
 */
export function byStep(view, what, { weight, bins = Infinity, from = -Infinity, to = Infinity }) {
  const soft = smoothedSoFar(view[what], weight);
  const kept = thinned(view[what], bins, window(view.step, from, to));
  const rows = kept.map((index) => [view.step[index], view[what][index], soft[index], null]);
  return transposed(merged(rows, validationRows(view, what)), 4);
}

function validationRows(view, what) {
  return view.epochs.map((epoch) => [epoch.step, null, null, epoch[`validation_${what}`] ?? null]);
}

// Two lists of rows in order of x as one; at the same x the validation value joins the step's own row.
function merged(rows, extra) {
  const all = [];
  let place = 0;
  for (const row of extra) {
    while (place < rows.length && rows[place][0] < row[0]) all.push(rows[place++]);
    if (place < rows.length && rows[place][0] === row[0]) all.push([...rows[place++].slice(0, 3), row[3]]);
    else all.push(row);
  }
  for (; place < rows.length; place += 1) all.push(rows[place]);
  return all;
}

/**
 * The places of the points to draw: in each of `bins` parts of the window the lowest and the highest, in order.
 * The window's first and last always stay. Everything is returned when it is few enough.
 */
export function thinned(values, bins, [first, last] = [0, values.length - 1]) {
  const count = last - first + 1;
  if (count <= 2 * bins) return Array.from({ length: Math.max(0, count) }, (_, index) => first + index);
  const kept = [];
  for (let bin = 0; bin < bins; bin += 1) {
    const from = first + Math.floor((bin * count) / bins);
    const ends = extremes(values, from, first + Math.floor(((bin + 1) * count) / bins));
    if (bin === 0 && from < ends[0]) kept.push(from);
    kept.push(...ends);
  }
  if (kept.at(-1) !== last) kept.push(last);
  return kept;
}

// The places of the lowest and the highest in [from, to), in order; values that are no number are neither.
function extremes(values, from, to) {
  let low = from;
  let high = from;
  for (let index = from + 1; index < to; index += 1) {
    const value = values[index];
    if (value == null) continue;
    if (values[low] == null || value < values[low]) low = index;
    if (values[high] == null || value > values[high]) high = index;
  }
  return low === high ? [low] : [Math.min(low, high), Math.max(low, high)];
}

/** First and last place of what lies from x to x, with one neighbour on each side so that lines reach the edges. */
export function window(xs, from, to) {
  if (xs.length === 0) return [0, -1];
  return [Math.max(0, firstAtLeast(xs, from) - 1), Math.min(xs.length - 1, firstAtLeast(xs, to))];
}

function firstAtLeast(xs, x) {
  let low = 0;
  let high = xs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Columns by epoch: x, then training and validation means over all images of the epoch. */
export function byEpoch(view, what) {
  const rows = view.epochs.map((epoch) => [epoch.epoch, epoch[`train_${what}`], epoch[`validation_${what}`]]);
  return transposed(rows, 3);
}

/** The epoch with the lowest validation loss, or null before the first. */
export function bestEpoch(epochs) {
  const judged = epochs.filter((epoch) => epoch.validation_loss != null);
  return judged.reduce((best, epoch) => (best && best.validation_loss <= epoch.validation_loss ? best : epoch), null);
}

/** For a logarithmic axis: what is not above zero cannot be drawn and becomes a gap. */
export function positive(columns) {
  return [columns[0], ...columns.slice(1).map((values) => values.map((value) => (value > 0 ? value : null)))];
}

/** The index of the x nearest to `target`; -1 for an empty column. */
export function nearest(xs, target) {
  let low = 0;
  let high = xs.length - 1;
  if (high < 0) return -1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (xs[middle] < target) low = middle;
    else high = middle;
  }
  return target - xs[low] <= xs[high] - target ? low : high;
}

function transposed(rows, width) {
  return Array.from({ length: width }, (_, column) => rows.map((row) => row[column]));
}

/** A range with room in it: of no width, as of a first point alone, an axis would look for its ticks for ever. */
export function span(from, to) {
  return [from, to > from ? to : from + 1];
}
