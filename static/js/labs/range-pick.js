// <range-pick mark="0.003" suggestion="0.001">: the curve of a range test over the table that the server put inside. Before a
// mark is made, its slider moves the marker, and so does a click on the curve.
import { drawn, element } from "../widgets/parts/element.js";

const WIDTH = 480;
const HEIGHT = 200;
const FOOT = 22;

class RangePick extends HTMLElement {
  connectedCallback() {
    if (this.plot) return;
    const read = (name) => JSON.parse(this.querySelector(`#${name}`).textContent);
    this.rates = read("range-rates");
    this.losses = read("range-losses");
    this.slider = this.querySelector("input[type=range]");
    this.plot = drawn("svg", { class: "range__plot", viewBox: `0 -10 ${WIDTH} ${HEIGHT + FOOT + 10}`, role: "img", "aria-label": this.#words() });
    this.said = element("output", { class: "numeric" });
    this.prepend(this.plot);
    this.slider?.after(this.said);
    this.slider?.addEventListener("input", () => this.#draw());
    this.plot.addEventListener("pointerdown", (event) => this.#point(event));
    this.#draw();
  }

  #words() {
    const lowest = this.losses.indexOf(Math.min(...this.losses));
    return `Loss by learning rate: ${this.losses[0].toFixed(2)} at ${written(this.rates[0])}, lowest ${this.losses[lowest].toFixed(2)} at ${written(this.rates[lowest])}, ${this.losses.at(-1).toFixed(2)} at ${written(this.rates.at(-1))}.`;
  }

  #x(rate) {
    const [low, high] = [Math.log(this.rates[0]), Math.log(this.rates.at(-1))];
    return high > low ? ((Math.log(rate) - low) / (high - low)) * WIDTH : WIDTH / 2;
  }

  #point(event) {
    if (!this.slider) return;
    const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.plot.getScreenCTM().inverse());
    this.slider.value = 1 + Math.round((place.x / WIDTH) * (this.rates.length - 1));
    this.#draw();
  }

  #draw() {
    const [low, high] = [Math.min(...this.losses), Math.max(...this.losses)];
    const y = (loss) => HEIGHT * (1 - (loss - low) / (high - low || 1));
    const line = this.losses.map((loss, index) => `${this.#x(this.rates[index]).toFixed(1)} ${y(loss).toFixed(1)}`).join("L");
    this.plot.replaceChildren(
      drawn("path", { class: "schedule__axis", d: `M0 ${HEIGHT}H${WIDTH}` }),
      ...this.#powers().map((rate) => drawn("text", { class: "range__tick", x: this.#x(rate), y: HEIGHT + 16, "text-anchor": "middle" }, written(rate))),
      drawn("path", { class: "schedule__line", d: `M${line}` }),
      ...this.#markers().map(([rate, kind]) => drawn("path", { class: `range__marker range__marker--${kind}`, d: `M${this.#x(rate)} -10V${HEIGHT}` })),
    );
    if (this.slider) this.said.textContent = written(this.rates[this.slider.value - 1]);
    this.slider?.setAttribute("aria-valuetext", `${written(this.rates[this.slider.value - 1])}, loss ${this.losses[this.slider.value - 1].toFixed(3)}`);
  }

  /** Whole powers of ten inside the curve, away from its ends, where a label would be cut. */
  #powers() {
    const exponents = Array.from({ length: 12 }, (_, index) => index - 8);
    return exponents.map((exponent) => 10 ** exponent).filter((rate) => this.#x(rate) > 15 && this.#x(rate) < WIDTH - 15);
  }

  #markers() {
    if (this.slider) return [[this.rates[this.slider.value - 1], "own"]];
    const said = [["own", this.getAttribute("mark")], ["suggested", this.getAttribute("suggestion")]];
    return said.filter(([, rate]) => rate).map(([kind, rate]) => [Number(rate), kind]);
  }
}

/** Two figures: nobody can read more off a curve. */
const written = (rate) => String(Number(rate.toPrecision(2)));

customElements.define("range-pick", RangePick);
