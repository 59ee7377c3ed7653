// From the points that count to the columns that a chart draws. Pure.

/** Exponential moving average with the start corrected (as Adam corrects its own); gaps stay gaps. `weight` 0 to under 1. */
export function smoothed(values, weight) {
  let sum = 0;
  let mass = 0;
  return values.map((value) => {
    if (value == null) return null;
    sum = weight * sum + (1 - weight) * value;
    mass = weight * mass + (1 - weight);
    return sum / mass;
  });
}

/** Columns by step: x, then raw, smoothed and validation values of `what` ("loss" or "metric"). */
export function byStep(view, what, { weight }) {
  const soft = smoothed(view[what], weight);
  const atStep = new Map(view.epochs.map((epoch) => [epoch.step, epoch[`validation_${what}`]]));
  const rows = view.step.map((step, index) => [step, view[what][index], soft[index], atStep.get(step) ?? null]);
  const drawn = new Set(view.step);
  for (const [step, value] of atStep) if (!drawn.has(step)) rows.push([step, null, null, value]);
  rows.sort((a, b) => a[0] - b[0]);
  return transposed(rows, 4);
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
