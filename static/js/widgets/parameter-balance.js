// <parameter-balance>: what a dense layer and a convolution have to learn for the same image, drawn to scale.
// Fires "stride:balance" with {dense, conv} parameters. Keeps its settings in the address.
import { balance, bytesWritten } from "../arithmetic/counting.js";
import { readState, writeState } from "../hash-state.js";
import { announcer } from "./parts/announcer.js";
import { button, segments, slider } from "./parts/controls.js";
import { element } from "./parts/element.js";
import { growthChart, toScale } from "./parts/balance-pictures.js";

const written = (value) => value.toLocaleString("en");
const STEPS = {
  side: Array.from({ length: 64 }, (_, index) => 8 * (index + 1)),
  channels: [1, 2, 3, 4, 6, 8, 12, 16, 32, 64, 128],
  units: [1, 2, 4, 8, 10, 16, 32, 64, 100, 128, 256, 512, 1000, 2048, 4096],
  filters: [1, 2, 4, 8, 16, 32, 64, 96, 128, 256, 512],
};
const KERNELS = ["1", "3", "5", "7", "11"];
const LESSON = { side: 224, channels: 3, units: 1000, filters: 64, kernel: 3, bias: true };
const TWICE = 2;

class ParameterBalance extends HTMLElement {
  #settings = null;
  #parts = {};

  connectedCallback() {
    if (this.#settings) return;
    this.#settings = { ...LESSON };
    this.#recall();
    this.#build();
    this.#show();
  }

  #build() {
    const parts = this.#parts;
    const { kernel, bias } = this.#settings;
    const change = (name) => (value) => this.#change({ [name]: value });
    const slide = (name, label, word = written) => slider({ label, steps: STEPS[name], value: this.#settings[name], written: word, change: change(name) });
    parts.side = slide("side", "image", (side) => `${side} × ${side} pixels`);
    parts.channels = slide("channels", "channels");
    parts.units = slide("units", "neurons (dense layer)");
    parts.filters = slide("filters", "filters (convolution)");
    parts.kernel = segments({ legend: "kernel", options: KERNELS.map((size) => [size, `${size} × ${size}`]), value: String(kernel), pick: (size) => this.#change({ kernel: Number(size) }) });
    parts.bias = segments({ legend: "bias", options: [["with", "with"], ["without", "without"]], value: bias ? "with" : "without", pick: (word) => this.#change({ bias: word === "with" }) });
    parts.voice = announcer();
    parts.scale = toScale();
    parts.growth = growthChart();
    parts.table = element("table", { class: "w-table w-balance__table" });
    parts.sentence = element("p", { class: "w-balance__sentence" });
    this.replaceChildren(
      element("div", { class: "w-balance__ranges" }, parts.side.node, parts.channels.node, parts.units.node, parts.filters.node),
      element("div", { class: "w-bar" }, parts.kernel.node, parts.bias.node, button("the lesson’s example", () => this.#reset())),
      element("div", { class: "w-balance__pictures" }, parts.scale.node, parts.growth.node),
      parts.sentence,
      element("div", { class: "w-scroll", tabindex: "0", role: "region", "aria-label": "Dense layer and convolution compared" }, parts.table),
      parts.voice.node,
    );
  }

  #reset() {
    for (const name of Object.keys(STEPS)) this.#parts[name].set(LESSON[name]);
    this.#parts.kernel.set(String(LESSON.kernel));
    this.#parts.bias.set("with");
    this.#change(LESSON);
  }

  #change(changes) {
    Object.assign(this.#settings, changes);
    this.#show();
    const { side, channels, units, filters, kernel, bias } = this.#settings;
    writeState("balance", [side, channels, units, filters, kernel, bias ? 1 : 0].join(","));
  }

  #recall() {
    const [side, channels, units, filters, kernel, bias] = (readState("balance") ?? "").split(",").map(Number);
    const kept = { side, channels, units, filters };
    const known = Object.entries(kept).every(([name, value]) => STEPS[name].includes(value));
    if (known && KERNELS.includes(String(kernel))) this.#settings = { ...kept, kernel, bias: bias === 1 };
  }

  #show() {
    const counted = balance(this.#settings);
    const larger = balance({ ...this.#settings, side: this.#settings.side * TWICE });
    this.#parts.scale.show({ dense: counted.dense.parameters, conv: counted.conv.parameters });
    this.#parts.growth.show(this.#settings);
    this.#parts.table.replaceChildren(...this.#rows(counted));
    this.#parts.sentence.replaceChildren(...compared(counted, larger));
    this.#parts.voice.say(`Dense layer: ${written(counted.dense.parameters)} parameters. Convolution: ${written(counted.conv.parameters)}.`);
    const detail = { dense: counted.dense.parameters, conv: counted.conv.parameters };
    this.dispatchEvent(new CustomEvent("stride:balance", { bubbles: true, detail }));
  }

  #rows({ inputs, dense, conv }) {
    const { side, channels, units, filters, kernel, bias } = this.#settings;
    const lines = [
      ["weights", `${side} × ${side} × ${channels} × ${written(units)} = ${written(inputs * units)}`, `${kernel} × ${kernel} × ${channels} × ${filters} = ${written(conv.parameters - (bias ? filters : 0))}`],
      ["biases", bias ? written(units) : "none", bias ? written(filters) : "none"],
      ["parameters", element("b", { text: written(dense.parameters) }), element("b", { text: written(conv.parameters) })],
      ["memory for them, as float32", bytesWritten(dense.bytes), bytesWritten(conv.bytes)],
      ["numbers that come out", written(dense.outputs), `${side} × ${side} × ${filters} = ${written(conv.outputs)}`],
      ["multiply-adds for one image", written(dense.multiplyAdds), written(conv.multiplyAdds)],
    ];
    const heads = ["", "dense layer", "convolution"].map((text, index) => element(index ? "th" : "td", { scope: index ? "col" : null, class: index ? `numeric w-balance__${index === 1 ? "dense" : "conv"}` : null, text }));
    const body = lines.map(([name, ...cells]) => element("tr", {}, element("th", { scope: "row", text: name }), cells.map((cell) => element("td", { class: "numeric" }, cell))));
    return [element("thead", {}, element("tr", {}, heads)), element("tbody", {}, body)];
  }
}

function compared({ dense, conv }, larger) {
  const [more, fewer, name] = dense.parameters >= conv.parameters ? [dense, conv, "dense layer"] : [conv, dense, "convolution"];
  const ratio = more.parameters / fewer.parameters;
  const times = ratio >= 10 ? written(Math.round(ratio)) : ratio.toFixed(1);
  const growth = larger.dense.parameters / dense.parameters;
  return [
    "The ", element("b", { text: name }), ` has ${times} times as many parameters. `,
    `On an image twice as high and twice as wide, the dense layer would have ${growth.toFixed(growth > 3.95 ? 0 : 1)} times as many as now, and the convolution not one more.`,
  ];
}

customElements.define("parameter-balance", ParameterBalance);
