// A computation graph: values forwards, slopes backwards, one edge at a time by the chain rule. Pure functions.
// A graph lists its nodes so that each stands after those that it needs: {id, op, from}. A node without an op is set by hand;
// nobody asks for the slope of a `fixed` one.

const sum = (values) => values.reduce((total, value) => total + value, 0);

// What each operation makes of its inputs, and how its answer changes with each of them.
export const OPS = {
  times: { value: ([one, other]) => one * other, slopes: ([one, other]) => [other, one] },
  sum: { value: sum, slopes: (inputs) => inputs.map(() => 1) },
  mean: { value: (inputs) => sum(inputs) / inputs.length, slopes: (inputs) => inputs.map(() => 1 / inputs.length) },
  relu: { value: ([z]) => Math.max(0, z), slopes: ([z]) => [z > 0 ? 1 : 0] },
  square: { value: ([answer, target]) => (answer - target) ** 2, slopes: ([answer, target]) => [2 * (answer - target), 2 * (target - answer)] },
  weigh: { value: weigh, slopes: slopesOfWeigh },
};

// Weights, then a bias, then as many values: what a filter does at one place.
function weigh(inputs) {
  const [weights, bias, values] = parted(inputs);
  return sum(weights.map((weight, place) => weight * values[place])) + bias;
}

function slopesOfWeigh(inputs) {
  const [weights, , values] = parted(inputs);
  return [...values, 1, ...weights];
}

function parted(inputs) {
  const count = (inputs.length - 1) / 2;
  return [inputs.slice(0, count), inputs[count], inputs.slice(count + 1)];
}

/** The value of every node by id, from the values that were set by hand. */
export function forwards(nodes, given) {
  const values = { ...given };
  for (const { id, op, from } of nodes) if (op) values[id] = OPS[op].value(from.map((each) => values[each]));
  return values;
}

/**
 * Every step of the chain rule, from the last node to those set by hand: {from, to, above, local, part, total}. `above` is the
 * slope that has arrived at `from`, `local` how `from` changes with `to`, `part` their product, `total` what `to` has got so far.
 */
export function backwards(nodes, values) {
  const byId = Object.fromEntries(nodes.map((node) => [node.id, node]));
  const slopes = { [nodes.at(-1).id]: 1 };
  return [...nodes].reverse().filter(({ op }) => op).flatMap((node) => {
    const locals = OPS[node.op].slopes(node.from.map((each) => values[each]));
    const wanted = node.from.map((to, place) => [to, locals[place]]).filter(([to]) => !byId[to].fixed);
    return wanted.map(([to, local]) => {
      const part = slopes[node.id] * local;
      slopes[to] = (slopes[to] ?? 0) + part;
      return { from: node.id, to, above: slopes[node.id], local, part, total: slopes[to] };
    });
  });
}

/** The slopes alone, by id. */
export function slopesOf(nodes, values) {
  const slopes = { [nodes.at(-1).id]: 1 };
  for (const { to, total } of backwards(nodes, values)) slopes[to] = total;
  return slopes;
}
