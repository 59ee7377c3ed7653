// <pooling-stepper kind="max|average|global" kernel="2" stride="2">: one window after the other over a feature map. Plays by itself
// until a hand takes over. Fires "stride:pooled" with {value}. Keeps its settings in the address.
import { css, inkOn, sequential } from "../colour.js";
import { KINDS, changed, moved, pooled } from "../arithmetic/pooling.js";
import { readState, writeState } from "../hash-state.js";
import { announcer } from "./parts/announcer.js";
import { button, segments } from "./parts/controls.js";
import { element } from "./parts/element.js";
import { signed } from "./parts/number-grid.js";
import { Playing } from "./parts/playing.js";

// Maps as a filter might make them: mostly nothing, and here and there a find. Strengths are whole so that sums can be checked by eye.
const MAPS = [
  "00000000 09000300 00000000 00007000 05000000 00000060 00800000 00000002",
  "12100000 24200000 12100000 00000110 00000350 00000110 06000000 00000009",
  "98765432 87654321 76543210 65432101 54321012 43210123 32101234 21012345",
].map((rows) => rows.split(" ").map((row) => [...row].map(Number)));
const TOP = 9;
const BEAT_MILLISECONDS = 900;
const STEPS = { ArrowRight: 1, ArrowLeft: -1 };
const MOVES = [["←", "left", { right: -1 }], ["→", "right", { right: 1 }], ["↑", "up", { down: -1 }], ["↓", "down", { down: 1 }]];

class PoolingStepper extends HTMLElement {
  #set = null;
  #map = null;
  #before = null;
  #pool = null;
  #at = 0;
  #parts = {};

