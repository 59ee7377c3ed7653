// Keeps small states of a page in its address (#pixel=60,20&neuron=…), so that a link shows what its sender saw.
// A plain heading anchor (#channels) is left alone until something is touched.

const REST_MILLISECONDS = 400;
const timers = new Map();

function parameters(hash) {
  return new URLSearchParams(hash.includes("=") ? hash.slice(1) : "");
}

/** What the address says about `key`, or null. */
export function readState(key) {
  return parameters(location.hash).get(key);
}

/** Write a state into the address once it has rested; null takes it out. The history gets no entry. */
export function writeState(key, value) {
  clearTimeout(timers.get(key));
  timers.set(key, setTimeout(() => history.replaceState(history.state, "", hashWith(location.hash, key, value)), REST_MILLISECONDS));
}

/** The hash with one state changed; pure. */
export function hashWith(hash, key, value) {
  const all = parameters(hash);
  if (value === null) all.delete(key);
  else all.set(key, value);
  return `#${all.toString().replaceAll("%2C", ",").replaceAll("%3A", ":")}`;
}
