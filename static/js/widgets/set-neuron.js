// <set-neuron size="3|5">: one neuron whose weights, bias and activation are set by hand, and a task for it.
// Fires "stride:neuron" with {z, output} and, once, "stride:solved". Keeps everything in the address.
import { ACTIVATIONS, activate, fires, products, weightedSum } from "../arithmetic/neuron.js";
import { WANTED, judge, pictures, presets } from "../arithmetic/small-pictures.js";
import { onThemeChange } from "../colour.js";
import { readState, writeState } from "../hash-state.js";
import { activationCurve } from "./parts/activation-curve.js";
import { announcer } from "./parts/announcer.js";
import { button, numberField, segments } from "./parts/controls.js";
import { element } from "./parts/element.js";
import { numberGrid, signed, weightGrid } from "./parts/number-grid.js";
import { PaintGrid } from "./parts/paint-grid.js";

const LIMIT = 3;
const BIAS_LIMIT = 10;
const STEP = 0.5;

class SetNeuron extends HTMLElement {
  #size = 3;
  #inputs = [];
  #weights = [];
  #bias = 0;
  #activation = "relu";
  #parts = {};
  #solved = false;

  connectedCallback() {
    if (this.#inputs.length) return;
    this.#size = this.getAttribute("size") === "5" ? 5 : 3;
    this.#inputs = pictures(this.#size)[WANTED];
    this.#weights = presets(this.#size)[0].weights;
    this.#recall();
    this.#build();
    onThemeChange(() => this.#set({}));
    this.#show();
  }

  #build() {
    const columns = this.#size;
    const parts = this.#parts;
    parts.voice = announcer();
    parts.inputs = new PaintGrid({ rows: columns, columns, values: this.#inputs, label: "Input image", change: (values) => this.#change({ inputs: values }) });
    parts.weights = weightGrid({ columns, values: this.#weights, limit: LIMIT, step: STEP, change: (values) => this.#change({ weights: values }) });
    parts.products = numberGrid({ columns, label: "Input times weight", limit: LIMIT });
    parts.bias = numberField({ label: "+ bias b", value: this.#bias, min: -BIAS_LIMIT, max: BIAS_LIMIT, step: STEP, change: (bias) => this.#change({ bias }) });
    parts.total = element("p");
    parts.z = element("p");
    parts.curve = activationCurve();
    parts.activation = segments({ legend: "activation", options: Object.entries(ACTIVATIONS).map(([name, { title }]) => [name, title]), value: this.#activation, pick: (activation) => this.#change({ activation }) });
    parts.sum = element("p", { class: "w-sum numeric" });
    parts.output = element("p", { class: "w-output numeric" });
    parts.meter = element("span", { class: "w-meter__fill" });
    parts.task = element("div", { class: "w-task" });
    this.replaceChildren(...this.#frame());
  }

  #frame() {
    const { inputs, weights, products: result, bias, total, z, curve, activation, sum, output, meter, task, voice } = this.#parts;
    const sets = presets(this.#size).map((preset) => button(preset.title, () => this.#set(preset)));
    return [
      element("div", { class: "w-bar" }, element("div", {}, element("span", { class: "w-label", text: "weights to start from" }), element("div", { class: "w-row" }, sets)), activation.node),
      element(
        "div",
        { class: "w-equation" },
        column("input x", inputs.node, "paint it"),
        operator("×"),
        column("weights w", weights.node, "type, or use the slider"),
        operator("="),
        column("products", result.node, "add them all up"),
        element("div", { class: "w-equation__sum numeric" }, total, bias.node, z),
        element("div", { class: "w-equation__out" }, curve.node, output, element("span", { class: "w-meter" }, meter)),
      ),
      weights.slider,
      sum,
      task,
      voice.node,
    ];
  }

  #change(changes) {
    this.#inputs = changes.inputs ?? this.#inputs;
    this.#weights = changes.weights ?? this.#weights;
    this.#bias = changes.bias ?? this.#bias;
    this.#activation = changes.activation ?? this.#activation;
    this.#show();
    writeState("neuron", this.#state);
  }

  /** Change what the controls show too, not only the numbers behind them. */
  #set({ inputs = this.#inputs, weights = this.#weights, bias = this.#bias }) {
    this.#parts.inputs.set(inputs);
    this.#parts.weights.set(weights);
    this.#parts.bias.input.value = bias;
    this.#change({ inputs, weights, bias });
  }

  #show() {
    const z = weightedSum(this.#inputs, this.#weights, this.#bias);
    const output = activate(this.#activation, z);
    this.#parts.products.show(products(this.#inputs, this.#weights));
    this.#parts.total.replaceChildren("sum ", element("b", { text: signed(z - this.#bias) }));
    this.#parts.z.replaceChildren("= z ", element("b", { text: signed(z) }));
    this.#parts.curve.show({ name: this.#activation, z });
    this.#parts.sum.replaceChildren("z = ", ...this.#terms(), ` = `, element("b", { text: signed(z) }));
    this.#parts.output.replaceChildren("output ", element("b", { text: signed(output) }), fires(z) ? ": it fires" : ": silent");
    this.#parts.meter.style.inlineSize = `${Math.min(1, Math.max(0, output / (this.#activation === "sigmoid" || this.#activation === "step" ? 1 : LIMIT))) * 100}%`;
    this.#showTask();
    this.#parts.voice.say(`z is ${signed(z)}, output ${signed(output)}, ${fires(z) ? "it fires" : "silent"}`);
    this.dispatchEvent(new CustomEvent("stride:neuron", { bubbles: true, detail: { z, output } }));
  }

  #terms() {
    const lit = this.#inputs.map((input, index) => [input, this.#weights[index]]).filter(([input]) => input !== 0);
    const written = lit.map(([input, weight]) => `${signed(input)}·${weight < 0 ? `(${signed(weight)})` : signed(weight)}`);
    const dark = this.#inputs.length - lit.length;
    const rest = dark ? ` + 0 (${dark} pixels of paper)` : "";
    const bias = ` ${this.#bias < 0 ? "−" : "+"} ${signed(Math.abs(this.#bias))} (bias)`;
    return [written.length ? written.join(" + ") : "", written.length ? rest : rest.slice(3), bias];
  }

  #showTask() {
    const { cases, solved, hint } = judge({ weights: this.#weights, bias: this.#bias, size: this.#size });
    this.#parts.task.replaceChildren(
      element("p", {}, element("b", { text: "Your task: " }), `make it fire for the ${WANTED} and stay silent for everything else.`),
      element("ul", { class: "w-task__cases" }, cases.map((each) => this.#case(each))),
      element("p", { class: "w-task__hint", text: hint }),
    );
    if (solved && !this.#solved) this.dispatchEvent(new CustomEvent("stride:solved", { bubbles: true }));
    this.#solved = solved;
  }

  #case({ name, picture, z, fires: does, wanted }) {
    const right = does === wanted;
    const verdict = right ? (wanted ? "as it should" : "as it should be") : wanted ? "should fire" : "should be silent";
    return element(
      "li",
      {},
      button(name, () => this.#set({ inputs: picture }), { "data-picture": name }),
      element("span", { class: "w-task__z numeric", text: `z = ${signed(z)}` }),
      element("span", { class: `tag ${right ? "tag--good" : "tag--bad"}`, text: `${does ? "fires" : "silent"}, ${verdict}` }),
    );
  }

  get #state() {
    return [this.#inputs.map((value) => (value >= 0.5 ? 1 : 0)).join(""), this.#weights.join(","), this.#bias, this.#activation].join(":");
  }

  #recall() {
    const [inputs, weights, bias, activation] = (readState("neuron") ?? "").split(":");
    const count = this.#size ** 2;
    const numbers = (weights ?? "").split(",").map(Number);
    if (inputs?.length !== count || numbers.length !== count || !numbers.every(Number.isFinite)) return;
    this.#inputs = [...inputs].map(Number);
    this.#weights = numbers;
    this.#bias = Number(bias) || 0;
    this.#activation = ACTIVATIONS[activation] ? activation : "relu";
  }
}

function column(title, node, note) {
  return element("div", { class: "w-equation__column" }, element("p", { class: "w-label", text: title }), node, element("p", { class: "w-quiet", text: note }));
}

function operator(sign) {
  return element("span", { class: "w-equation__sign", "aria-hidden": "true", text: sign });
}

customElements.define("set-neuron", SetNeuron);
