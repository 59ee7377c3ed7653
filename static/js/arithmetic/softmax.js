// Softmax with a temperature, cross-entropy and its slope, and what careless arithmetic makes of them. Pure functions.
import { softmax } from "./neuron.js";

/** The probabilities of logits that are first divided by a temperature. */
export function probabilities(logits, temperature = 1) {
  return softmax(logits.map((logit) => logit / temperature));
}

/** Minus the natural logarithm of the right class's probability, taken from the logits: it never meets log 0. */
export function crossEntropy(logits, { target, temperature = 1 }) {
  const scaled = logits.map((logit) => logit / temperature);
  const largest = Math.max(...scaled);
  const total = scaled.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
  return largest + Math.log(total) - scaled[target];
}

/** How the loss changes with each logit: (p − y) / temperature, y being 1 for the right class and 0 for the others. */
export function slopes(logits, { target, temperature = 1 }) {
  return probabilities(logits, temperature).map((share, place) => (share - (place === target ? 1 : 0)) / temperature);
}

/** The formula of softmax as it is written, in numbers of 32 bits: {powers, total, shares}, with Infinity and NaN where they come. */
export function asWritten(logits, temperature = 1) {
  const powers = logits.map((logit) => Math.fround(Math.exp(Math.fround(logit / temperature))));
  const total = powers.reduce((sum, power) => Math.fround(sum + power), 0);
  return { powers, total, shares: powers.map((power) => Math.fround(power / total)) };
}

/** The same with the largest logit taken off first: no power is above 1. */
export function asComputed(logits, temperature = 1) {
  const scaled = logits.map((logit) => logit / temperature);
  const largest = Math.max(...scaled);
  return asWritten(scaled.map((logit) => logit - largest));
}
