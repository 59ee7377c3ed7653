// <class-board socket live away over>: keeps a class board up to date. The socket only says "look again"; the board is
// then asked for anew by htmx. While the socket is away the board looks by itself every 5 seconds.
const LOOK_MS = 5000;
const SILENCE_MS = 20000; // the server sends a frame every 5 s at the least
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 15000;
const FORBIDDEN = 4403;

class ClassBoard extends HTMLElement {
  #socket = null;
  #retry = FIRST_RETRY_MS;
  #timers = new Set();
  #silence = null;
  #poll = null;

  connectedCallback() {
    this.#open();
  }

  disconnectedCallback() {
    for (const timer of this.#timers) clearTimeout(timer);
    clearTimeout(this.#silence);
    this.#stopPolling();
    this.#drop();
  }

  #open() {
    const address = new URL(this.getAttribute("socket"), location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    this.#socket = new WebSocket(address);
    this.#socket.addEventListener("message", () => this.#heard());
    this.#socket.addEventListener("close", (event) => this.#lost(event.code));
    this.#watchSilence();
  }

  #heard() {
    this.#retry = FIRST_RETRY_MS;
    this.#watchSilence();
    this.#stopPolling();
    this.#say("live");
    this.#look();
  }

  #lost(code) {
    clearTimeout(this.#silence);
    this.#drop();
    if (code === FORBIDDEN) {
      this.#stopPolling();
      this.#say("over");
      return;
    }
    this.#say("away");
    this.#poll ??= setInterval(() => this.#look(), LOOK_MS);
    this.#after(this.#retry, () => this.#open());
    this.#retry = Math.min(2 * this.#retry, LAST_RETRY_MS);
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #watchSilence() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#socket && this.#lost(0), SILENCE_MS);
  }

  #stopPolling() {
    clearInterval(this.#poll);
    this.#poll = null;
  }

  #after(milliseconds, act) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, milliseconds);
    this.#timers.add(timer);
  }

  #look() {
    this.querySelector("[data-board]")?.dispatchEvent(new CustomEvent("look"));
  }

  #say(word) {
    const status = this.querySelector("[data-status]");
    const text = this.getAttribute(word);
    if (status.textContent !== text) status.textContent = text;
    this.dataset.state = word;
  }
}

customElements.define("class-board", ClassBoard);
