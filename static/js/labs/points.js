// The log of one run as the browser holds it: frames in, points that count out. Pure; nets/events.py is the oracle.
//
// A frame is {run, attempt, seq, state, events}. Frames may come twice, late, or by socket and by poll at once: what was
// said before changes nothing. Points of earlier attempts past the step from which a later one went on do not count.

const ENDED = new Set(["finished", "failed", "cancelled"]);
const STANDING = ["state", "reason", "remedy", "losses", "stopping", "pausing"];
const COLUMNS = ["step", "loss", "metric", "lr"];

/** A log that has heard nothing yet. */
export function emptyLog() {
  return {
    seq: -1, attempt: 0, state: "queued", reason: "", remedy: "", losses: 0, stopping: false, pausing: false, waiting: null, started: null,
    points: { attempt: [], step: [], loss: [], metric: [], lr: [] },
    others: [], seen: new Set(), steps: new Map(), begins: new Map(), speaking: new Set(), isPlain: true, version: 0, view: null,
  };
}

export const hasEnded = (log) => ENDED.has(log.state);

/** Take one frame; returns whether anything changed. Anything that is no frame changes nothing. */
export function apply(log, frame) {
  if (!isFrame(frame) || frame.seq < log.seq) return false;
  const before = log.version;
  const isNew = frame.seq > log.seq;
  for (const event of frame.events) {
    if (event?.type === "waiting") hear(log, event);
    else if (isNew) take(log, frame.attempt, event);
  }
  log.seq = frame.seq;
  if (frame.attempt > log.attempt) log.attempt = frame.attempt;
  settle(log, frame);
  return log.version !== before;
}

/** The points that count, in order of step, and every other event that counts, in order of arrival; read, never write. */
export function counted(log) {
  if (log.view?.version === log.version) return log.view;
  const limits = limitsOf(log);
  const steps = isWhole(log, limits) ? log.points : columns(log.points, limits);
  const events = log.others.filter(({ attempt, event }) => counts(event, limits.get(attempt))).map(({ event }) => event);
  const epochs = events.filter((event) => event.type === "epoch").sort((a, b) => a.step - b.step);
  log.view = { version: log.version, ...named(steps), epochs, events, lastStep: lastOf(steps.step, epochs) };
  return log.view;
}

function isFrame(frame) {
  return frame !== null && typeof frame === "object" && Number.isInteger(frame.seq) && Array.isArray(frame.events);
}

// A state that is an end is never left again, whatever arrives late.
function settle(log, frame) {
  if (hasEnded(log)) return;
  for (const name of STANDING) {
    if (frame[name] === undefined || frame[name] === log[name]) continue;
    log[name] = frame[name];
    log.version += 1;
  }
  if (log.state !== "queued") log.waiting = null;
}

function hear(log, event) {
  if (log.waiting && ["ahead", "seconds", "obstacle"].every((name) => log.waiting[name] === event[name])) return;
  log.waiting = event;
  log.version += 1;
}

function take(log, attempt, event) {
  if (!event || typeof event !== "object") return;
  if (event.type === "steps" && !COLUMNS.every((name) => Array.isArray(event[name]))) return;
  begin(log, attempt, event);
  if (event.type === "steps") takePoints(log, attempt, event);
  else if (isFresh(log, attempt, event)) takeOther(log, attempt, event);
}

function begin(log, attempt, event) {
  if (event.type === "resumed" && !log.speaking.has(attempt)) log.begins.set(attempt, event.step);
  else if ((event.type === "started" || event.type === "steps") && !log.begins.has(attempt)) log.begins.set(attempt, 0);
  // A `resumed` after this is the end of a pause, not the beginning of the attempt.
  if (event.type === "steps") log.speaking.add(attempt);
}

function takePoints(log, attempt, event) {
  if (!log.steps.has(attempt)) log.steps.set(attempt, new Set());
  const known = log.steps.get(attempt);
  event.step.forEach((step, index) => {
    if (known.has(step)) return;
    known.add(step);
    // What came in order of step, as nearly every run does, needs no copy to be drawn.
    log.isPlain &&= step > (log.points.step.at(-1) ?? -Infinity);
    log.points.attempt.push(attempt);
    for (const name of COLUMNS) log.points[name].push(event[name][index] ?? null);
    log.version += 1;
  });
}

function takeOther(log, attempt, event) {
  log.others.push({ attempt, event });
  if (event.type === "started") log.started = event;
  log.version += 1;
}

function isFresh(log, attempt, event) {
  if (event.type === "resumed" || event.step == null) return true;
  const key = `${attempt} ${event.type} ${event.kind ?? ""} ${event.step}`;
  if (log.seen.has(key)) return false;
  log.seen.add(key);
  return true;
}

// For each attempt, the last of its steps that counts: the earliest beginning of any later attempt.
function limitsOf(log) {
  const attempts = new Set([...log.steps.keys(), ...log.others.map((other) => other.attempt)]);
  const limits = new Map();
  for (const attempt of attempts) {
    const later = [...log.begins].filter(([other]) => other > attempt).map(([, step]) => step);
    limits.set(attempt, Math.min(Infinity, ...later));
  }
  return limits;
}

// Whether every point counts and stands in order already.
function isWhole(log, limits) {
  const [only] = log.steps.keys();
  return log.isPlain && (only === undefined || limits.get(only) === Infinity);
}

const named = (points) => Object.fromEntries(COLUMNS.map((name) => [name, points[name]]));

const counts = (event, limit) => event.type === "resumed" || event.step == null || event.step <= limit;

function columns(points, limits) {
  const kept = [];
  for (let index = 0; index < points.step.length; index += 1) {
    if (points.step[index] <= limits.get(points.attempt[index])) kept.push(index);
  }
  kept.sort((a, b) => points.step[a] - points.step[b]);
  return Object.fromEntries(COLUMNS.map((name) => [name, kept.map((index) => points[name][index])]));
}

function lastOf(steps, epochs) {
  return Math.max(0, steps.at(-1) ?? 0, epochs.at(-1)?.step ?? 0);
}
