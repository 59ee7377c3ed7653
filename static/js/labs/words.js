// What a run is doing, in words. Pure; labs/wording.py says the same on the server (one fixture tests both).

/** "about 40 s", "about 2 min": no more precise than anyone can know. */
export function about(seconds) {
  if (seconds < 3) return "a moment";
  if (seconds < 10) return "a few seconds";
  if (seconds < 55) return `about ${Math.round(seconds / 5) * 5} s`;
  if (seconds < 3300) return `about ${Math.max(1, Math.round(seconds / 60))} min`;
  return `about ${Math.max(1, Math.round(seconds / 3600))} h`;
}

// As many as labs.wording.EPOCHS_OF_PACE.
const EPOCHS_OF_PACE = 5;

/** The seconds that the next epoch is likely to take, from those of the closed ones; 0 before the first. */
export function secondsOfAnEpoch(closed) {
  const last = closed.slice(-EPOCHS_OF_PACE);
  return last.reduce((sum, seconds) => sum + (seconds ?? 0), 0) / Math.max(1, last.length);
}

/** Facts: {state, reason, epochs, step, stepsPerEpoch, secondsLeft, waiting: {ahead, seconds, obstacle}, stopping, pausing, losses}. */
export function stateWords(facts) {
  if (facts.state === "queued") return queued(facts);
  if (facts.state === "running") return running(facts);
  if (facts.state === "paused") return "paused";
  if (facts.state === "cancelled") return facts.step ? `cancelled after step ${facts.step}` : "cancelled before it began";
  return ended(facts);
}

function queued({ losses, waiting }) {
  if (losses > 0) return "the worker went away; waiting for another one to go on";
  if (!waiting) return "waiting for a worker";
  const place = waiting.ahead === 0 ? "next in line" : `${waiting.ahead} ahead of you`;
  const wait = waiting.seconds == null ? "" : `, ${about(waiting.seconds)}`;
  // The words are part of a sentence, whose full stop comes from elsewhere.
  return `waiting, ${place}${wait}${waiting.obstacle ? `. ${waiting.obstacle.replace(/\.+$/, "")}` : ""}`;
}

function running({ stopping, pausing, stepsPerEpoch, step, epochs, secondsLeft }) {
  if (stopping) return "stopping after this step";
  if (pausing) return "pausing after this step";
  if (!stepsPerEpoch) return "starting";
  const epoch = Math.min(epochs, Math.floor(step / stepsPerEpoch) + 1);
  const left = secondsLeft == null ? "" : `, ${about(secondsLeft)} left`;
  return `training, epoch ${epoch} of ${epochs}${left}`;
}

const REASONS = {
  completed: "finished",
  stopped: "stopped by you; the network is usable",
  early_stopped: "finished early: it no longer improved",
  diverged: "diverged: the loss is no number any more",
  time_limit: "ended at the time limit; the network is usable",
};

function ended({ state, reason }) {
  return REASONS[reason] ?? (state === "failed" ? "failed" : "finished");
}
