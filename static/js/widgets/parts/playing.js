// Steps a widget by itself until a hand takes over. Starts only when asked, and stops when the widget leaves the window.
import { button } from "./controls.js";

/**
 * Give it {beat, step()}: `step` is called every `beat` milliseconds and returns whether there is more to come. Put `node`, the
 * button, into the widget; call `yield()` when someone hovers, clicks or presses a key there.
 */
export class Playing {
  #timer = 0;
  #step;
  #beat;
  node = button("Play", () => (this.isOn ? this.yield() : this.#start()), { class: "w-button w-button--go" });

  constructor({ beat, step }) {
    this.#beat = beat;
    this.#step = step;
    new IntersectionObserver((entries) => { if (!entries.some((entry) => entry.isIntersecting)) this.yield(); }).observe(this.node);
  }

  get isOn() {
    return this.#timer !== 0;
  }

  yield() {
    clearInterval(this.#timer);
    this.#timer = 0;
    this.node.textContent = "Play";
  }

  #start() {
    this.node.textContent = "Pause";
    this.#timer = setInterval(() => { if (!this.#step()) this.yield(); }, this.#beat);
    if (!this.#step()) this.yield();
  }
}
