// <draw-box>: a canvas to draw a digit on with mouse, finger or pen. Tells "drawn" when a stroke has ended and
// "drawing-changed" at every change. The buttons live outside and call its methods.

import { begin, emptyDrawing, extend, path, sample, undo } from "./strokes.js";

const PAPER = { paper: "#ffffff", ink: "#101010" };
const BOARD = { paper: "#101010", ink: "#ffffff" };

class DrawBox extends HTMLElement {
  connectedCallback() {
    this.canvas = this.querySelector("canvas");
    this.drawing = emptyDrawing();
    this.colours = PAPER;
    this.pen = 20 / 352;
    this.canvas.addEventListener("pointerdown", (event) => this.#down(event));
    this.canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) this.canvas.addEventListener(end, () => this.#up());
    this.paint();
  }

  get isEmpty() {
    return this.drawing.strokes.length === 0;
  }

  undo() {
    this.#change(undo(this.drawing));
    if (!this.isEmpty) this.#tell("drawn");
  }

  clear() {
    this.#change(emptyDrawing());
  }

  invert() {
    this.colours = this.colours === PAPER ? BOARD : PAPER;
    this.paint();
    if (!this.isEmpty) this.#tell("drawn");
  }

  sample(digit) {
    this.#change(sample(digit, this.pen));
    this.#tell("drawn");
  }

  blob() {
    return new Promise((resolve) => this.canvas.toBlob(resolve, "image/png"));
  }

  paint() {
    // A reader in the page looks at the pixels after every stroke.
    const context = this.canvas.getContext("2d", { willReadFrequently: true });
    const side = this.canvas.width;
    context.fillStyle = this.colours.paper;
    context.fillRect(0, 0, side, side);
    context.strokeStyle = this.colours.ink;
    context.lineCap = "round";
    context.lineJoin = "round";
    for (const stroke of this.drawing.strokes) drawStroke(context, stroke, side);
  }

  #down(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.isDown = true;
    this.#change(begin(this.drawing, this.#at(event), this.pen));
  }

  #move(event) {
    if (!this.isDown) return;
    const events = event.getCoalescedEvents?.() ?? [];
    this.#change(extend(this.drawing, (events.length ? events : [event]).map((each) => this.#at(each))));
  }

  #up() {
    if (!this.isDown) return;
    this.isDown = false;
    this.#tell("drawn");
  }

  #at(event) {
    const box = this.canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  #change(drawing) {
    this.drawing = drawing;
    this.paint();
    this.#tell("drawing-changed");
  }

  #tell(name) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true }));
  }
}

function drawStroke(context, { width, points }, side) {
  context.lineWidth = width * side;
  context.beginPath();
  for (const [kind, ...numbers] of path(points)) {
    const scaled = numbers.map((number) => number * side);
    if (kind === "M") context.moveTo(...scaled);
    else if (kind === "Q") context.quadraticCurveTo(...scaled);
    else context.lineTo(...scaled);
  }
  context.stroke();
}

customElements.define("draw-box", DrawBox);
