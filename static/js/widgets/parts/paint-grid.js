// A tiny image to paint: click or drag with mouse or finger, or arrow keys and the space bar.
import { css, inkOn, mix } from "../../colour.js";
import { element } from "./element.js";

const PAPER = [255, 255, 255];
const INK = [22, 25, 29];
const IS_INK = 0.5;

/**
 * Give it {rows, columns, values, label, change, numbers}: `values` are 0 (paper) to 1 (ink), row by row, `change(values)`
 * hears each stroke, `numbers` says whether cells show theirs. Put `node` into the page; `set` shows other values.
 */
export class PaintGrid {
  #options;
  #values;
  #cells;
  #stroke = null; // what the hand puts down while it is pressed: 0, 1 or nothing
  node;

  constructor(options) {
    this.#options = { numbers: true, ...options };
    this.#values = [...options.values];
    this.#cells = this.#values.map((_, index) => element("button", { type: "button", class: "w-cell", tabindex: index ? "-1" : "0" }));
    this.node = element("div", { class: "w-grid w-paint", role: "group", "aria-label": options.label, "data-columns": options.columns }, this.#cells);
    this.#listen();
    this.#cells.forEach((_, index) => this.#show(index));
  }

  set(values) {
    this.#values = [...values];
    this.#cells.forEach((_, index) => this.#show(index));
  }

  #listen() {
    this.node.addEventListener("pointerdown", (event) => this.#begin(event));
    this.node.addEventListener("pointermove", (event) => this.#drag(event));
    this.node.addEventListener("keydown", (event) => this.#key(event));
    for (const end of ["pointerup", "pointercancel", "pointerleave"]) this.node.addEventListener(end, () => { this.#stroke = null; });
  }

  #begin(event) {
    const index = this.#under(event);
    if (index < 0) return;
    this.#stroke = this.#flipped(index);
    this.#cells[index].focus();
    this.#put(index, this.#stroke);
    event.preventDefault();
  }

  #drag(event) {
    const index = this.#under(event);
    if (this.#stroke !== null && event.buttons && index >= 0) this.#put(index, this.#stroke);
  }

  #key(event) {
    const index = this.#cells.indexOf(document.activeElement);
    if (event.key === " " || event.key === "Enter") this.#put(index, this.#flipped(index));
    else if (!walked(event, { cells: this.#cells, columns: this.#options.columns })) return;
    event.preventDefault();
  }

  #under(event) {
    return this.#cells.indexOf(document.elementFromPoint(event.clientX, event.clientY));
  }

  #flipped(index) {
    return this.#values[index] >= IS_INK ? 0 : 1;
  }

  #put(index, value) {
    if (this.#values[index] === value) return;
    this.#values[index] = value;
    this.#show(index);
    this.#options.change([...this.#values]);
  }

  #show(index) {
    const { columns, numbers } = this.#options;
    const value = this.#values[index];
    const number = String(Math.round(value * 100) / 100);
    const colour = mix(PAPER, INK, value);
    const cell = this.#cells[index];
    cell.style.backgroundColor = css(colour);
    cell.style.color = css(inkOn(colour));
    cell.textContent = numbers ? number : "";
    cell.setAttribute("aria-label", `row ${Math.floor(index / columns)}, column ${index % columns}: ink ${number}`);
    cell.setAttribute("aria-pressed", String(value >= IS_INK));
  }
}

/** Move the focus with the arrow keys through cells that share one tab stop. Returns whether the key was an arrow. */
function walked(event, { cells, columns }) {
  const step = { ArrowUp: -columns, ArrowDown: columns, ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!step) return false;
  const from = cells.indexOf(document.activeElement);
  const to = from + step;
  const staysInRow = Math.abs(step) > 1 || Math.floor(from / columns) === Math.floor(to / columns);
  if (to >= 0 && to < cells.length && staysInRow) {
    cells[from].tabIndex = -1;
    cells[to].tabIndex = 0;
    cells[to].focus();
  }
  return true;
}
