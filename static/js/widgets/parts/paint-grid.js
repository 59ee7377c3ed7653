// A tiny image to paint: click or drag with mouse or finger, or arrow keys and the space bar.
import { css, inkOn, mix } from "../../colour.js";
import { element } from "./element.js";

const PAPER = [255, 255, 255];
const INK = [22, 25, 29];

/**
 * `values` are 0 (paper) to 1 (ink), row by row. `change(values)` hears each stroke. Returns {node, set(values)}.
 */
export function paintGrid({ rows, columns, values, label, change, numbers = true }) {
  const state = { values: [...values], ink: null };
  const cells = state.values.map((_, index) => cell(index));
  const node = element("div", { class: "w-grid w-paint", role: "group", "aria-label": label, "data-columns": columns }, cells);

  function put(index, value) {
    if (state.values[index] === value) return;
    state.values[index] = value;
    show(index);
    change([...state.values]);
  }

  function show(index) {
    const value = state.values[index];
    const colour = mix(PAPER, INK, value);
    const made = cells[index];
    made.style.backgroundColor = css(colour);
    made.style.color = css(inkOn(colour));
    const number = String(Math.round(value * 100) / 100);
    made.textContent = numbers ? number : "";
    made.setAttribute("aria-label", `row ${Math.floor(index / columns)}, column ${index % columns}: ink ${number}`);
    made.setAttribute("aria-pressed", String(value >= 0.5));
  }

  function under(event) {
    return cells.indexOf(document.elementFromPoint(event.clientX, event.clientY));
  }

  node.addEventListener("pointerdown", (event) => {
    const index = under(event);
    if (index < 0) return;
    state.ink = state.values[index] >= 0.5 ? 0 : 1;
    cells[index].focus();
    put(index, state.ink);
    event.preventDefault();
  });
  node.addEventListener("pointermove", (event) => { if (state.ink !== null && event.buttons && under(event) >= 0) put(under(event), state.ink); });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) node.addEventListener(end, () => { state.ink = null; });
  node.addEventListener("keydown", (event) => {
    const index = cells.indexOf(document.activeElement);
    if (event.key === " " || event.key === "Enter") put(index, state.values[index] >= 0.5 ? 0 : 1);
    else if (!walked(event, { cells, rows, columns })) return;
    event.preventDefault();
  });

  cells.forEach((_, index) => show(index));
  return { node, set(next) { state.values = [...next]; cells.forEach((_, index) => show(index)); } };
}

function cell(index) {
  return element("button", { type: "button", class: "w-cell", tabindex: index ? "-1" : "0", "aria-pressed": "false" });
}

/** Move the focus with the arrow keys through cells that share one tab stop. Returns whether the key was an arrow. */
export function walked(event, { cells, rows, columns }) {
  const step = { ArrowUp: -columns, ArrowDown: columns, ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!step) return false;
  const from = cells.indexOf(document.activeElement);
  const to = from + step;
  const sameRow = Math.abs(step) > 1 || Math.floor(from / columns) === Math.floor(to / columns);
  if (to >= 0 && to < rows * columns && sameRow) {
    cells[from].tabIndex = -1;
    cells[to].tabIndex = 0;
    cells[to].focus();
  }
  return true;
}
