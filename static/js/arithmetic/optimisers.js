// The rules by which optimisers step, exactly PyTorch's (torch.optim SGD and Adam), on lists of weights. Pure functions.

const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
export const MOMENTUM = 0.9;
// A weight beyond this has left for good.
const GONE = 1e6;

export const OPTIMISERS = {
  sgd: { title: "SGD", begin: () => ({}), step: sgd },
  momentum: { title: "SGD with momentum", begin: () => ({ push: null }), step: momentum },
  adam: { title: "Adam", begin: (weights) => ({ count: 0, mean: weights.map(() => 0), square: weights.map(() => 0) }), step: adam },
};

function sgd(weights, { slopes, rate, memory }) {
  return { weights: weights.map((weight, place) => weight - rate * slopes[place]), memory };
}

// torch's momentum begins with the first slope and adds each new one whole.
function momentum(weights, { slopes, rate, memory }) {
  const push = slopes.map((slope, place) => (memory.push ? MOMENTUM * memory.push[place] + slope : slope));
  return { weights: weights.map((weight, place) => weight - rate * push[place]), memory: { push } };
}

function adam(weights, { slopes, rate, memory }) {
  const count = memory.count + 1;
  const mean = slopes.map((slope, place) => ADAM.beta1 * memory.mean[place] + (1 - ADAM.beta1) * slope);
  const square = slopes.map((slope, place) => ADAM.beta2 * memory.square[place] + (1 - ADAM.beta2) * slope ** 2);
  const size = rate / (1 - ADAM.beta1 ** count);
  const correction = Math.sqrt(1 - ADAM.beta2 ** count);
  const moved = weights.map((weight, place) => weight - (size * mean[place]) / (Math.sqrt(square[place]) / correction + ADAM.epsilon));
  return { weights: moved, memory: { count, mean, square } };
}

/**
 * The way down: [{weights, loss, slopes}], the start first, `steps` steps at most. It ends early where a weight has run away;
 * then `hasDiverged` is true.
 */
export function descend(surface, { optimiser, rate, start, steps }) {
  const at = (weights) => ({ weights, loss: surface.loss(weights), slopes: surface.slopes(weights) });
  const rule = OPTIMISERS[optimiser];
  const path = [at([...start])];
  let memory = rule.begin(start);
  while (path.length <= steps) {
    const { weights, slopes } = path.at(-1);
    const next = rule.step(weights, { slopes, rate, memory });
    memory = next.memory;
    path.push(at(next.weights));
    if (next.weights.some((weight) => !(Math.abs(weight) < GONE))) return { path, hasDiverged: true };
  }
  return { path, hasDiverged: false };
}

/** The rate above which a bowl or ravine throws the optimiser out; null where there is no such simple rule. */
export function largestRate(surface, optimiser) {
  if (surface.sharpest === null || optimiser === "adam") return null;
  return (optimiser === "momentum" ? 2 * (1 + MOMENTUM) : 2) / surface.sharpest;
}
