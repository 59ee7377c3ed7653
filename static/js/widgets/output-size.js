// <output-size size="8" kernel="3" stride="2" padding="0|same" dilation="1" channels="16" filters="32" groups="1">: PyTorch's rules for
// where a kernel lands. Fires "stride:size" with {output, parameters}. Keeps its settings in the address.
import { held, landing, ranges, reach, readings } from "../arithmetic/sliding.js";
import { onThemeChange } from "../colour.js";
import { readState, writeState } from "../hash-state.js";
import { announcer } from "./parts/announcer.js";
import { CellCanvas } from "./parts/cell-canvas.js";
import { button, numberField } from "./parts/controls.js";
import { element, freshId } from "./parts/element.js";

const FIELDS = {
  size: { label: "input side", min: 1, max: 256, usual: 8 },
  kernel: { label: "kernel", min: 1, max: 11, usual: 3 },
  stride: { label: "stride", min: 1, max: 16, usual: 1 },
  padding: { label: "padding", min: 0, max: 8, usual: 0 },
  dilation: { label: "dilation", min: 1, max: 8, usual: 1 },
  channels: { label: "channels in", min: 1, max: 1024, usual: 16 },
  filters: { label: "filters", min: 1, max: 1024, usual: 32 },
  groups: { label: "groups", min: 1, max: 1024, usual: 1 },
};
const SLIDING = ["size", "kernel", "stride", "padding", "dilation"];
const EXAMPLES = [
  ["224, kernel 3, padding 1", { size: 224, kernel: 3, stride: 1, padding: 1, dilation: 1 }],
  ["8, kernel 3, stride 2", { size: 8, kernel: 3, stride: 2, padding: 0, dilation: 1 }],
  ["224, kernel 3, stride 2, padding 1", { size: 224, kernel: 3, stride: 2, padding: 1, dilation: 1 }],
  ["7, kernel 3, dilation 2", { size: 7, kernel: 3, stride: 1, padding: 0, dilation: 2 }],
  ["8, kernel 4, “same”", { size: 8, kernel: 4, stride: 1, padding: "same", dilation: 1 }],
];
const TABLE_ROWS = 16;
const number = new Intl.NumberFormat("en");

class OutputSize extends HTMLElement {
  #set = null;
  #chosen = { row: 0, column: 0 };
  #landed = null;
  #parts = {};

