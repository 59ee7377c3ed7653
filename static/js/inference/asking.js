// Ask a network about a picture and wait for its answer.

const FIRST_LOOK_MS = 60;
const LONGEST_LOOK_MS = 1000;
const GROWTH = 1.25;
const PATIENCE_MS = 20_000;

/** A question that got no answer; the message is the sentence to show. */
export class NoAnswer extends Error {}

const AWAY = "The server did not answer. Your picture is still here: ask again in a moment.";

/** Send the picture (a Blob) and return the answered query; throws NoAnswer, or AbortError when `signal` says so. */
export async function ask({ address, token, run, image, source, signal }) {
  const body = new FormData();
  body.append("run", run);
  body.append("source", source);
  body.append("kind", "grad_cam");
  body.append("image", image, "picture");
  const reply = await call(address, { method: "POST", body, signal, headers: { "X-CSRFToken": token } });
  return answerOf(reply.url, { signal, first: reply });
}

/** Look until the query has ended. */
export async function answerOf(url, { signal, first = null }) {
  const until = performance.now() + PATIENCE_MS;
  let wait = FIRST_LOOK_MS;
  let query = first;
  while (query === null || query.state === "queued" || query.state === "running") {
    if (performance.now() > until) throw new NoAnswer("This takes longer than it should. Ask again in a moment.");
    await pause(wait, signal);
    wait = Math.min(LONGEST_LOOK_MS, wait * GROWTH);
    query = await call(url, { signal });
  }
  if (query.state === "failed") throw new NoAnswer(query.error);
  return query;
}

async function call(url, options) {
  let reply;
  try {
    reply = await fetch(url, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new NoAnswer(AWAY);
  }
  const body = await reply.json().catch(() => null);
  if (!reply.ok) throw new NoAnswer(sentence(body) ?? AWAY);
  return body ?? Promise.reject(new NoAnswer(AWAY));
}

/** The sentences of an error answer, joined. */
export function sentence(body) {
  if (body?.error) return body.error;
  return body?.errors ? Object.values(body.errors).join(" ") : null;
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("stopped", "AbortError"));
    }, { once: true });
  });
}
