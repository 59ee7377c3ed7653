// How the learning rate moves during a run: the share of it that each step takes. Pure, the same rules as nets/schedules.py;
// a fixture made there tests both.

const ONE_CYCLE = { start: 1 / 25, climb: 0.3, end: 1 / 250_000 }; // torch's OneCycleLR

/** The share of the learning rate that the step after `position` steps takes, of `steps` in all; `warmup` is a fraction. */
export function share(schedule, { position, steps, warmup = 0 }) {
  const climb = halfToEven(warmup * steps);
  if (position < climb) return (position + 1) / (climb + 1);
  return SHARES[schedule](position - climb, steps - climb);
}

/** The whole way as [step, rate], thinned to about `count` points that keep every jump. */
export function wayOf(schedule, { rate, steps, warmup = 0, count = 200 }) {
  const every = Math.max(1, Math.floor(steps / count));
  const at = (position) => rate * share(schedule, { position, steps, warmup });
  const points = [];
  for (let position = 0; position < steps; position += 1) {
    const isKept = position % every === 0 || position === steps - 1 || isBeforeOrAfterJump(at, position, { rate, steps });
    if (isKept) points.push([position + 1, at(position)]);
  }
  return points;
}

function isBeforeOrAfterJump(at, position, { rate, steps }) {
  const jumps = (from) => from >= 0 && from + 1 < steps && Math.abs(at(from + 1) - at(from)) > rate / 20;
  return jumps(position) || jumps(position - 1);
}

// Python rounds halves to the even neighbour.
function halfToEven(value) {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

const between = (from, to, way) => to + ((from - to) / 2) * (1 + Math.cos(Math.PI * way));

function oneCycle(position, steps) {
  const peak = Math.max(ONE_CYCLE.climb * steps - 1, 0);
  const last = Math.max(steps - 1, 1);
  if (position <= peak && peak > 0) return between(ONE_CYCLE.start, 1, position / peak);
  return between(1, ONE_CYCLE.end, (position - peak) / (last - peak));
}

const SHARES = {
  constant: () => 1,
  cosine: (position, steps) => (1 + Math.cos((Math.PI * position) / steps)) / 2,
  step: (position, steps) => (2 * position < steps ? 1 : 4 * position < 3 * steps ? 0.1 : 0.01),
  one_cycle: oneCycle,
};
