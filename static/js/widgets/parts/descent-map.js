// A surface as a map with lines of equal loss, the ways down on it, and a start that can be set by mouse or finger.
import { contour, heights, levelsOf } from "../../arithmetic/contours.js";
import { drawn } from "./element.js";

const WIDTH = 640;
const HEIGHT = 480;
const GRID = { columns: 96, rows: 72 };
const LEVELS = 14;
const MARGIN = 2000; // how far beyond the map a way is still drawn

/** Give it {pick([x, y]), key(event)}; put `node` into the page and `show` {surface, ways, start}. */
export class DescentMap {
  #pick;
  #surface = null;
  #lines = [];
  node = drawn("svg", { class: "w-descent__map", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, tabindex: "0", role: "application" });

  constructor({ pick, key }) {
    this.#pick = pick;
    this.node.addEventListener("pointerdown", (event) => this.#point(event));
    this.node.addEventListener("keydown", key);
  }

  show({ surface, ways, start }) {
    if (surface !== this.#surface) this.#survey(surface);
    const own = ways.at(-1).path;
    this.node.setAttribute("aria-label", `Map of the ${surface.title}, step ${own.length - 1}. Right and left arrow keys go one step on and back, Page Up and Page Down ten, Home to the start.`);
    this.node.replaceChildren(
      ...this.#lines,
      ...this.#ground(surface),
      ...ways.flatMap((way) => this.#way(way)),
      drawn("circle", { class: "w-descent__start", cx: this.#x(start[0]), cy: this.#y(start[1]), r: 7 }),
    );
  }

  /** The lines of equal loss; they stay while the surface does. */
  #survey(surface) {
    this.#surface = surface;
    const grid = heights(surface, { view: surface.view, ...GRID });
    const [across, up] = [WIDTH / GRID.columns, HEIGHT / GRID.rows];
    const place = (x, y) => `${(x * across).toFixed(1)} ${(HEIGHT - y * up).toFixed(1)}`;
    this.#lines = levelsOf(grid, LEVELS).map((level) => drawn("path", { class: "w-descent__contour", d: contour(grid, level).map(([x1, y1, x2, y2]) => `M${place(x1, y1)}L${place(x2, y2)}`).join("") }));
  }

  /** Axes with their numbers and names. */
  #ground({ view: [left, right, bottom, top] }) {
    const whole = (from, to) => Array.from({ length: Math.floor(to) - Math.ceil(from) + 1 }, (_, place) => Math.ceil(from) + place).filter((value) => value > from && value < to);
    const number = (value) => String(value).replace("-", "−");
    return [
      ...whole(left, right).map((value) => drawn("text", { class: "w-descent__tick", x: this.#x(value), y: HEIGHT - 6, "text-anchor": "middle" }, number(value))),
      ...whole(bottom, top).map((value) => drawn("text", { class: "w-descent__tick", x: 6, y: this.#y(value) + 4 }, number(value))),
      drawn("text", { class: "w-descent__axis", x: WIDTH - 8, y: HEIGHT - 6, "text-anchor": "end" }, "x"),
      drawn("text", { class: "w-descent__axis", x: 6, y: 16 }, "y"),
    ];
  }

  #way({ name, path, isOwn }) {
    const points = path.map(({ weights: [x, y] }) => [clamp(this.#x(x), WIDTH), clamp(this.#y(y), HEIGHT)]);
    const kind = `w-descent__way w-descent__way--${name}`;
    const line = drawn("path", { class: kind, "data-own": isOwn, d: `M${points.map((point) => point.map((value) => value.toFixed(1)).join(" ")).join("L")}` });
    const dots = isOwn ? points.map(([x, y]) => drawn("circle", { class: `w-descent__dot w-descent__dot--${name}`, cx: x, cy: y, r: 3 })) : [];
    const [x, y] = points.at(-1);
    return [line, ...dots, drawn("circle", { class: `w-descent__here w-descent__here--${name}`, cx: x, cy: y, r: isOwn ? 7 : 5 })];
  }

  #x(value) {
    const [left, right] = this.#surface.view;
    return ((value - left) / (right - left)) * WIDTH;
  }

  #y(value) {
    const [, , bottom, top] = this.#surface.view;
    return HEIGHT - ((value - bottom) / (top - bottom)) * HEIGHT;
  }

  #point(event) {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.node.getScreenCTM().inverse());
    const [left, right, bottom, top] = this.#surface.view;
    const rounded = (value) => Math.round(value * 100) / 100;
    this.#pick([rounded(left + (x / WIDTH) * (right - left)), rounded(bottom + ((HEIGHT - y) / HEIGHT) * (top - bottom))]);
  }
}

const clamp = (value, full) => Math.min(full + MARGIN, Math.max(-MARGIN, value));
