// The feature map of a stepper: one button for each place, one of them chosen; arrow keys walk, the mouse points.
import { element } from "./element.js";
import { signed, tint } from "./number-grid.js";

const ARROWS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];

/**
 * Give it {rows, columns, title, choose(place), walk(key)}. Returns {node, show({values, place, reached, partial}), focus()};
 * places beyond `reached` are not answered yet, `partial` is a running sum at the chosen place.
 */
export function mapGrid({ rows, columns, title, choose, walk }) {
  const cells = Array.from({ length: rows * columns }, (_, place) => element("button", { type: "button", class: "w-step__cell w-step__answer", onclick: () => choose(place) }));
  const grid = element("div", { class: "w-step__grid", role: "group", "aria-label": "Feature map; arrow keys move the kernel", "data-columns": columns }, cells);
  grid.style.setProperty("--columns", columns);
  cells.forEach((cell, place) => cell.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") choose(place); }));
  grid.addEventListener("keydown", (event) => {
    if (!ARROWS.includes(event.key)) return;
    walk(event.key);
    event.preventDefault();
  });
  return {
    node: element("div", { class: "w-step__figure" }, element("p", { class: "w-label", text: title }), grid),
    focus: (place) => cells[place].focus(),
    show({ values, place, reached, partial = null }) {
      const limit = Math.max(1, ...values.map(Math.abs));
      cells.forEach((cell, index) => {
        const known = index <= reached;
        const value = index === place && partial !== null ? partial : values[index];
        tint(cell, known ? value : 0, limit);
        cell.textContent = known ? signed(value) : "";
        cell.tabIndex = index === place ? 0 : -1;
        cell.setAttribute("aria-pressed", String(index === place));
        cell.setAttribute("aria-label", `row ${Math.floor(index / columns)}, column ${index % columns}: ${known ? signed(value) : "not reached yet"}`);
      });
    },
  };
}
