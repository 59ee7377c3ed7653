// A canvas of square cells: small ones with lines between them, many without. Used where a table would be too large to see.
import { token } from "../../colour.js";
import { element } from "./element.js";

const LINES_FROM = 5; // cells at least so many pixels wide get lines between them

/**
 * Give it {label, place(found), key(event)}: `place` hears {row, column} under mouse or finger, `key` what is pressed while
 * the canvas has the focus. Put `node` into the page; `show({rows, columns, look, frames})` draws: `look(row, column)` gives
 * {fill, share, hatched, hollow} and `frames` are {top, left, rows, columns} drawn round cells.
 */
export class CellCanvas {
  #shown = null;
  #canvas;
  node;

  constructor({ label, place, key }) {
    this.#canvas = element("canvas", { class: "w-cells__canvas", tabindex: "0", role: "application", "aria-label": label });
    this.node = element("div", { class: "w-cells" }, this.#canvas);
    this.#canvas.addEventListener("pointermove", (event) => { if (event.pointerType === "mouse" || event.buttons) this.#point(event, place); });
    this.#canvas.addEventListener("pointerdown", (event) => this.#point(event, place));
    this.#canvas.addEventListener("keydown", key);
    new ResizeObserver(() => this.#draw()).observe(this.#canvas);
  }

  show(shown) {
    this.#shown = shown;
    this.#draw();
  }

  label(text) {
    this.#canvas.setAttribute("aria-label", text);
  }

  #point(event, heard) {
    if (!this.#shown) return;
    const box = this.#canvas.getBoundingClientRect();
    const { rows, columns } = this.#shown;
    const at = (share, count) => Math.min(count - 1, Math.max(0, Math.floor(share * count)));
    heard({ row: at((event.clientY - box.top) / box.height, rows), column: at((event.clientX - box.left) / box.width, columns) });
  }

  #draw() {
    if (!this.#shown) return;
    const { rows, columns, look, frames } = this.#shown;
    const scale = Math.min(window.devicePixelRatio || 1, 2);
    const cell = ((this.#canvas.clientWidth || 300) * scale) / columns;
    this.#canvas.width = Math.round(cell * columns);
    this.#canvas.height = Math.round(cell * rows);
    const pen = { context: this.#canvas.getContext("2d"), cell, scale, colours: colours() };
    for (let row = 0; row < rows; row += 1) for (let column = 0; column < columns; column += 1) paint(pen, { row, column }, look(row, column));
    if (cell / scale >= LINES_FROM) lines(pen, { rows, columns });
    for (const frame of frames) outline(pen, frame);
  }
}

function colours() {
  return { fill: token("--color-accent"), strong: token("--color-validation"), paper: token("--color-surface"), line: token("--color-line"), text: token("--color-text"), muted: token("--color-muted") };
}

function paint({ context, cell, scale, colours: { fill, strong, paper, muted } }, { row, column }, { share = 0, chosen = false, hatched = false, hollow = false }) {
  const [x, y] = [column * cell, row * cell];
  context.fillStyle = paper;
  context.fillRect(x, y, cell + 1, cell + 1);
  if (share || chosen) {
    context.globalAlpha = chosen ? 1 : share;
    context.fillStyle = chosen ? strong : fill;
    context.fillRect(x, y, cell + 0.5, cell + 0.5);
    context.globalAlpha = 1;
  }
  if (hatched) stripes(context, { x, y, cell, colour: muted, scale });
  if (hollow && cell / scale >= LINES_FROM) ring(context, { x, y, cell, colour: chosen ? paper : muted, scale });
}

function stripes(context, { x, y, cell, colour, scale }) {
  context.save();
  context.beginPath();
  context.rect(x, y, cell, cell);
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = scale;
  const gap = Math.max(cell / 4, 3 * scale);
  context.beginPath();
  for (let at = -cell; at < cell; at += gap) {
    context.moveTo(x + at, y + cell);
    context.lineTo(x + at + cell, y);
  }
  context.stroke();
  context.restore();
}

function ring(context, { x, y, cell, colour, scale }) {
  context.strokeStyle = colour;
  context.lineWidth = scale;
  context.beginPath();
  context.arc(x + cell / 2, y + cell / 2, cell / 7, 0, 2 * Math.PI);
  context.stroke();
}

function lines({ context, cell, scale, colours: { line } }, { rows, columns }) {
  context.strokeStyle = line;
  context.lineWidth = scale;
  context.beginPath();
  for (let row = 0; row <= rows; row += 1) { context.moveTo(0, row * cell); context.lineTo(columns * cell, row * cell); }
  for (let column = 0; column <= columns; column += 1) { context.moveTo(column * cell, 0); context.lineTo(column * cell, rows * cell); }
  context.stroke();
}

function outline({ context, cell, scale, colours: { text } }, { top, left, rows, columns, thin = false }) {
  const width = (thin ? 1 : 2.5) * scale;
  context.strokeStyle = text;
  context.lineWidth = width;
  context.strokeRect(left * cell + width / 2, top * cell + width / 2, columns * cell - width, rows * cell - width);
}
