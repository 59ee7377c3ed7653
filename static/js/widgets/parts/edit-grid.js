// A grid of numbers that can be typed over, with a frame that slides over it and a small note in each cell.
import { element } from "./element.js";
import { tint } from "./number-grid.js";

const MOST = 999;

/**
 * Give it {rows, columns, values, label, title, change(index, value), point(index), leave()}. Returns {node, set(values, limit), frame, notes, light}:
 * `frame({row, column, rows, columns})` slides the frame there, `notes({index: text})` writes into cells, `light(indices)` lights cells.
 */
export function editGrid({ rows, columns, values, label, title, change, point, leave }) {
  const fields = values.map((value, index) => element("input", { type: "number", class: "w-step__number", value, step: "any", min: -MOST, max: MOST, inputmode: "decimal", "aria-label": `${label}, row ${Math.floor(index / columns)}, column ${index % columns}` }));
  const notes = values.map(() => element("span", { class: "w-step__note", "aria-hidden": "true" }));
  const cells = fields.map((field, index) => element("div", { class: "w-step__cell" }, field, notes[index]));
  const frame = element("span", { class: "w-step__frame", "aria-hidden": "true", hidden: true });
  const grid = element("div", { class: "w-step__grid", role: "group", "aria-label": label, "data-columns": columns }, cells, frame);
  grid.style.setProperty("--columns", columns);
  fields.forEach((field, index) => listen(field, cells[index], { index, change, point }));
  grid.addEventListener("pointerleave", leave);

  return {
    node: element("div", { class: "w-step__figure" }, element("p", { class: "w-label", text: title }), grid),
    set(next, limit) {
      fields.forEach((field, index) => {
        if (document.activeElement !== field) field.value = Math.round(next[index] * 1000) / 1000;
        tint(cells[index], next[index], limit);
      });
    },
    frame({ row, column, rows: high, columns: wide }) {
      frame.hidden = false;
      frame.style.insetBlockStart = `${(row / rows) * 100}%`;
      frame.style.insetInlineStart = `${(column / columns) * 100}%`;
      frame.style.blockSize = `${(high / rows) * 100}%`;
      frame.style.inlineSize = `${(wide / columns) * 100}%`;
    },
    notes: (texts) => notes.forEach((note, index) => { note.textContent = texts[index] ?? ""; }),
    light: (indices) => cells.forEach((cell, index) => cell.classList.toggle("w-step__cell--lit", indices.includes(index))),
  };
}

function listen(field, cell, { index, change, point }) {
  cell.addEventListener("pointerenter", () => point(index));
  field.addEventListener("focus", () => point(index, { chosen: true }));
  field.addEventListener("input", () => { if (field.value !== "" && field.validity.valid) change(index, Number(field.value)); });
  field.addEventListener("change", () => {
    const kept = Math.min(MOST, Math.max(-MOST, Number(field.value) || 0));
    field.value = kept;
    change(index, kept);
  });
}
