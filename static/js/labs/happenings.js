// What happened to a run, at which step, in words. Pure; labs/happenings.py says the same (one fixture tests both).

const DIAGNOSES = {
  diverged: "diverged", rate_too_high: "rate too high", rate_too_low: "rate too low", plateau: "plateau",
  overfit: "overfits from here", batch_too_small: "batch too small",
};

/** A number as someone would type it: 0.0003, never 3e-4. */
export const plain = (value) => value.toFixed(10).replace(/\.?0+$/, "");

/** From the events that count to [{step, kind, label, words, lesson}] in order of step; `label` is short, for a chart. */
export function happenings(events) {
  return events.flatMap(happening).sort((a, b) => a.step - b.step);
}

function happening(event) {
  const { step, type } = event;
  const told = (kind, label, words, lesson = "") => [{ step, kind, label, words, lesson }];
  if (type === "rate_changed") return told("rate", `rate ${plain(event.value)}`, `The learning rate became ${plain(event.value)}.`);
  if (type === "resumed") return told("resumed", "went on here", "Training went on from here.");
  if (type === "paused") return told("paused", "paused", "Training was paused.");
  if (type === "diverged") return told("diverged", "diverged", "The loss was no number any more.");
  if (type === "diagnosis") return told("diagnosis", DIAGNOSES[event.kind] ?? event.kind, event.text, event.lesson);
  return [];
}
