// What batch norm and its kin make of values (N images, C channels, P places each). Pure; a fixture made by torch tests it.
// `values[image][channel][place]` throughout. A dense layer has one place.

/** For each way of normalising, whether two values share a mean: by image, by channel. */
export const WAYS = {
  batch: { title: "batch norm", sameImage: false, sameChannel: true },
  layer: { title: "layer norm", sameImage: true, sameChannel: false },
  instance: { title: "instance norm", sameImage: true, sameChannel: true },
};

/** Mean and variance (divided by the count, as all these norms do) of some numbers. */
export function statistics(numbers) {
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  return { mean, variance: numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length, count: numbers.length };
}

/** The numbers that share a mean with those of one image and channel. */
export function group(values, { way, image, channel }) {
  const { sameImage, sameChannel } = WAYS[way];
  const images = sameImage ? [values[image]] : values;
  return images.flatMap((each) => (sameChannel ? each[channel] : each.flat()));
}

/** Scale and shift one normalised value: (value − mean) / √(variance + eps) · scale + shift. */
export function normalisedValue(value, { mean, variance, eps, scale = 1, shift = 0 }) {
  return ((value - mean) / Math.sqrt(variance + eps)) * scale + shift;
}

/**
 * All values normalised with the statistics of what is given, as in training. `scale` and `shift` hold one number for each
 * channel. Throws RangeError where there is one value to a mean: torch refuses that too, for it would always become 0.
 */
export function normalisedInTraining(values, { way, eps, scale, shift }) {
  return values.map((each, image) =>
    each.map((places, channel) => {
      const found = statistics(group(values, { way, image, channel }));
      if (found.count < 2) throw new RangeError("Expected more than 1 value per channel when training.");
      return places.map((value) => normalisedValue(value, { ...found, eps, scale: scale[channel], shift: shift[channel] }));
    }),
  );
}

/** All values normalised with what the norm remembers, one mean and variance for each channel, as in use. */
export function normalisedInUse(values, { mean, variance, eps, scale, shift }) {
  return values.map((each) =>
    each.map((places, channel) => places.map((value) => normalisedValue(value, { mean: mean[channel], variance: variance[channel], eps, scale: scale[channel], shift: shift[channel] }))),
  );
}

/** What is remembered after one more batch, as torch keeps it: the variance of the batch is divided by its count less one. */
export function remembered(before, batch, momentum) {
  const unbiased = (batch.variance * batch.count) / (batch.count - 1);
  return { mean: (1 - momentum) * before.mean + momentum * batch.mean, variance: (1 - momentum) * before.variance + momentum * unbiased };
}

/** How many numbers fall into each of `bins` equal parts from `low` to `high`; what lies outside counts at the ends. */
export function histogram(numbers, { low, high, bins }) {
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of numbers) counts[Math.min(bins - 1, Math.max(0, Math.floor(((value - low) / (high - low)) * bins)))] += 1;
  return counts;
}
