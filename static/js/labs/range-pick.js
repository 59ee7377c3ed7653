// <range-pick mark="0.003" suggestion="0.001">: the curve of a range test over the table that the server put inside. Before a
// mark is made, its slider moves the marker, and so does a click on the curve.
import { drawn, element } from "../widgets/parts/element.js";

const HEIGHT = 220;
const TOP = 12;
const LEFT = 40; // for the losses
const RIGHT = 8;
const FOOT = 40; // for the rates and their name
const USUAL_WIDTH = 480;

class RangePick extends HTMLElement {
  connectedCallback() {
    if (this.plot) return;
    const read = (name) => JSON.parse(this.querySelector(`#${name}`)?.textContent ?? "null");
    this.rates = read("range-rates");
    this.losses = read("range-losses");
    this.smoothed = read("range-smoothed") ?? this.losses;
    this.slider = this.querySelector("input[type=range]");
    this.plot = drawn("svg", { class: "range__plot", role: "img", "aria-label": this.#words() });
    this.said = element("output", { class: "numeric" });
    this.prepend(this.plot);
    this.slider?.after(this.said);
    this.slider?.addEventListener("input", () => this.#draw());
    this.plot.addEventListener("pointerdown", (event) => this.#point(event));
    this.resizer = new ResizeObserver(() => this.#draw());
    this.resizer.observe(this);
    this.#draw();
  }

  disconnectedCallback() {
    this.resizer?.disconnect();
  }

  #words() {
    const lowest = this.losses.indexOf(Math.min(...this.losses));
    return `Loss by learning rate: ${this.losses[0].toFixed(2)} at ${written(this.rates[0])}, lowest ${this.losses[lowest].toFixed(2)} at ${written(this.rates[lowest])}, ${this.losses.at(-1).toFixed(2)} at ${written(this.rates.at(-1))}.`;
  }

  #x(rate) {
    const [low, high] = [Math.log(this.rates[0]), Math.log(this.rates.at(-1))];
    return LEFT + (high > low ? (Math.log(rate) - low) / (high - low) : 0.5) * (this.width - LEFT - RIGHT);
  }

  #point(event) {
    if (!this.slider) return;
    const share = (event.clientX - this.plot.getBoundingClientRect().left - LEFT) / (this.width - LEFT - RIGHT);
    this.slider.value = 1 + Math.round(share * (this.rates.length - 1));
    this.#draw();
  }

  #draw() {
    // Drawn at the size at which it stands, so that its words are as large as those around it.
    this.width = this.clientWidth || USUAL_WIDTH;
    const [low, high] = [Math.min(...this.losses), Math.max(...this.losses)];
    const y = (loss) => TOP + HEIGHT * (1 - (loss - low) / (high - low || 1));
    const line = (losses) => `M${losses.map((loss, index) => `${this.#x(this.rates[index]).toFixed(1)} ${y(loss).toFixed(1)}`).join("L")}`;
    const foot = TOP + HEIGHT;
    this.plot.setAttribute("viewBox", `0 0 ${this.width} ${foot + FOOT}`);
    this.plot.replaceChildren(
      drawn("path", { class: "sketch__grid", d: ticks(low, high).map((loss) => `M${LEFT} ${y(loss).toFixed(1)}H${this.width - RIGHT}`).join("") }),
      ...ticks(low, high).map((loss) => drawn("text", { class: "range__tick", x: LEFT - 8, y: y(loss) + 4, "text-anchor": "end" }, written(loss))),
      drawn("path", { class: "schedule__axis", d: `M${LEFT} ${foot}H${this.width - RIGHT}` }),
      ...this.#powers().map((rate) => drawn("text", { class: "range__tick", x: this.#x(rate), y: foot + 16, "text-anchor": "middle" }, written(rate))),
      drawn("text", { class: "range__tick", x: LEFT + (this.width - LEFT - RIGHT) / 2, y: foot + 34, "text-anchor": "middle" }, "learning rate"),
      drawn("path", { class: "schedule__line range__raw", d: line(this.losses) }),
      drawn("path", { class: "schedule__line", d: line(this.smoothed) }),
      ...this.#markers().map(([rate, kind]) => drawn("path", { class: `range__marker range__marker--${kind}`, d: `M${this.#x(rate)} ${TOP}V${foot}` })),
    );
    if (this.slider) this.said.textContent = written(this.rates[this.slider.value - 1]);
    this.slider?.setAttribute("aria-valuetext", `${written(this.rates[this.slider.value - 1])}, loss ${this.losses[this.slider.value - 1].toFixed(3)}`);
  }

  /** Whole powers of ten inside the curve, away from its ends, where a label would be cut. */
  #powers() {
    const exponents = Array.from({ length: 12 }, (_, index) => index - 8);
    const inside = exponents.map((exponent) => 10 ** exponent).filter((rate) => this.#x(rate) > LEFT + 15 && this.#x(rate) < this.width - 24);
    // On a phone every second one.
    return inside.filter((_, index) => this.width > 420 || index % 2 === 0);
  }

  #markers() {
    if (this.slider) return [[this.rates[this.slider.value - 1], "own"]];
    const said = [["own", this.getAttribute("mark")], ["suggested", this.getAttribute("suggestion")]];
    return said.filter(([, rate]) => rate).map(([kind, rate]) => [Number(rate), kind]);
  }
}

/** About four round numbers between two losses. */
function ticks(low, high) {
  const rough = (high - low) / 4 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, index) => (first + index) * step);
}

/** Two figures: nobody can read more off a curve. */
const written = (value) => String(Number(value.toPrecision(2)));

customElements.define("range-pick", RangePick);
