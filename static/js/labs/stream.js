// The line to the server for one run: frames by socket, by polling while the socket is away. Rows are the record, so a
// lost connection loses nothing: whoever comes back asks for what follows the last seq.

const SILENCE_MS = 20_000;
const POLL_MS = 2_000;
const FIRST_RETRY_MS = 400;
const LONGEST_RETRY_MS = 10_000;
// The server closes with this when there is nothing here for this person (any more).
const NOT_FOR_YOU = 4404;

/** The wait before the next try: doubling, with some chance in it so that a class does not come back all at once. */
export function retryDelay(tries, chance = Math.random()) {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** tries) * (0.5 + chance / 2);
}

export class RunStream {
  #socket = null;
  #tries = 0;
  #timers = { silence: 0, retry: 0, poll: 0 };
  #isClosed = false;
  #isPolling = false;

  /** options: {socket, events, after(): seq, onFrame(frame), onStatus("live" | "reconnecting" | "gone")} */
  constructor(options) {
    this.options = options;
    this.onOnline = () => this.#retryNow();
  }

  open() {
    addEventListener("online", this.onOnline);
    this.#connect();
  }

  close() {
    this.#isClosed = true;
    removeEventListener("online", this.onOnline);
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    this.#drop();
  }

  #connect() {
    if (this.#isClosed) return;
    const address = new URL(this.options.socket, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    address.searchParams.set("after", this.options.after());
    const socket = new WebSocket(address);
    this.#socket = socket;
    this.#listenForSilence();
    socket.addEventListener("message", (message) => this.#hear(socket, message));
    socket.addEventListener("close", (event) => this.#lost(socket, event.code));
  }

  #hear(socket, message) {
    if (socket !== this.#socket) return;
    const frame = parsed(message.data);
    if (frame === null) return;
    this.#tries = 0;
    this.#stopPolling();
    this.#listenForSilence();
    this.options.onStatus("live");
    this.options.onFrame(frame);
  }

  #lost(socket, code) {
    if (socket !== this.#socket || this.#isClosed) return;
    this.#socket = null;
    if (code === NOT_FOR_YOU) {
      this.close();
      this.options.onStatus("gone");
      return;
    }
    clearTimeout(this.#timers.silence);
    // One quick second try is nothing to tell anyone about.
    if (this.#tries > 0) this.#startPolling();
    this.#timers.retry = setTimeout(() => this.#connect(), retryDelay(this.#tries));
    this.#tries += 1;
  }

  #listenForSilence() {
    clearTimeout(this.#timers.silence);
    this.#timers.silence = setTimeout(() => {
      this.#drop();
      this.#startPolling();
      this.#connect();
    }, SILENCE_MS);
  }

  #retryNow() {
    if (this.#socket !== null) return;
    clearTimeout(this.#timers.retry);
    this.#connect();
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #startPolling() {
    if (this.#isPolling || this.#isClosed) return;
    this.#isPolling = true;
    this.options.onStatus("reconnecting");
    this.#poll();
  }

  #stopPolling() {
    this.#isPolling = false;
    clearTimeout(this.#timers.poll);
  }

  async #poll() {
    const frame = await this.#ask();
    if (!this.#isPolling || this.#isClosed) return;
    if (frame) this.options.onFrame(frame);
    if (this.#isClosed) return;
    this.#timers.poll = setTimeout(() => this.#poll(), frame?.more ? 0 : POLL_MS);
  }

  async #ask() {
    try {
      const address = new URL(this.options.events, location.href);
      address.searchParams.set("after", this.options.after());
      const reply = await fetch(address, { headers: { Accept: "application/json" } });
      return reply.ok ? await reply.json() : null;
    } catch {
      return null; // offline: the next poll asks again
    }
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
