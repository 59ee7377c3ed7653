// A computation graph as a drawing: boxes with values, slopes under them once they are known, and the edges of the step.
import { written } from "../../arithmetic/graphs.js";
import { drawn } from "./element.js";
import { short } from "./graph-words.js";
import { LAYOUTS } from "./graph-layouts.js";

const NARROW_PIXELS = 560;
const OPERATIONS = { unit: { p1: "×", p2: "×", z: "+", a: "ReLU", L: "(a−t)²" }, filter: {} };

/** Give it {name, graph, pick(id)}; put `node` into the page and `show` a state. */
export class GraphPicture {
  #name;
  #graph;
  #pick;
  #state = null;
  node;

  constructor({ name, graph, pick }) {
    this.#name = name;
    this.#graph = graph;
    this.#pick = pick;
    this.node = drawn("svg", { class: "w-graph", role: "img" });
    new ResizeObserver(() => this.#draw()).observe(this.node);
  }

  /** `state`: {values, slopes, known, step, chosen}; `known` holds the ids whose value is there, `slopes` only what has arrived. */
  show(state) {
    this.#state = state;
    this.#draw();
  }

  get #layout() {
    return LAYOUTS[this.#name][this.#width];
  }

  get #width() {
    return (this.node.parentNode?.clientWidth || NARROW_PIXELS) < NARROW_PIXELS ? "narrow" : "wide";
  }

  #draw() {
    if (!this.#state) return;
    const { size, captions } = this.#layout;
    this.node.dataset.width = this.#width;
    this.node.setAttribute("viewBox", `0 0 ${size[0]} ${size[1]}`);
    this.node.setAttribute("aria-label", this.#inWords());
    this.node.replaceChildren(
      ...captions.map(([text, x, y]) => drawn("text", { class: "w-graph__caption", x, y }, text)),
      ...this.#edges(),
      ...this.#graph.nodes.map((node) => this.#box(node)),
      ...this.#notes(),
    );
  }

  #inWords() {
    const { values, slopes, known } = this.#state;
    const said = this.#graph.nodes.filter(({ id }) => known.has(id)).map(({ id }) => `${written(id)} is ${short(values[id])}${id in slopes ? ` with slope ${short(slopes[id])}` : ""}`);
    return `Graph of ${this.#graph.title}: ${said.join(", ")}.`;
  }

  /** Every edge of a small graph faintly, and those of this step; of a large one only the latter. */
  #edges() {
    const lines = this.#graph.nodes.flatMap(({ id, from }) => from.map((input) => [input, id]));
    const isLit = ([from, to]) => this.#isActive(from, to);
    const shown = this.#name === "unit" ? lines : lines.filter(isLit);
    return shown.map((line) => drawn("path", { class: isLit(line) ? `w-graph__edge w-graph__edge--${this.#state.step.way}` : "w-graph__edge", d: this.#path(line) }));
  }

  #isActive(input, id) {
    const { step } = this.#state;
    if (step.way === "forwards") return step.nodes.includes(id);
    return step.edges.some((edge) => edge.from === id && edge.to === input);
  }

  #path([from, to]) {
    const [[x1, y1], [x2, y2]] = [this.#layout.places[from], this.#layout.places[to]];
    return `M${x1} ${y1}L${x2} ${y2}`;
  }

  #box({ id, op, fixed }) {
    const { node: [width, height], places } = this.#layout;
    const { values, slopes, known, step, chosen } = this.#state;
    const [x, y] = places[id];
    const isLit = step.nodes.includes(id) || step.edges.some(({ from }) => from === id) || this.#feeds(id);
    const kind = op ? "made" : fixed ? "data" : "learned";
    const box = drawn("rect", { x: x - width / 2, y: y - height / 2, width, height, rx: 3 });
    const pieces = [
      drawn("text", { class: "w-graph__name", x: x - width / 2 + 5, y: y - height / 2 + 14 }, written(id)),
      this.#operation(id, { x: x + width / 2 - 5, y: y - height / 2 + 14 }),
      drawn("text", { class: "w-graph__value", x: x + width / 2 - 5, y: y - height / 2 + 31, "text-anchor": "end" }, known.has(id) ? short(values[id]) : "·"),
      id in slopes ? drawn("text", { class: "w-graph__slope", x: x + width / 2 - 5, y: y + height / 2 - 7, "text-anchor": "end" }, `∂ ${short(slopes[id])}`) : null,
    ].filter(Boolean);
    const made = drawn("g", { class: `w-graph__node w-graph__node--${kind}`, "data-node": id, "data-lit": isLit, "data-chosen": id === chosen }, box, pieces);
    if (!op) made.addEventListener("click", () => this.#pick(id));
    return made;
  }

  /** What the box does to what comes in; on the large graph the captions say it. */
  #operation(id, place) {
    const sign = OPERATIONS[this.#name][id];
    return sign ? drawn("text", { class: "w-graph__operation", ...place, "text-anchor": "end" }, sign) : null;
  }

  /** Whether this step needs the node's value: what goes in, and, backwards, the pixels under the filter. */
  #feeds(id) {
    const { step } = this.#state;
    const users = step.way === "forwards" ? step.nodes : step.way === "backwards" ? step.edges.map(({ from }) => from) : [];
    return this.#graph.nodes.some((node) => users.includes(node.id) && node.from.includes(id) && (step.way === "forwards" || node.op === "weigh"));
  }

  /** How fast the upper end changes with the lower one, written on each edge of a backward step of the small graph. */
  #notes() {
    const { step } = this.#state;
    if (this.#name !== "unit") return [];
    return step.edges.map(({ from, to, local }) => {
      const [[x1, y1], [x2, y2]] = [this.#layout.places[from], this.#layout.places[to]];
      return drawn("text", { class: "w-graph__note", x: (x1 + x2) / 2, y: (y1 + y2) / 2 - 5, "text-anchor": "middle" }, `× ${short(local)}`);
    });
  }
}
