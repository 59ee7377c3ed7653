// <curve-sketch>: draw what you expect. It holds number inputs, one for each place of the run, and puts a drawing over
// them: by pointer or finger along the curve, by keys from point to point. The inputs stay, and are what is sent.
import { announcer } from "../widgets/parts/announcer.js";
import { drawn, element } from "../widgets/parts/element.js";
import { drawnThrough, heightNear, raised } from "./sketch.js";

const WIDTH = 480;
const HEIGHT = 200;
const MARGIN = 48; // for the percentages
const STEPS = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
const MOVES = { ArrowLeft: -1, ArrowRight: 1 };

class CurveSketch extends HTMLElement {
  #inputs = [];
  #shares = [];
  #plot = null;
  #hand = null; // where the pointer was last, while it draws
  #here = 0; // the point that the keys move
  #voice = announcer();

  connectedCallback() {
    if (this.#plot) return;
    this.#inputs = [...this.querySelectorAll("input[data-share]")];
    this.#shares = this.#inputs.map((input) => Number(input.dataset.share));
    this.#plot = drawn("svg", { class: "sketch__plot", viewBox: `${-MARGIN} -8 ${WIDTH + MARGIN + 8} ${HEIGHT + 16}`, role: "group", "aria-label": "Your sketch. Arrow keys left and right choose a place of the run, up and down set the accuracy there, Delete clears it." });
    const clear = element("button", { type: "button", class: "button button--quiet button--small", onclick: () => this.#set(this.#heights.map(() => null)) }, "Clear the sketch");
    this.prepend(element("div", { class: "sketch" }, this.#plot, element("p", { class: "sketch__ends small muted", "aria-hidden": "true" }, element("span", { text: "start" }), element("span", { text: "end of the run" }))));
    this.append(clear, this.#voice.node);
    this.#listen();
    this.#draw();
  }

  get #heights() {
    return this.#inputs.map((input) => (input.value.trim() === "" || !Number.isFinite(Number(input.value)) ? null : Number(input.value)));
  }

  #listen() {
    this.addEventListener("input", () => this.#draw());
    this.#plot.addEventListener("pointerdown", (event) => this.#begin(event));
    this.#plot.addEventListener("pointermove", (event) => this.#go(event));
    for (const end of ["pointerup", "pointercancel"]) this.#plot.addEventListener(end, () => this.#end());
    this.#plot.addEventListener("keydown", (event) => this.#key(event));
  }

  #begin(event) {
    this.#hand = this.#under(event);
    this.#plot.setPointerCapture(event.pointerId);
    this.#through(this.#hand);
    event.preventDefault();
  }

  #go(event) {
    if (!this.#hand) return;
    const to = this.#under(event);
    this.#through(to);
    this.#hand = to;
  }

  #end() {
    if (this.#hand) this.#tell();
    this.#hand = null;
  }

  #through(to) {
    this.#put(drawnThrough(this.#heights, this.#shares, { from: this.#hand, to }));
  }

  /** The place under the pointer: x is a share of the run, y a percentage. */
  #under(event) {
    const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.#plot.getScreenCTM().inverse());
    return { x: Math.min(1, Math.max(0, place.x / WIDTH)), y: Math.min(100, Math.max(0, 100 - (100 * place.y) / HEIGHT)) };
  }

  #key(event) {
    if (event.key in MOVES) this.#here = Math.min(this.#inputs.length - 1, Math.max(0, this.#here + MOVES[event.key]));
    else if (event.key in STEPS) this.#set(raised(this.#heights, this.#here, STEPS[event.key]));
    else if (event.key === "Delete" || event.key === "Backspace") this.#set(this.#heights.map((height, index) => (index === this.#here ? null : height)));
    else return;
    event.preventDefault();
    this.#draw();
    this.#plot.querySelectorAll("[role=slider]")[this.#here].focus();
  }

  #set(heights) {
    this.#put(heights);
    this.#tell();
  }

  #put(heights) {
    heights.forEach((height, index) => { this.#inputs[index].value = height === null ? "" : height; });
    this.#draw();
  }

  /** Let the form hear of it once a stroke is done: it looks at what it holds. */
  #tell() {
    const said = this.#heights.filter((height) => height !== null);
    this.#voice.say(said.length ? `Your sketch goes from ${said[0]} to ${said.at(-1)}\u00a0%` : "No sketch");
    this.#inputs[0].dispatchEvent(new Event("change", { bubbles: true }));
  }

  #draw() {
    const heights = this.#heights;
    const hasFocus = this.#plot.contains(document.activeElement);
    const points = heights.map((height, index) => ({ height, index, x: this.#shares[index] * WIDTH, y: HEIGHT * (1 - (height ?? heightNear(heights, index)) / 100) }));
    const line = points.filter(({ height }) => height !== null).map(({ x, y }) => `${x} ${y}`).join("L");
    this.#plot.replaceChildren(
      drawn("path", { class: "sketch__grid", d: [0, 25, 50, 75, 100].map((height) => `M0 ${HEIGHT * (1 - height / 100)}H${WIDTH}`).join("") }),
      ...[0, 50, 100].map((height) => drawn("text", { class: "sketch__tick", x: -12, y: HEIGHT * (1 - height / 100) + 4, "text-anchor": "end" }, `${height}\u00a0%`)),
      drawn("path", { class: "sketch__line", d: line && `M${line}` }),
      ...points.map((point) => this.#point(point)),
    );
    if (hasFocus) this.#plot.querySelectorAll("[role=slider]")[this.#here].focus();
  }

  #point({ height, index, x, y }) {
    return drawn("circle", {
      class: height === null ? "sketch__point sketch__point--empty" : "sketch__point", cx: x, cy: y, r: 6, role: "slider", tabindex: index === this.#here ? 0 : -1,
      "aria-label": `Accuracy at ${Math.round(this.#shares[index] * 1000) / 10}\u00a0% of the run`, "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": height ?? 0, "aria-valuetext": height === null ? "nothing drawn" : `${height}\u00a0%`,
      onfocus: () => { this.#here = index; },
    });
  }
}

customElements.define("curve-sketch", CurveSketch);
