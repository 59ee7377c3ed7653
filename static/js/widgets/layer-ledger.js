// <layer-ledger arch="threeblock|lenet5" shape="3x32x32" hidden="512" classes="10">: what every layer costs.
// Fires "stride:ledger" with {parameters, multiplyAdds}. Keeps its settings in the address.
import { STACKS, ledger, totals, written } from "../arithmetic/ledger.js";
import { readState, writeState } from "../hash-state.js";
import { percent } from "../percent.js";
import { announcer } from "./parts/announcer.js";
import { numberField, segments } from "./parts/controls.js";
import { element } from "./parts/element.js";

const ARCHITECTURES = [["threeblock", "three blocks"], ["lenet5", "LeNet-5"]];
const SIZES = [28, 32, 64, 96, 224];
const LIMITS = { hidden: { min: 1, max: 4096 }, classes: { min: 2, max: 1000 } };
const USUAL_HIDDEN = { threeblock: 512, lenet5: 120 };
const SMALL_SIDE = 32;
const COLUMNS = ["layer", "output shape", "parameters", "multiply-adds", "receptive field"];

class LayerLedger extends HTMLElement {
  #settings = null;
  #open = null;
  #parts = {};

  connectedCallback() {
    if (this.#settings) return;
    this.#settings = this.#fromAttributes();
    this.#recall();
    this.#build();
    this.#show();
  }

  #fromAttributes() {
    const number = (name, fallback) => Number(this.getAttribute(name)) || fallback;
    const arch = STACKS[this.getAttribute("arch")] ? this.getAttribute("arch") : "threeblock";
    const [channels, size] = (this.getAttribute("shape") ?? "").split("x").map(Number);
    return { arch, size: size || SMALL_SIDE, channels: channels || 3, hidden: number("hidden", USUAL_HIDDEN[arch]), classes: number("classes", 10) };
  }

