// <dense-layer weights="digits|lines">: paint a tiny image and watch every neuron of a dense layer answer.
// Fires "stride:layer" with {outputs, highest}. The weights are fetched when the widget comes near.
import { bar } from "../arithmetic/bars.js";
import { denseParameters, dense, products, softmax } from "../arithmetic/neuron.js";
import { onThemeChange } from "../colour.js";
import { announcer } from "./parts/announcer.js";
import { button } from "./parts/controls.js";
import { element } from "./parts/element.js";
import { numberGrid, signed, tint } from "./parts/number-grid.js";
import { paintGrid } from "./parts/paint-grid.js";

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
      this.#layer = this.getAttribute("weights") === "lines" ? lines() : await learned();
    } catch (error) {
      this.#parts.status.replaceChildren(`${error.message} `, button("Try again", () => this.#start()));
      return;
    }
    this.#inputs = this.#layer.samples[3] ?? this.#layer.samples[0];
    this.#chosen = this.#layer.samples[3] ? 3 : 0;
    this.#build();
    onThemeChange(() => this.#show());
    this.#show();
  }

  #build() {
    const { rows, columns, names, samples } = this.#layer;
    const parts = this.#parts;
    parts.voice = announcer();
    parts.inputs = paintGrid({ rows, columns, values: this.#inputs, label: "Input image", numbers: false, change: (values) => { this.#inputs = values; this.#show(); } });
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
        element("div", { class: "w-layer__neurons", role: "group", "aria-label": "Neurons" }, parts.neurons.map((each) => each.node)),
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
    const { weights, biases, names } = this.#layer;
    const outputs = dense(this.#inputs, { weights, biases, activation: "none" });
    const highest = outputs.indexOf(Math.max(...outputs));
    const shares = softmax(outputs);
    this.#parts.neurons.forEach((each, index) => this.#showNeuron(each, { index, output: outputs[index], share: shares[index], wins: index === highest }));
    this.#showDetail(outputs[this.#chosen]);
    this.#parts.voice.say(`Highest: ${names[highest]}, ${signed(outputs[highest])}`);
    this.dispatchEvent(new CustomEvent("stride:layer", { bubbles: true, detail: { outputs, highest: names[highest] } }));
  }

  #showNeuron({ node, picture, fill, value }, { index, output, share, wins }) {
    const limit = largest(this.#layer.weights);
    [...picture.children].forEach((pixel, place) => tint(pixel, this.#layer.weights[index][place], limit));
    node.setAttribute("aria-pressed", String(index === this.#chosen));
    node.toggleAttribute("data-highest", wins);
    value.textContent = `${output.toFixed(1).replace("-", "−")}${wins ? ", highest" : ""}`;
    fill.style.inlineSize = `${share * 100}%`;
  }

  #showDetail(output) {
    const { weights, biases, names } = this.#layer;
    const [row, bias] = [weights[this.#chosen], biases[this.#chosen]];
    this.#parts.weightsTitle.textContent = `the weights of neuron ${names[this.#chosen]}`;
    this.#parts.weights.show(row);
    this.#parts.products.show(products(this.#inputs, row));
    const total = `${signed(output - bias)} ${bias < 0 ? "−" : "+"} ${signed(Math.abs(bias))}`;
    this.#parts.sum.replaceChildren(`neuron ${names[this.#chosen]}: sum of the products + bias = ${total} = `, element("b", { text: signed(output) }));
  }

  #sentence() {
    const { rows, columns, names, accuracy, unseen } = this.#layer;
    const inputs = rows * columns;
    const count = denseParameters(inputs, names.length);
    const size = `${names.length} neurons × (${inputs} weights + 1 bias) = ${count.toLocaleString("en")} numbers. Blue weights speak for a neuron, orange ones against it.`;
    const reach = accuracy ? ` These were learned from handwritten digits; the layer reads ${(accuracy * 100).toFixed(1)} % of ${unseen} others correctly.` : " These were set by hand.";
    return size + reach;
  }
}

async function learned() {
  const answer = await fetch(LEARNED);
  if (!answer.ok) throw new Error(`The layer’s weights could not be loaded (${answer.status}).`);
  return answer.json();
}

/** Four neurons set by hand for 5 x 5 images: each looks for one line. */
function lines() {
  const size = 5;
  const falling = Array.from({ length: size * size }, (_, index) => (index % (size + 1) === 0 ? 1 : 0));
  const rising = falling.map((_, index) => (index % size === size - 1 - Math.floor(index / size) ? 1 : 0));
  const samples = [bar("vertical", size), bar("horizontal", size), falling, rising];
  const weights = samples.map((image) => image.map((value) => (value ? 1 : -0.5)));
  return { rows: size, columns: size, names: ["vertical", "horizontal", "falling", "rising"], weights, biases: [0, 0, 0, 0], samples };
}

function largest(weights) {
  return Math.max(...weights.flat().map(Math.abs));
}

customElements.define("dense-layer", DenseLayer);
