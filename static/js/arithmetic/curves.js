// What can be read off the curves of a run, and where their points stand on a chart. Pure; a fixture made by torch tests it.

/** Place of the lowest number; null stands for no number and is never the lowest. -1 when there is none. */
export function lowest(values) {
  return values.reduce((best, value, place) => (value !== null && (best < 0 || value < values[best]) ? place : best), -1);
}

/** How often a curve goes up from one point to the next. */
export function rises(values) {
  return values.slice(1).filter((value, place) => value > values[place]).length;
}

/** The place of the point that lies highest above the one before it; 0 when the curve never rises. */
export function steepest(values) {
  const rise = (place) => values[place] - values[place - 1];
  return values.reduce((best, _, place) => (place && rise(place) > (best ? rise(best) : 0) ? place : best), 0);
}

/** The curve with each point the mean of itself and up to `reach` neighbours on each side, as far as there are any. */
export function smoothed(values, reach) {
  return values.map((_, place) => {
    const near = values.slice(Math.max(0, place - reach), place + reach + 1);
    return near.reduce((sum, value) => sum + value, 0) / near.length;
  });
}

/** The epoch, counted from 0, after which training stops when `patience` epochs have brought no new lowest loss. */
export function stopsAfter(values, patience) {
  let best = 0;
  for (let place = 1; place < values.length; place += 1) {
    if (values[place] < values[best]) best = place;
    else if (place - best >= patience) return place;
  }
  return values.length - 1;
}

/** Marks for an axis from 0 to `most`: multiples of 1, 2 or 5 times a power of ten, at most `count` of them above 0. */
export function ticks(most, count = 5) {
  const power = 10 ** Math.floor(Math.log10(most / count));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => most / each <= count);
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, place) => Number((place * step).toPrecision(12)));
}

/** Powers of ten from below `least` to above `most`, thinned so that at most `count` are left. */
export function powers(least, most, count = 6) {
  const [from, to] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  const every = Math.max(1, Math.ceil((to - from) / (count - 1)));
  const marks = [];
  for (let power = from; power <= to; power += every) marks.push(10 ** power);
  if (marks.at(-1) < 10 ** to) marks.push(10 ** (from + marks.length * every));
  return marks;
}

/** The share of the way up, 0 to 1, at which a value stands between `low` and `high`; on a log scale by its logarithm. */
export function height(value, { low, high, log = false }) {
  const by = log ? Math.log10 : (number) => number;
  return (by(value) - by(low)) / (by(high) - by(low));
}