  #build() {
    const { arch, size, channels, hidden, classes } = this.#settings;
    const parts = this.#parts;
    const sizes = [...new Set([...SIZES, size])].sort((one, other) => one - other).map((side) => [String(side), `${side} × ${side}`]);
    parts.voice = announcer();
    parts.arch = segments({ legend: "network", options: ARCHITECTURES, value: arch, pick: (value) => this.#changeNetwork(value) });
    parts.size = segments({ legend: "image", options: sizes, value: String(size), pick: (value) => this.#change({ size: Number(value) }) });
    parts.channels = segments({ legend: "channels", options: [["1", "1"], ["3", "3"]], value: String(channels), pick: (value) => this.#change({ channels: Number(value) }) });
    parts.hidden = numberField({ label: "hidden units", value: hidden, ...LIMITS.hidden, change: (value) => this.#change({ hidden: value }) });
    parts.classes = numberField({ label: "classes", value: classes, ...LIMITS.classes, change: (value) => this.#change({ classes: value }) });
    parts.table = element("table", { class: "w-table w-ledger" });
    parts.sentence = element("p", { class: "w-ledger__sentence" });
    this.replaceChildren(
      element("div", { class: "w-bar" }, parts.arch.node, parts.size.node, parts.channels.node, element("div", { class: "w-bar" }, parts.hidden.node, parts.classes.node)),
      element("div", { class: "w-scroll", tabindex: "0", role: "region", "aria-label": "Layer table" }, parts.table),
      parts.sentence,
      parts.voice.node,
    );
  }

  #changeNetwork(arch) {
    this.#parts.hidden.input.value = USUAL_HIDDEN[arch];
    this.#change({ arch, hidden: USUAL_HIDDEN[arch] });
  }

  #change(changes) {
    Object.assign(this.#settings, changes);
    this.#show();
    const { arch, size, channels, hidden, classes } = this.#settings;
    writeState("ledger", [arch, size, channels, hidden, classes].join(","));
  }

  #recall() {
    const [arch, ...numbers] = (readState("ledger") ?? "").split(",");
    const [size, channels, hidden, classes] = numbers.map(Number);
    if (!STACKS[arch] || ![size, channels, hidden, classes].every((value) => Number.isInteger(value) && value > 0)) return;
    this.#settings = { arch, size, channels, hidden, classes };
  }

  #rows(size = this.#settings.size) {
    const { arch, channels, hidden, classes } = this.#settings;
    return ledger(arch, { shape: [channels, size, size], hidden, classes });
  }

  #show() {
    try {
      const rows = this.#rows();
      const sum = totals(rows);
      this.#parts.table.replaceChildren(caption(), head(), this.#body(rows, sum), foot(sum));
      this.#parts.sentence.replaceChildren(...this.#explain(rows, sum));
      this.#parts.voice.say(`${written(sum.parameters)} parameters, ${written(sum.multiplyAdds)} multiply-adds`);
      this.dispatchEvent(new CustomEvent("stride:ledger", { bubbles: true, detail: sum }));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#parts.table.replaceChildren();
      this.#parts.sentence.textContent = `${error.message} Choose a larger image.`;
    }
  }

  #body(rows, sum) {
    const most = Math.max(...rows.map((each) => each.parameters));
    return element("tbody", {}, rows.flatMap((each) => this.#line(each, { sum, most })));
  }

  #line(row, { sum, most }) {
    const open = this.#open === row.name;
    const flip = () => { this.#open = open ? null : row.name; this.#show(); this.querySelector(`[data-layer="${row.name}"]`).focus(); };
    const name = element("button", { type: "button", class: "w-ledger__name", "data-layer": row.name, "aria-expanded": String(open), onclick: flip }, element("b", { text: row.name }), element("span", { text: row.kind }));
    const share = row.parameters / sum.parameters;
    const bar = element("span", { class: "w-ledger__bar", "aria-hidden": "true" });
    bar.style.inlineSize = `${(row.parameters / most) * 100}%`;
    const cells = [
      element("th", { scope: "row" }, name),
      element("td", { class: "numeric", text: row.shape.map(written).join(" × ") }),
      element("td", { class: "w-ledger__parameters numeric", "data-most": share > 0.5 }, row.parameters ? bar : null, element("span", { text: row.parameters ? written(row.parameters) : "–" })),
      element("td", { class: "numeric", text: row.multiplyAdds ? written(row.multiplyAdds) : "–" }),
      element("td", { class: "numeric", text: `${row.receptiveField} × ${row.receptiveField}` }),
    ];
    return [element("tr", {}, cells), open ? formulas(row) : null].filter(Boolean);
  }

  #explain(rows, sum) {
    const largest = rows.reduce((most, each) => (each.parameters > most.parameters ? each : most));
    const share = percent(largest.parameters / sum.parameters);
    const sentence = [element("b", { text: largest.name }), ` holds ${share} of all parameters: ${largest.formula}.`];
    if (this.#settings.size <= SMALL_SIDE) return sentence;
    const small = totals(this.#rows(SMALL_SIDE)).parameters;
    const convolutions = rows.filter((each) => each.type === "conv").reduce((total, each) => total + each.parameters, 0);
    return [
      ...sentence,
      ` At ${SMALL_SIDE} × ${SMALL_SIDE} the same network has ${written(small)} parameters; here it has ${written(Math.round(sum.parameters / small))} times as many, `,
      `while its convolutions kept their ${written(convolutions)}.`,
    ];
  }
}

function caption() {
  return element("caption", { class: "w-quiet" }, element("span", { class: "w-scroll__said", text: "One image through the network. Open a layer to see its arithmetic." }));
}

function head() {
  return element("thead", {}, element("tr", {}, COLUMNS.map((text, index) => element("th", { scope: "col", class: index ? "numeric" : null, text }))));
}

function foot({ parameters, multiplyAdds }) {
  const cells = [element("th", { scope: "row", text: "all layers" }), element("td"), element("td", { class: "numeric", text: written(parameters) }), element("td", { class: "numeric", text: written(multiplyAdds) }), element("td")];
  return element("tfoot", {}, element("tr", {}, cells));
}

function formulas(row) {
  const view = `${row.receptiveField} × ${row.receptiveField} input pixels`;
  const facts = [["output size", row.size], ["parameters", row.formula], ["multiply-adds", row.work], ["one output sees", view]];
  const list = facts.filter(([, text]) => text).flatMap(([name, text]) => [element("dt", { text: name }), element("dd", { text })]);
  return element("tr", { class: "w-ledger__formulas" }, element("td", { colspan: COLUMNS.length }, element("dl", {}, list)));
}

customElements.define("layer-ledger", LayerLedger);
