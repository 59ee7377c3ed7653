// <dense-layer weights="lines|digits">: paint a tiny image and watch every unit of a dense layer answer.
// Fires "stride:layer" with {outputs}. The weights are fetched when the widget comes near.
import { denseParameters, dense, products, softmax } from "../arithmetic/neuron.js";
import { lineLayer } from "../arithmetic/small-pictures.js";
import { onThemeChange } from "../colour.js";
import { percent } from "../percent.js";
import { announcer } from "./parts/announcer.js";
import { button } from "./parts/controls.js";
import { element } from "./parts/element.js";
import { numberGrid, signed, tint } from "./parts/number-grid.js";
import { PaintGrid } from "./parts/paint-grid.js";

// The strongest weight stays a little short of the colour map's end, so that its number can be read.
const ROOM = 1.2;
const LEARNED = new URL("../../data/dense-digits.json", import.meta.url).href;

class DenseLayer extends HTMLElement {
  #layer = null;
  #inputs = [];
  #chosen = 0;
  #parts = {};

  connectedCallback() {
    if (this.#parts.status) return;
    this.#parts.status = element("p", { class: "w-status", role: "status", text: "The layer is on its way." });
    this.replaceChildren(this.#parts.status);
    const near = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      near.disconnect();
      this.#start();
    }, { rootMargin: "400px" });
    near.observe(this);
  }

  async #start() {
    try {
      this.#layer = this.getAttribute("weights") === "digits" ? await learned() : lineLayer();
    } catch (error) {
      this.#parts.status.replaceChildren(`${error.message} `, button("Try again", () => this.#start()));
      return;
    }
    this.#chosen = this.#layer.names.indexOf("3") + 1 ? 3 : 0;
    this.#inputs = this.#layer.samples[this.#chosen];
    this.#build();
    onThemeChange(() => this.#show());
    this.#show();
  }

