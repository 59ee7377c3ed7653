// <shift-map>: move an image and see what a convolution and a dense layer make of it.
// Fires "stride:shift" with {down, right, conv, dense}: how many answers differ from the first ones, moved along.
import { KERNELS, SHAPES, SIDE, denseMap, featureMap, movedAlong, picture } from "../arithmetic/moving.js";
import { onThemeChange } from "../colour.js";
import { readState, writeState } from "../hash-state.js";
import { announcer } from "./parts/announcer.js";
import { button, segments } from "./parts/controls.js";
import { element } from "./parts/element.js";
import { mapView } from "./parts/map-view.js";
import { signed } from "./parts/number-grid.js";

const FARTHEST = 6;
const KERNEL_NAMES = [["upright", "upright edges"], ["lying", "lying edges"], ["random", "random, untrained"]];
const SHAPE_SIDE = 5;
const START = (SIDE - SHAPE_SIDE) >> 1;
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const ARROWS = { ArrowLeft: ["←", "left"], ArrowUp: ["↑", "up"], ArrowDown: ["↓", "down"], ArrowRight: ["→", "right"] };

class ShiftMap extends HTMLElement {
  #shape = "arrow";
  #kernel = "upright";
  #shift = { down: 0, right: 0 };
  #drag = null;
  #parts = {};