  connectedCallback() {
    if (this.#set) return;
    const kind = KINDS[this.getAttribute("kind")] ? this.getAttribute("kind") : "max";
    const kernel = Number(this.getAttribute("kernel")) || 2;
    this.#set = { kind, kernel, stride: Number(this.getAttribute("stride")) || kernel, map: 0 };
    this.#recall();
    this.#build();
    this.#take(MAPS[this.#set.map]);
  }

  #build() {
    const parts = this.#parts;
    const { kind, kernel, stride } = this.#set;
    parts.voice = announcer();
    parts.kind = segments({ legend: "keep the", options: Object.entries(KINDS).map(([name, { title }]) => [name, title]), value: kind, pick: (value) => this.#change({ kind: value }) });
    parts.kernel = segments({ legend: "window", options: [["2", "2 × 2"], ["3", "3 × 3"], ["4", "4 × 4"]], value: String(kernel), pick: (value) => this.#resize(Number(value)) });
    parts.stride = segments({ legend: "stride", options: [["1", "1"], ["2", "2"], ["3", "3"], ["4", "4"]], value: String(stride), pick: (value) => this.#change({ stride: Number(value) }) });
    parts.map = segments({ legend: "feature map", options: [["0", "a few finds"], ["1", "blobs"], ["2", "a slope"]], value: String(this.#set.map), pick: (value) => { this.#set.map = Number(value); this.#take(MAPS[this.#set.map]); this.#keep(); } });
    parts.playing = new Playing({ beat: BEAT_MILLISECONDS, step: () => this.#play() });
    parts.back = button("Step back", () => this.#walk(-1));
    parts.on = button("Step on", () => this.#walk(1));
    for (const name of ["input", "output"]) parts[name] = this.#grid(name);
    for (const name of ["inputTitle", "outputTitle"]) parts[name] = element("p", { class: "w-label" });
    parts.sum = element("p", { class: "w-sum numeric" });
    parts.sentence = element("p", { class: "w-pool__sentence" });
    parts.moved = element("p", { class: "w-pool__sentence" });
    this.replaceChildren(...this.#frame());
  }

  #grid(name) {
    const node = element("div", { class: "w-grid w-pool__grid", role: "application", tabindex: "0" });
    const hear = (event) => {
      const index = [...node.children].indexOf(event.target.closest(".w-cell"));
      if (index >= 0) this.#pointed(name, index);
    };
    node.addEventListener("pointerover", (event) => { if (event.pointerType === "mouse") hear(event); });
    node.addEventListener("pointerdown", hear);
    node.addEventListener("keydown", (event) => this.#key(event));
    return node;
  }

  #frame() {
    const { kind, kernel, stride, map, playing, back, on, input, output, inputTitle, outputTitle, sum, sentence, moved: told, voice } = this.#parts;
    const moves = MOVES.map(([sign, name, by]) => button(sign, () => this.#move(by), { "aria-label": `Move the map ${name} by one` }));
    return [
      element("div", { class: "w-bar" }, kind.node, kernel.node, stride.node, map.node),
      element("div", { class: "w-row" }, back, playing.node, on),
      element("div", { class: "w-pool" }, element("div", {}, inputTitle, input), element("span", { class: "w-equation__sign", "aria-hidden": "true", text: "→" }), element("div", {}, outputTitle, output)),
      sum,
      sentence,
      element("div", { class: "w-pool__moves", role: "group", "aria-label": "Move the map" }, element("span", { class: "w-label", text: "move the map by one" }), element("div", { class: "w-row" }, moves, button("as it was", () => this.#take(MAPS[this.#set.map])))),
      told,
      voice.node,
    ];
  }

  #resize(kernel) {
    this.#parts.stride.set(String(kernel));
    this.#change({ kernel, stride: kernel });
  }

  #change(changes) {
    Object.assign(this.#set, changes);
    this.#before = null;
    this.#at = 0;
    this.#parts.playing.yield();
    this.#show();
    this.#keep();
  }

  #keep() {
    const { kind, kernel, stride, map } = this.#set;
    writeState("pool", [kind, kernel, stride, map].join(","));
  }

  #recall() {
    const [kind, ...numbers] = (readState("pool") ?? "").split(",");
    const [kernel, stride, map] = numbers.map(Number);
    if (KINDS[kind] && kernel >= 2 && kernel <= 4 && stride >= 1 && stride <= 4 && MAPS[map]) this.#set = { kind, kernel, stride, map };
  }

  #take(map) {
    this.#map = map;
    this.#before = null;
    this.#at = 0;
    this.#parts.playing.yield();
    this.#show();
  }

  #move(by) {
    this.#parts.playing.yield();
    this.#before = this.#pool;
    this.#map = moved(this.#map, by);
    this.#show();
  }

  #play() {
    this.#at = (this.#at + 1) % this.#pool.windows.length;
    this.#draw();
    return this.#pool.windows.length > 1;
  }

  #walk(by) {
    this.#parts.playing.yield();
    const count = this.#pool.windows.length;
    this.#at = (this.#at + by + count) % count;
    this.#draw();
  }

  #pointed(name, index) {
    this.#parts.playing.yield();
    const at = name === "output" ? index : this.#pool.windows.findIndex(({ cells }) => cells.some(([row, column]) => row * this.#map[0].length + column === index));
    if (at < 0 || at === this.#at) return;
    this.#at = at;
    this.#draw();
  }

  #key(event) {
    const by = STEPS[event.key] ?? { ArrowDown: this.#pool.columns, ArrowUp: -this.#pool.columns }[event.key];
    if (!by) return;
    event.preventDefault();
    const next = this.#at + by;
    if (next >= 0 && next < this.#pool.windows.length) this.#walk(by);
    else this.#parts.playing.yield();
  }

  #show() {
    const { kind, kernel } = this.#set;
    for (const name of ["kernel", "stride"]) this.#parts[name].node.disabled = kind === "global";
    this.#pool = pooled(this.#map, this.#set);
    this.#at = Math.min(this.#at, this.#pool.windows.length - 1);
    const size = this.#map.length;
    this.#parts.inputTitle.textContent = `feature map, ${size} × ${size}`;
    this.#parts.outputTitle.textContent = `pooled, ${this.#pool.rows} × ${this.#pool.columns}`;
    this.#parts.sentence.textContent = `${size * size} values in, ${this.#pool.windows.length} out, nothing to learn. ${lost(this.#pool, { kind, kernel, size })}`;
    this.#parts.moved.textContent = this.#toldOfMove();
    this.#draw();
  }

  #toldOfMove() {
    if (!this.#before) return "Nothing moved yet. How many outputs will change when every find moves by one?";
    const count = changed(this.#before, this.#pool);
    const all = this.#pool.windows.length;
    if (count === 0) return all === 1 ? "The one output did not change." : `None of the ${all} outputs changed.`;
    return all === 1 ? "The one output changed: something left the map." : `${count} of ${all} outputs changed.`;
  }

  #draw() {
    const { windows, columns } = this.#pool;
    const now = windows[this.#at];
    const [read, kept] = [now.cells, now.kept].map((cells) => new Set(cells.map(([row, column]) => row * this.#map[0].length + column)));
    fill(this.#parts.input, this.#map.flat(), { columns: this.#map[0].length, mark: (index) => (kept.has(index) ? "kept" : read.has(index) ? "read" : null) });
    fill(this.#parts.output, windows.map(({ value }) => value), { columns, mark: (index) => (index === this.#at ? "kept" : this.#before && this.#before.windows[index]?.value !== windows[index].value ? "changed" : null) });
    const words = written(now, this.#set.kind);
    this.#parts.sum.replaceChildren(`${words} = `, element("b", { text: signed(now.value) }));
    const place = `Output row ${now.row}, column ${now.column}`;
    this.#parts.input.setAttribute("aria-label", `Feature map: ${rowsWritten(this.#map)}. ${place} is ${words} = ${signed(now.value)}. Arrow keys choose another window.`);
    this.#parts.output.setAttribute("aria-label", `Pooled map: ${rowsWritten(chunks(windows.map(({ value }) => value), columns))}. Arrow keys choose another window.`);
    if (!this.#parts.playing.isOn) this.#parts.voice.say(`${place}: ${words} = ${signed(now.value)}. ${this.#before ? this.#parts.moved.textContent : ""}`);
    this.dispatchEvent(new CustomEvent("stride:pooled", { bubbles: true, detail: { value: now.value } }));
  }
}

/** Show numbers in a grid whose cells stay where they are, so that a pointer on one keeps its place. */
function fill(node, values, { columns, mark }) {
  node.style.setProperty("--columns", columns);
  while (node.children.length > values.length) node.lastChild.remove();
  while (node.children.length < values.length) node.append(element("span", { class: "w-cell" }));
  values.forEach((value, index) => {
    const colour = sequential(value / TOP);
    const cell = node.children[index];
    cell.textContent = signed(value);
    cell.toggleAttribute("data-long", cell.textContent.length > 3);
    cell.style.backgroundColor = css(colour);
    cell.style.color = css(inkOn(colour));
    const marked = mark(index);
    if (marked) cell.dataset.mark = marked;
    else delete cell.dataset.mark;
  });
}

function written({ values }, kind) {
  if (kind === "max") return `max(${values.map(signed).join(", ")})`;
  if (values.length > 16) return `sum of ${values.length} values / ${values.length} = ${signed(values.reduce((sum, value) => sum + value, 0))} / ${values.length}`;
  return `(${values.map(signed).join(" + ")}) / ${values.length}`;
}

function lost({ windows }, { kind, kernel, size }) {
  const reached = new Set(windows.flatMap(({ cells }) => cells.map(([row, column]) => row * size + column))).size;
  const unread = size * size - reached;
  const rest = unread ? ` ${unread} values are in no window and are lost.` : "";
  if (kind === "global") return "How much of the pattern there is, over the whole map; where it was is gone.";
  if (kind === "average") return `Each output is the mean of ${kernel * kernel} values.${rest}`;
  return `Each output says how strongly the pattern was found somewhere in its window.${rest}`;
}

const chunks = (values, size) => Array.from({ length: values.length / size }, (_, at) => values.slice(at * size, (at + 1) * size));
const rowsWritten = (rows) => rows.map((row) => row.map(signed).join(" ")).join("; ");

customElements.define("pooling-stepper", PoolingStepper);
