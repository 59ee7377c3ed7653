// What the snapshots of a run say, as numbers and words. Pure.

/** Take new snapshot events into the entries by epoch; returns new entries in order, or the same when nothing is new. */
export function withSnapshots(entries, events) {
  const seen = events.filter((event) => event?.type === "snapshot");
  if (seen.length === 0) return entries;
  const byEpoch = new Map(entries.map((entry) => [entry.epoch, entry]));
  for (const { epoch, step, kind, data } of seen) byEpoch.set(epoch, { ...byEpoch.get(epoch), epoch, step, [kind]: data });
  return [...byEpoch.values()].sort((a, b) => a.epoch - b.epoch);
}

export const argmax = (values) => values.reduce((best, value, index) => (value > values[best] ? index : best), 0);

/** What the network says about each probe image: {place, label, guess, right, share, chance of the right class}. */
export function verdicts({ labels, probabilities, images }) {
  return labels.map((label, index) => {
    const guess = argmax(probabilities[index]);
    return { place: images[index], label, guess, isRight: guess === label, share: probabilities[index][guess], chance: probabilities[index][label] };
  });
}

/** The chance of the right class of one probe image in every epoch that has it: [[epoch, chance]...]. */
export function history(entries, index) {
  return entries.flatMap(({ epoch, probe }) => (probe ? [[epoch, probe.probabilities[index][probe.labels[index]]]] : []));
}

/** Points of a small line, "x,y x,y", in a box; y 0 to 1 goes up. */
export function sparkline(values, { width, height }) {
  const first = values[0]?.[0] ?? 0;
  const length = Math.max(1, (values.at(-1)?.[0] ?? 1) - first);
  return values.map(([x, y]) => `${(((x - first) / length) * width).toFixed(1)},${((1 - y) * height).toFixed(1)}`).join(" ");
}

/** The mistakes made most often: [{label, guess, count}], the worst first. */
export function worstMistakes(counts, most) {
  const found = counts.flatMap((row, label) => row.flatMap((count, guess) => (count && label !== guess ? [{ label, guess, count }] : [])));
  return found.sort((a, b) => b.count - a.count || a.label - b.label).slice(0, most);
}

/** Rows by layer, gradients and activations joined by the layer's name, in the order of the network. */
export function layerRows({ gradients, activations }) {
  const rows = new Map();
  for (const row of activations?.layers ?? []) rows.set(row.layer, { layer: row.layer, type: row.type, out: row });
  for (const row of gradients?.layers ?? []) rows.set(row.layer, { ...(rows.get(row.layer) ?? { layer: row.layer, type: row.type }), slope: row });
  return [...rows.values()];
}

/** A number of any size in a few characters: 0.0123, 1.2e-5. */
export function short(value) {
  if (value == null) return "–";
  const size = Math.abs(value);
  return size !== 0 && (size < 0.001 || size >= 10_000) ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}