  connectedCallback() {
    if (this.#parts.image) return;
    this.#recall();
    this.#build();
    onThemeChange(() => this.#show());
    this.#show();
  }

  #build() {
    const parts = this.#parts;
    parts.voice = announcer();
    parts.shape = segments({ legend: "image", options: SHAPES.map((name) => [name, name]), value: this.#shape, pick: (shape) => this.#change({ shape }) });
    parts.kernel = segments({ legend: "kernel of the convolution", options: KERNEL_NAMES, value: this.#kernel, pick: (kernel) => this.#change({ kernel }) });
    parts.image = mapView({ title: "image: drag it, or use the arrow keys", attributes: { tabindex: "0", role: "application" } });
    parts.conv = mapView({ title: "feature map of the convolution" });
    parts.dense = mapView({ title: "as many neurons of a dense layer, untrained" });
    parts.table = element("table", { class: "w-table w-shift__table" });
    this.#listen(parts.image.canvas);
    const pad = Object.entries(ARROWS).map(([key, [sign, word]]) => button(sign, () => this.#step(key), { "aria-label": `Move the image ${word}` }));
    this.replaceChildren(
      element("div", { class: "w-bar" }, parts.shape.node, parts.kernel.node),
      element("div", { class: "w-shift" }, parts.image.node, parts.conv.node, parts.dense.node),
      element("div", { class: "w-row", role: "group", "aria-label": "Move the image" }, pad, button("back to the middle", () => this.#move({ down: 0, right: 0 }))),
      element("div", { class: "w-scroll", tabindex: "0", role: "region", "aria-label": "What became of the answers" }, parts.table),
      element("p", { class: "w-quiet", text: "Solid frame: where the picture and its answers belong after your move. Dashed frame: where they were before. Blue answers are positive, orange ones negative." }),
      parts.voice.node,
    );
  }

  #listen(canvas) {
    canvas.addEventListener("keydown", (event) => {
      if (!STEPS[event.key]) return;
      this.#step(event.key);
      event.preventDefault();
    });
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.#drag = { x: event.clientX, y: event.clientY, from: { ...this.#shift }, cell: canvas.clientWidth / SIDE };
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!this.#drag) return;
      const { x, y, from, cell } = this.#drag;
      this.#move({ down: from.down + Math.round((event.clientY - y) / cell), right: from.right + Math.round((event.clientX - x) / cell) });
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { this.#drag = null; });
  }

  #step(key) {
    const [down, right] = STEPS[key];
    this.#move({ down: this.#shift.down + down, right: this.#shift.right + right });
  }

  #move({ down, right }) {
    const kept = (steps) => Math.min(FARTHEST, Math.max(-FARTHEST, steps));
    const next = { down: kept(down), right: kept(right) };
    if (next.down !== this.#shift.down || next.right !== this.#shift.right) this.#change({ shift: next });
  }

  #change({ shape = this.#shape, kernel = this.#kernel, shift = this.#shift }) {
    [this.#shape, this.#kernel, this.#shift] = [shape, kernel, shift];
    this.#show();
    writeState("shift", [shape, kernel, shift.down, shift.right].join(","));
  }

  #recall() {
    const [shape, kernel, down, right] = (readState("shift") ?? "").split(",");
    if (!SHAPES.includes(shape) || !KERNELS[kernel]) return;
    const steps = [down, right].map(Number);
    if (!steps.every((each) => Number.isInteger(each) && Math.abs(each) <= FARTHEST)) return;
    [this.#shape, this.#kernel, this.#shift] = [shape, kernel, { down: steps[0], right: steps[1] }];
  }

  #show() {
    const first = picture(this.#shape);
    const moved = picture(this.#shape, this.#shift);
    const kernel = KERNELS[this.#kernel];
    const conv = [first, moved].map((image) => featureMap(image, kernel));
    const dense = [first, moved].map((image) => denseMap(image));
    this.#parts.image.show({ grid: moved, frames: this.#frames(0) });
    this.#parts.conv.show({ grid: conv[1], limit: furthest(conv[0]), frames: this.#frames(1) });
    this.#parts.dense.show({ grid: dense[1], limit: furthest(dense[0]) });
    this.#tell({ conv, dense });
  }

  #frames(margin) {
    const { down, right } = this.#shift;
    const side = SHAPE_SIDE + 2 * margin;
    const at = (row, column, dashed) => ({ row: START - margin + row, column: START - margin + column, rows: side, columns: side, dashed });
    return down || right ? [at(0, 0, true), at(down, right, false)] : [at(0, 0, false)];
  }

  #tell({ conv, dense }) {
    const judged = [conv, dense].map(([before, after]) => ({ ...movedAlong(before, after, this.#shift), first: movedAlong(before, before, { down: 0, right: 0 }) }));
    const { down, right } = this.#shift;
    const step = `${Math.abs(down)} ${down < 0 ? "up" : "down"}, ${Math.abs(right)} ${right < 0 ? "to the left" : "to the right"}`;
    const where = down || right ? `moved ${step}` : "in the middle";
    this.#parts.table.replaceChildren(...rows(judged, { where, isMoved: Boolean(down || right), isCut: this.#isCut }));
    this.#parts.image.canvas.setAttribute("aria-label", `${this.#shape}, ${where}. Arrow keys move it by one pixel.`);
    this.#parts.conv.canvas.setAttribute("aria-label", `Feature map: ${judged[0].differing} of ${judged[0].of} answers differ from the first ones, moved along.`);
    this.#parts.dense.canvas.setAttribute("aria-label", `Dense layer: ${judged[1].differing} of ${judged[1].of} answers differ from the first ones, moved along.`);
    this.#parts.voice.say(`Image ${where}. Of ${judged[0].of} answers, ${judged[0].differing} of the convolution and ${judged[1].differing} of the dense layer did not move along.`);
    this.dispatchEvent(new CustomEvent("stride:shift", { bubbles: true, detail: { down, right, conv: judged[0].differing, dense: judged[1].differing } }));
  }

  get #isCut() {
    return [this.#shift.down, this.#shift.right].some((steps) => START + steps < 0 || START + steps + SHAPE_SIDE > SIDE);
  }
}

function rows([conv, dense], { where, isMoved, isCut }) {
  const head = ["", "convolution", "dense layer"].map((text, index) => element(index ? "th" : "td", { scope: index ? "col" : null, text }));
  const lines = [
    ["did every answer move along?", verdict(conv, { isMoved, isCut }), verdict(dense, { isMoved, isCut: false })],
    ["largest answer, before and now", ...[conv, dense].map(({ first, largest }) => `${signed(first.largest)} → ${signed(largest)}`)],
    ["its row and column, before and now", ...[conv, dense].map(({ first, place }) => `${first.place.row}, ${first.place.column} → ${place.row}, ${place.column}`)],
  ];
  const body = lines.map(([name, ...cells]) => element("tr", {}, element("th", { scope: "row", text: name }), cells.map((cell) => element("td", {}, cell))));
  return [element("caption", {}, element("b", { text: `The image is ${where}` })), element("thead", {}, element("tr", {}, head)), element("tbody", {}, body)];
}

function verdict({ differing, of }, { isMoved, isCut }) {
  if (!isMoved) return "not moved yet";
  if (!differing) return element("span", { class: "tag tag--good", text: `yes, all ${of}` });
  const reason = isCut ? ", as part of the image has left" : "";
  return element("span", { class: "tag tag--bad", text: `no, ${differing} of ${of} differ${reason}` });
}

function furthest(grid) {
  return Math.max(...grid.values.map(Math.abs));
}

customElements.define("shift-map", ShiftMap);