  connectedCallback() {
    if (this.#set) return;
    this.#set = Object.fromEntries(Object.entries(FIELDS).map(([name, { usual }]) => [name, this.#attribute(name, usual)]));
    this.#recall();
    this.#build();
    onThemeChange(() => this.#show());
    this.#show();
  }

  #attribute(name, usual) {
    const given = this.getAttribute(name);
    return given === "same" ? "same" : Number(given ?? usual);
  }

  #build() {
    const parts = this.#parts;
    parts.voice = announcer();
    parts.fields = Object.fromEntries(Object.entries(FIELDS).map(([name, { label, min, max }]) => [name, numberField({ label, min, max, value: this.#set[name] === "same" ? 0 : this.#set[name], change: (value) => this.#change({ [name]: value }) })]));
    parts.same = element("input", { type: "checkbox", id: freshId("same"), onchange: () => this.#change({ padding: parts.same.checked ? "same" : Number(parts.fields.padding.input.value) }) });
    parts.input = new CellCanvas({ label: "Input", place: (place) => this.#pointed(place), key: (event) => this.#key(event) });
    parts.output = new CellCanvas({ label: "Output", place: (place) => this.#choose(place), key: (event) => this.#key(event) });
    for (const name of ["inputTitle", "outputTitle", "reads"]) parts[name] = element("p", { class: "w-label" });
    parts.formula = element("p", { class: "w-sum numeric" });
    parts.sentence = element("p", { class: "w-size__sentence" });
    parts.refusal = element("p", { class: "w-refusal", role: "status" });
    parts.table = element("table", { class: "w-table" });
    parts.held = element("dl", { class: "w-size__held" });
    this.replaceChildren(...this.#frame());
  }

  #frame() {
    const { fields, same, input, output, inputTitle, outputTitle, reads, formula, sentence, refusal, table, held: holding, voice } = this.#parts;
    const settings = ["size", "kernel", "stride", "padding"].map((name) => fields[name].node);
    const sameNode = element("div", { class: "w-check" }, same, element("label", { for: same.id, text: "“same”" }));
    return [
      element("div", { class: "w-row" }, EXAMPLES.map(([text, settingsOf]) => button(text, () => this.#take(settingsOf)))),
      element("div", { class: "w-bar" }, settings, sameNode, fields.dilation.node),
      formula,
      refusal,
      element("div", { class: "w-size" }, element("div", { class: "w-size__input" }, inputTitle, input.node), element("div", { class: "w-size__output" }, outputTitle, output.node, reads)),
      element("p", { class: "w-quiet w-size__key" }, mark("read", "read, the stronger the colour the more often"), mark("unread", "never read"), mark("zero", "zero of the padding"), mark("chosen", "read for the chosen output")),
      sentence,
      element("details", { class: "w-size__table" }, element("summary", { text: "Every place along one side, as a table" }), element("div", { class: "w-scroll", tabindex: "0", role: "group", "aria-label": "Places along one side" }, table)),
      element("div", { class: "w-bar" }, fields.channels.node, fields.filters.node, fields.groups.node, button("depthwise", () => this.#take({ groups: this.#set.channels, filters: this.#set.channels })), button("1 × 1", () => this.#take({ kernel: 1, stride: 1, padding: 0, dilation: 1, groups: 1 }))),
      holding,
      voice.node,
    ];
  }

  #take(changes) {
    for (const [name, value] of Object.entries(changes)) if (value !== "same") this.#parts.fields[name].input.value = value;
    this.#change(changes);
  }

  #change(changes) {
    Object.assign(this.#set, changes);
    this.#chosen = { row: 0, column: 0 };
    this.#show();
    writeState("size", Object.keys(FIELDS).map((name) => this.#set[name]).join(","));
  }

  #recall() {
    const given = (readState("size") ?? "").split(",");
    if (given.length !== Object.keys(FIELDS).length) return;
    const entries = Object.entries(FIELDS).map(([name, { min, max }], index) => [name, given[index] === "same" && name === "padding" ? "same" : within(Number(given[index]), { min, max })]);
    if (entries.every(([, value]) => value === "same" || Number.isInteger(value))) this.#set = Object.fromEntries(entries);
  }

  #show() {
    const isSame = this.#set.padding === "same";
    this.#parts.same.checked = isSame;
    this.#parts.fields.padding.input.disabled = isSame;
    this.#showSides();
    this.#showHeld();
  }

  #showSides() {
    const { size } = this.#set;
    this.toggleAttribute("data-refused", false);
    try {
      this.#landed = landing(size, this.#set);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#landed = null;
      this.toggleAttribute("data-refused", true);
      this.#parts.refusal.textContent = `PyTorch refuses: ${error.message}`;
      this.#parts.formula.textContent = "";
      this.#parts.voice.say(this.#parts.refusal.textContent);
      return;
    }
    this.#parts.refusal.textContent = "";
    this.#parts.formula.replaceChildren(...formula(size, { ...this.#set, ...this.#landed }));
    this.#parts.sentence.textContent = told(size, this.#landed);
    this.#fillTable();
    this.#draw();
    this.dispatchEvent(new CustomEvent("stride:size", { bubbles: true, detail: { output: this.#landed.output } }));
  }

  #draw() {
    const { size } = this.#set;
    const { before, after, output, places } = this.#landed;
    const parts = this.#parts;
    const whole = before + size + after;
    parts.inputTitle.textContent = `input ${size} × ${size}${before + after ? `, with its zeros ${whole} × ${whole}` : ""}`;
    parts.outputTitle.textContent = `output ${output} × ${output}`;
    parts.input.show({ rows: whole, columns: whole, look: this.#inputLook(), frames: before + after ? [{ top: before, left: before, rows: size, columns: size, thin: true }] : [] });
    parts.output.show({ rows: output, columns: output, look: (row, column) => ({ share: 0.12, chosen: row === this.#chosen.row && column === this.#chosen.column }), frames: [] });
    const { row, column } = this.#chosen;
    const words = `Output row ${row}, column ${column} reads ${counted("row", places[row])} and ${counted("column", places[column])}`;
    parts.reads.textContent = `${words}.`;
    parts.input.label(`Input with the places that are read. ${words}. Arrow keys choose another output.`);
    parts.output.label(`Output of ${output} by ${output}. ${words}. Arrow keys choose another output.`);
    parts.voice.say(`Output ${output} by ${output}. ${words}.`);
  }

  #inputLook() {
    const { size } = this.#set;
    const { before, places } = this.#landed;
    const counts = readings(size, places);
    const most = Math.max(...counts) ** 2;
    const rows = new Set(places[this.#chosen.row]);
    const columns = new Set(places[this.#chosen.column]);
    return (row, column) => {
      const [y, x] = [row - before, column - before];
      const chosen = rows.has(y) && columns.has(x);
      if (y < 0 || x < 0 || y >= size || x >= size) return { hollow: true, chosen };
      const times = counts[y] * counts[x];
      return { chosen, hatched: times === 0, share: times ? 0.12 + 0.5 * (times / most) : 0 };
    };
  }

  #pointed({ row, column }) {
    if (!this.#landed) return;
    const { places } = this.#landed;
    const middle = (reach(this.#set) - 1) / 2;
    const nearest = (at) => within(Math.round((at - middle) / this.#set.stride), { min: 0, max: places.length - 1 });
    this.#choose({ row: nearest(row), column: nearest(column) });
  }

  #choose({ row, column }) {
    if (!this.#landed || (row === this.#chosen.row && column === this.#chosen.column)) return;
    this.#chosen = { row, column };
    this.#draw();
  }

  #key(event) {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!step || !this.#landed) return;
    const limits = { min: 0, max: this.#landed.output - 1 };
    this.#choose({ row: within(this.#chosen.row + step[0], limits), column: within(this.#chosen.column + step[1], limits) });
    event.preventDefault();
  }

  #fillTable() {
    const { places } = this.#landed;
    const shown = places.slice(0, TABLE_ROWS);
    const rows = shown.map((pixels, output) => element("tr", {}, element("th", { scope: "row", class: "numeric", text: String(output) }), element("td", { text: listed(pixels) })));
    const rest = places.length - shown.length;
    if (rest) rows.push(element("tr", {}, element("td", { colspan: 2, class: "w-quiet", text: `and ${rest} more, each ${this.#set.stride} further` })));
    this.#parts.table.replaceChildren(
      element("caption", { class: "w-quiet", text: "Rows and columns follow the same rule. Numbers below 0, or past the last row or column of the input, are zeros of the padding." }),
      element("thead", {}, element("tr", {}, element("th", { scope: "col", class: "numeric", text: "output" }), element("th", { scope: "col", text: "reads" }))),
      element("tbody", {}, rows),
    );
  }

  #showHeld() {
    const { channels, filters, kernel, groups } = this.#set;
    try {
      const found = held({ inChannels: channels, outChannels: filters, kernel, groups });
      this.#parts.held.replaceChildren(...facts(found, { output: this.#landed?.output, filters }));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#parts.held.replaceChildren(element("dt", { text: "PyTorch refuses" }), element("dd", { text: error.message }));
    }
  }
}

function mark(kind, words) {
  return element("span", { class: "w-size__mark" }, element("i", { class: `w-size__swatch w-size__swatch--${kind}`, "aria-hidden": "true" }), words);
}

function formula(size, { kernel, stride, padding, dilation, before, after, output }) {
  const zeros = padding === "same" ? `${before} + ${after}` : `2·${padding}`;
  return [`⌊(${size} + ${zeros} − ${dilation}·(${kernel} − 1) − 1) / ${stride}⌋ + 1 = `, element("b", { text: String(output) })];
}

function told(size, { unread, rest, before, after }) {
  const ending = rest && after ? ` The padding’s last ${rest === 1 ? "row and column are" : `${Math.min(rest, after)} rows and columns are`} not reached.` : "";
  const uneven = before === after ? "" : ` The zeros do not halve evenly: ${before} before, ${after} after.`;
  if (unread.length === 0) return `Every pixel is read.${ending}${uneven}`;
  if (unread.length === size) return `No pixel is read, only zeros.${uneven}`;
  return `${unread.length === 1 ? "Row and column" : "Rows and columns"} ${ranges(unread)} are never read: the output does not know what stands there.${uneven}`;
}

function facts({ shape, perFilter, parameters, formula: written }, { output, filters }) {
  const entries = [["weights", `(${shape.join(", ")})`], ["parameters", written]];
  if (output) entries.push(["multiply-adds", `${output} · ${output} · ${filters} outputs, ${number.format(perFilter)} each = ${number.format(output * output * filters * perFilter)}`]);
  return entries.flatMap(([name, text]) => [element("dt", { text: name }), element("dd", { class: "numeric", "data-value": name === "parameters" ? parameters : null, text })]);
}

const counted = (word, pixels) => `${word}${pixels.length === 1 ? "" : "s"} ${listed(pixels)}`;
const listed = (pixels) => ranges(pixels).replaceAll("-", "−");
const within = (value, { min, max }) => Math.min(max, Math.max(min, value));

customElements.define("output-size", OutputSize);