  #build() {
    const { rows, columns, names, samples } = this.#layer;
    const parts = this.#parts;
    parts.voice = announcer();
    parts.inputs = new PaintGrid({ rows, columns, values: this.#inputs, label: "Input image", numbers: rows < 8, change: (values) => { this.#inputs = values; this.#show(); } });
    parts.weights = numberGrid({ columns, label: "Weights", limit: largest(this.#layer.weights) });
    parts.products = numberGrid({ columns, label: "Input times weight", limit: largest(this.#layer.weights) });
    parts.neurons = names.map((name, index) => this.#neuron(name, index));
    parts.sum = element("p", { class: "w-sum numeric" });
    const clear = button("clear", () => this.#take(this.#inputs.map(() => 0)));
    const loads = samples.map((sample, index) => button(names[index], () => this.#take(sample), { "aria-label": `load the sample ${names[index]}` }));
    this.replaceChildren(
      element(
        "div",
        { class: "w-layer" },
        element("div", { class: "w-layer__input" }, element("p", { class: "w-label", text: "input: paint it, or load one" }), parts.inputs.node, element("div", { class: "w-row w-row--small" }, loads, clear)),
        element("div", { class: "w-layer__neurons", role: "group", "aria-label": "Units" }, parts.neurons.map((each) => each.node)),
      ),
      this.#detail(),
      element("p", { class: "w-quiet", text: this.#sentence() }),
      parts.voice.node,
    );
  }

  #detail() {
    const { weights, products: result, sum } = this.#parts;
    this.#parts.weightsTitle = element("p", { class: "w-label" });
    const inside = element(
      "div",
      { class: "w-equation" },
      element("div", {}, this.#parts.weightsTitle, weights.node),
      element("span", { class: "w-equation__sign", "aria-hidden": "true", text: "→" }),
      element("div", {}, element("p", { class: "w-label", text: "input × weight, pixel by pixel" }), result.node),
    );
    return element("div", { class: "w-layer__detail" }, inside, sum);
  }

  #neuron(name, index) {
    const picture = element("span", { class: "w-mini", "data-columns": this.#layer.columns, "aria-hidden": "true" }, this.#layer.weights[index].map(() => element("i")));
    const fill = element("span", { class: "w-meter__fill" });
    const value = element("span", { class: "numeric" });
    const node = element("button", { type: "button", class: "w-neuron", onclick: () => { this.#chosen = index; this.#show(); } }, picture, element("b", { text: name }), value, element("span", { class: "w-meter" }, fill));
    return { node, picture, fill, value };
  }

  #take(values) {
    this.#inputs = [...values];
    this.#parts.inputs.set(values);
    this.#show();
  }

  #show() {
    const { weights, biases, names, activation = "none" } = this.#layer;
    const sums = dense(this.#inputs, { weights, biases, activation: "none" });
    const outputs = dense(this.#inputs, { weights, biases, activation });
    const answers = this.#answers(outputs);
    this.#parts.neurons.forEach((each, index) => this.#showNeuron(each, { index, output: outputs[index], ...answers[index] }));
    this.#showDetail(sums[this.#chosen], outputs[this.#chosen]);
    const spoken = names.filter((_, index) => answers[index].says);
    this.#parts.voice.say(spoken.length ? `Answers: ${spoken.map((name) => `${name}, ${signed(outputs[names.indexOf(name)])}`).join("; ")}` : "No unit answers.");
    this.dispatchEvent(new CustomEvent("stride:layer", { bubbles: true, detail: { outputs } }));
  }

  /** For each unit the filled share of its bar, and the word that marks it: scores compete, activations answer or not. */
  #answers(outputs) {
    if (this.#layer.activation) {
      const most = this.#layer.weights.map((row, index) => row.reduce((sum, weight) => sum + Math.max(0, weight), this.#layer.biases[index]));
      return outputs.map((output, index) => ({ share: Math.min(1, output / most[index]), says: output > 0 ? "answers" : "" }));
    }
    const highest = outputs.indexOf(Math.max(...outputs));
    return softmax(outputs).map((share, index) => ({ share, says: index === highest ? "highest" : "" }));
  }

  #showNeuron({ node, picture, fill, value }, { index, output, share, says }) {
    const limit = largest(this.#layer.weights);
    [...picture.children].forEach((pixel, place) => tint(pixel, this.#layer.weights[index][place], limit));
    node.setAttribute("aria-pressed", String(index === this.#chosen));
    node.toggleAttribute("data-says", Boolean(says));
    value.textContent = `${output.toFixed(1).replace("-", "−")}${says ? `, ${says}` : ""}`;
    fill.style.inlineSize = `${share * 100}%`;
  }

  #showDetail(sum, output) {
    const { weights, biases, names, activation } = this.#layer;
    const [row, bias] = [weights[this.#chosen], biases[this.#chosen]];
    this.#parts.weightsTitle.textContent = `the weights of unit ${names[this.#chosen]}`;
    this.#parts.weights.show(row);
    this.#parts.products.show(products(this.#inputs, row));
    const [hundredths, ofBias, ofSum] = [sum - bias, bias, sum].map((value) => Math.round(100 * value));
    const equals = hundredths + ofBias === ofSum ? "=" : "≈";
    const total = `${signed(sum - bias)} ${bias < 0 ? "−" : "+"} ${signed(Math.abs(bias))} ${equals} ${signed(sum)}`;
    const bend = activation ? `, and after ReLU ` : "";
    this.#parts.sum.replaceChildren(`unit ${names[this.#chosen]}: sum of the products + bias = ${total}${bend}`, ...(bend ? [element("b", { text: signed(output) })] : []));
  }

  #sentence() {
    const { rows, columns, names, accuracy, unseen } = this.#layer;
    const inputs = rows * columns;
    const count = denseParameters(inputs, names.length);
    const size = `${names.length} units × (${inputs} weights + 1 bias) = ${count.toLocaleString("en")} parameters. Blue weights speak for a unit’s pattern, orange ones against it.`;
    const reach = accuracy ? ` These were learned from handwritten digits; the layer reads ${percent(accuracy)} of ${unseen} others correctly.` : " These were set by hand.";
    return size + reach;
  }
}

async function learned() {
  const answer = await fetch(LEARNED);
  if (!answer.ok) throw new Error(`The layer’s weights could not be loaded (${answer.status}).`);
  return answer.json();
}

function largest(weights) {
  return ROOM * Math.max(...weights.flat().map(Math.abs));
}

customElements.define("dense-layer", DenseLayer);
