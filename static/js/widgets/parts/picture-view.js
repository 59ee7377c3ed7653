// The large picture of the pixel inspector: drawn enlarged, with a cursor that follows mouse, finger and keys.
import { ZOOMS, placeUnder, windowAround } from "../../arithmetic/window.js";
import { onThemeChange } from "../../colour.js";
import { button } from "./controls.js";
import { element } from "./element.js";
import { rendered } from "./picture.js";

const SMALLEST_CURSOR = 11;
const SMALLEST_WINDOW = 6; // pixels; beyond that there is nothing left to see

/** Give it {hover(place), key(event), zoomed()}; put `node` and `zoomNode` into the page, `take` a picture, `show` a place. */
export class PictureView {
  #heard;
  #picture = null;
  #source = null;
  #zoom = 1;
  #window = null;
  #place = { row: 0, column: 0 };
  #canvas = element("canvas", { class: "w-picture", tabindex: "0", role: "application" });
  #label = element("output", { class: "w-zoom__label numeric" });
  #smaller = button("−", () => this.zoomBy(-1), { "aria-label": "Zoom out" });
  #larger = button("+", () => this.zoomBy(1), { "aria-label": "Zoom in" });
  node = element("div", { class: "w-picture-frame" }, this.#canvas);
  zoomNode = element("div", { class: "w-zoom", role: "group", "aria-label": "Enlargement" }, this.#smaller, this.#label, this.#larger);

  constructor(heard) {
    this.#heard = heard;
    this.#canvas.addEventListener("pointermove", (event) => { if (event.pointerType === "mouse" || event.buttons) this.#point(event); });
    this.#canvas.addEventListener("pointerdown", (event) => this.#point(event));
    this.#canvas.addEventListener("keydown", (event) => { if (this.#picture) heard.key(event); });
    new ResizeObserver(() => this.#draw()).observe(this.#canvas);
    onThemeChange(() => this.#draw());
  }

  get zoom() {
    return this.#zoom;
  }

  zoomBy(step) {
    const index = Math.min(ZOOMS.length - 1, Math.max(0, ZOOMS.indexOf(this.#zoom) + step));
    this.#zoom = Math.min(ZOOMS[index], this.#largestZoom);
    this.#window = windowAround(this.#place, { size: this.#picture, zoom: this.#zoom });
    this.#heard.zoomed();
    this.#draw();
  }

  take(picture, { zoom, place }) {
    this.#picture = picture;
    this.#place = place;
    this.#source = rendered(picture);
    this.#zoom = Math.min(ZOOMS.includes(zoom) ? zoom : 1, this.#largestZoom);
    this.#window = windowAround(place, { size: picture, zoom: this.#zoom });
    const size = `${picture.height} rows by ${picture.width} columns`;
    this.#canvas.setAttribute("aria-label", `${picture.title}, ${size}. Arrow keys move by one pixel, with Shift by ten; plus and minus zoom.`);
    this.#canvas.dataset.shape = picture.width === picture.height ? "square" : "wide";
  }

  showChannel(channel) {
    this.#source = rendered(this.#picture, { channel });
  }

  show({ place }) {
    this.#place = place;
    this.#window = windowAround(place, { size: this.#picture, zoom: this.#zoom, before: this.#window });
    this.#draw();
  }

  get #largestZoom() {
    return ZOOMS.findLast((zoom) => Math.min(this.#picture.width, this.#picture.height) / zoom >= SMALLEST_WINDOW) ?? 1;
  }

  #point(event) {
    if (!this.#picture) return;
    const box = this.#canvas.getBoundingClientRect();
    this.#heard.hover(placeUnder({ x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height }, this.#window));
  }

  #draw() {
    if (!this.#picture) return;
    const scale = Math.min(window.devicePixelRatio || 1, 2);
    const width = Math.round((this.#canvas.clientWidth || 480) * scale);
    this.#canvas.width = width;
    this.#canvas.height = Math.round((width * this.#window.height) / this.#window.width);
    this.#paint(this.#canvas.getContext("2d"), { cell: width / this.#window.width, smallest: SMALLEST_CURSOR * scale });
    this.#label.textContent = `${this.#zoom}×`;
    this.#smaller.disabled = this.#zoom === 1;
    this.#larger.disabled = this.#zoom >= this.#largestZoom;
  }

  #paint(context, { cell, smallest }) {
    const { left, top, width, height } = this.#window;
    context.imageSmoothingEnabled = false;
    context.drawImage(this.#source, left, top, width, height, 0, 0, width * cell, height * cell);
    const side = Math.max(cell, smallest);
    const x = (this.#place.column - left + 0.5) * cell - side / 2;
    const y = (this.#place.row - top + 0.5) * cell - side / 2;
    // Light around dark: to be seen on any picture.
    for (const [line, colour] of [[5, "#ffffff"], [2.5, "#111111"]]) {
      context.lineWidth = line;
      context.strokeStyle = colour;
      context.strokeRect(x, y, side, side);
    }
  }
}
