// What a neuron and a dense layer compute. Pure functions on flat lists of numbers.

/** Each input times its weight. */
export function products(inputs, weights) {
  if (inputs.length !== weights.length) {
    throw new RangeError(`${inputs.length} inputs need as many weights; ${weights.length} were given.`);
  }
  return inputs.map((input, index) => input * weights[index]);
}

/** Sum of inputs times weights, plus the bias: the number z that the activation gets. */
export function weightedSum(inputs, weights, bias) {
  return products(inputs, weights).reduce((sum, product) => sum + product, bias);
}

export const ACTIVATIONS = {
  none: { title: "none", formula: "output = z", apply: (z) => z },
  step: { title: "step", formula: "1 where z > 0, else 0", apply: (z) => (z > 0 ? 1 : 0) },
  relu: { title: "ReLU", formula: "max(0, z)", apply: (z) => Math.max(0, z) },
  sigmoid: { title: "sigmoid", formula: "1 / (1 + e⁻ᶻ)", apply: (z) => 1 / (1 + Math.exp(-z)) },
};

/** The output for z; RangeError names what is allowed. */
export function activate(name, z) {
  const activation = ACTIVATIONS[name];
  if (!activation) throw new RangeError(`No activation "${name}"; there are ${Object.keys(ACTIVATIONS).join(", ")}.`);
  return activation.apply(z);
}

/** Outputs of a dense layer: one neuron per row of `weights`. */
export function dense(inputs, { weights, biases, activation }) {
  return weights.map((row, index) => activate(activation, weightedSum(inputs, row, biases[index])));
}

/** Numbers that a dense layer has to learn. */
export function denseParameters(inputs, outputs, { bias = true } = {}) {
  return outputs * (inputs + (bias ? 1 : 0));
}

/** Shares that sum to one, from logits; the largest is taken off first so that no power overflows. */
export function softmax(logits) {
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/** Whether a neuron answers: z above zero, whichever activation follows. */
export function fires(z) {
  return z > 0;
}
