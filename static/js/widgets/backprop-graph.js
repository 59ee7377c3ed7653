// <backprop-graph graph="unit|filter">: a computation graph stepped forwards, then backwards by the chain rule. Values can be set.
// Fires "stride:backprop" with {step, loss}. Keeps step and values in the address.
import { backwards, forwards, slopesOf } from "../arithmetic/graph.js";
import { GRAPHS, descended, stepsThrough, written } from "../arithmetic/graphs.js";
import { readState, writeState } from "../hash-state.js";
import { announcer } from "./parts/announcer.js";
import { button, choice, numberField } from "./parts/controls.js";
import { element } from "./parts/element.js";
import { GraphPicture } from "./parts/graph-picture.js";
import { short, stepWords } from "./parts/graph-words.js";

const LIMIT = 100;
const MOVES = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity };

class BackpropGraph extends HTMLElement {
  #name = "unit";
  #graph = null;
  #given = {};
  #chosen = "";
  #at = 0;
  #parts = {};

  connectedCallback() {
    if (this.#graph) return;
    this.#name = this.getAttribute("graph") === "filter" ? "filter" : "unit";
    this.#graph = GRAPHS[this.#name];
    this.#given = { ...this.#graph.given };
    [this.#chosen] = this.#graph.learned;
    this.#recall();
    this.#build();
    this.#show();
  }

  #build() {
    const parts = this.#parts;
    parts.voice = announcer();
    parts.picture = new GraphPicture({ name: this.#name, graph: this.#graph, pick: (id) => this.#choose(id) });
    parts.first = button("Start", () => this.#go(-Infinity), { "aria-label": "Back to the start" });
    parts.back = button("← Back", () => this.#go(-1), { "aria-label": "Back one step" });
    parts.ahead = button("Step →", () => this.#go(1), { class: "w-button w-button--go", "aria-label": "Step on" });
    parts.last = button("End", () => this.#go(Infinity), { "aria-label": "On to the end" });
    parts.title = element("p", { class: "w-step__title" });
    parts.formulas = element("div", { class: "w-step__formulas" });
    parts.sentence = element("p", { class: "w-step__sentence" });
    parts.which = choice({ label: "value to set", options: this.#settable(), value: this.#chosen, pick: (id) => this.#choose(id) });
    parts.value = numberField({ label: "its value", value: this.#given[this.#chosen], min: -LIMIT, max: LIMIT, step: 0.5, change: (value) => this.#set({ ...this.#given, [this.#chosen]: value }) });
    parts.descend = button("Move the weights one step downhill", () => this.#descend());
    parts.restore = button("Put everything back", () => this.#restore());
    parts.loss = element("p", { class: "w-step__loss numeric" });
    parts.table = element("table", { class: "w-table" });
    this.replaceChildren(...this.#frame());
  }

  #frame() {
    const { picture, first, back, ahead, last, title, formulas, sentence, which, value, descend, restore, loss, table, voice } = this.#parts;
    const figure = element("div", { class: "w-graph-frame", tabindex: "0", role: "group", "aria-label": `Steps through ${this.#graph.title}: right and left arrow keys go one step on and back, Home and End all the way` }, picture.node);
    figure.addEventListener("keydown", (event) => this.#key(event));
    return [
      element("div", { class: "w-row" }, first, back, ahead, last),
      figure,
      element("div", { class: "w-step" }, title, formulas, sentence),
      element("div", { class: "w-bar" }, which.node, value.node, descend, restore),
      loss,
      element("details", { class: "w-more" }, element("summary", { text: "The same as a table" }), element("div", { class: "w-scroll", tabindex: "0", role: "region", "aria-label": `Values and slopes of ${this.#graph.title}` }, table)),
      voice.node,
    ];
  }

  #settable() {
    return this.#graph.nodes.filter(({ op }) => !op).map(({ id }) => [id, written(id)]);
  }

  #key(event) {
    const move = MOVES[event.key];
    if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#go(move);
  }

  #go(by) {
    const last = this.#steps.length - 1;
    this.#at = Math.min(last, Math.max(0, this.#at + by));
    this.#changed();
  }

  #choose(id) {
    this.#chosen = id;
    this.#parts.which.select.value = id;
    this.#parts.value.input.value = this.#given[id];
    this.#show();
  }

  #set(given) {
    this.#given = given;
    this.#changed();
  }

  #descend() {
    const values = forwards(this.#graph.nodes, this.#given);
    this.#set(descended(this.#graph, { given: this.#given, slopes: slopesOf(this.#graph.nodes, values) }));
    this.#parts.value.input.value = Number(this.#given[this.#chosen].toFixed(4));
  }

  #restore() {
    this.#given = { ...this.#graph.given };
    this.#at = 0;
    this.#choose(this.#chosen);
    this.#changed();
  }

  #changed() {
    this.#show();
    const isUntouched = Object.entries(this.#graph.given).every(([id, value]) => this.#given[id] === value);
    const numbers = isUntouched ? "" : `:${this.#settable().map(([id]) => Number(this.#given[id].toFixed(4))).join(",")}`;
    writeState(`graph-${this.#name}`, `${this.#at}${numbers}`);
  }

  get #steps() {
    return stepsThrough(this.#graph, backwards(this.#graph.nodes, forwards(this.#graph.nodes, this.#given)));
  }

  #show() {
    const { nodes } = this.#graph;
    const steps = this.#steps;
    const values = forwards(nodes, this.#given);
    const state = { values, step: steps[this.#at], chosen: this.#chosen, ...arrived(steps.slice(0, this.#at + 1), this.#settable()) };
    const { title, formulas, sentence } = stepWords(this.#graph, { steps, place: this.#at, values });
    this.#parts.picture.show(state);
    this.#parts.title.textContent = title;
    this.#parts.formulas.replaceChildren(...formulas.map((text) => element("p", { class: "w-formula", text })));
    this.#parts.sentence.textContent = sentence;
    this.#parts.loss.textContent = `With these values the loss is ${short(values.L)}. A step downhill takes ${this.#graph.rate} times its slope off each weight.`;
    this.#parts.table.replaceChildren(...table(nodes, state));
    this.#parts.first.disabled = this.#parts.back.disabled = this.#at === 0;
    this.#parts.ahead.disabled = this.#parts.last.disabled = this.#at === steps.length - 1;
    this.#parts.voice.say([title, ...formulas, sentence].join(". "));
    this.dispatchEvent(new CustomEvent("stride:backprop", { bubbles: true, detail: { step: this.#at, loss: values.L } }));
  }

  #recall() {
    const [at, numbers] = (readState(`graph-${this.#name}`) ?? "").split(":");
    const found = (numbers ?? "").split(",").map(Number);
    const ids = this.#settable().map(([id]) => id);
    if (numbers && found.length === ids.length && found.every((value) => Math.abs(value) <= LIMIT)) ids.forEach((id, place) => { this.#given[id] = found[place]; });
    this.#at = Math.min(this.#steps.length - 1, Math.max(0, Number.parseInt(at, 10) || 0));
  }
}

/** What is known after these steps: ids with a value, and the slopes that have arrived. */
function arrived(steps, settable) {
  const known = new Set(settable.map(([id]) => id));
  const slopes = {};
  for (const { way, nodes, edges } of steps) {
    if (way === "forwards") nodes.forEach((id) => known.add(id));
    if (way === "turn") slopes[nodes[0]] = 1;
    for (const { to, total } of edges) slopes[to] = total;
  }
  return { known, slopes };
}

function table(nodes, { values, slopes, known }) {
  const head = element("thead", {}, element("tr", {}, ["node", "value", "slope of the loss"].map((text, place) => element("th", { scope: "col", class: place ? "numeric" : null, text }))));
  // By kind, in the order of the picture, and by number within: the graph counts its boxes from the loss.
  const kinds = nodes.map(({ id }) => id[0]);
  const listed = [...nodes].sort((one, other) => kinds.indexOf(one.id[0]) - kinds.indexOf(other.id[0]) || one.id.localeCompare(other.id));
  const rows = listed.map(({ id }) => element("tr", {}, element("th", { scope: "row", text: written(id) }), element("td", { class: "numeric", text: known.has(id) ? short(values[id]) : "not yet" }), element("td", { class: "numeric", text: id in slopes ? short(slopes[id]) : "–" })));
  return [head, element("tbody", {}, rows)];
}

customElements.define("backprop-graph", BackpropGraph);
