// Grids of numbers in the diverging colours: weights that can be set, and products that can be read.
import { css, diverging, divergingTokens, inkOn } from "../../colour.js";
import { element } from "./element.js";

export const signed = (value) => String(Math.round(value * 100) / 100).replace("-", "−");

/** Colour one element by a value between -limit and limit. */
export function tint(made, value, limit) {
  const colour = diverging(value, divergingTokens(limit));
  made.style.backgroundColor = css(colour);
  made.style.color = css(inkOn(colour));
}

/** Numbers to read. Returns {node, show(values, limit)}. */
export function numberGrid({ columns, label, limit }) {
  const node = element("div", { class: "w-grid", role: "img", "aria-label": label, "data-columns": columns });
  return {
    node,
    show(values, most = limit) {
      node.replaceChildren(...values.map((value) => {
        const made = element("span", { class: "w-cell", text: signed(value) });
        tint(made, value, most);
        return made;
      }));
      node.setAttribute("aria-label", `${label}: ${values.map(signed).join(", ")}`);
    },
  };
}

/**
 * Numbers to set, each a field of its own; a slider below serves the one that was touched last, for fingers.
 * Returns {node, slider, set(values)}.
 */
export function weightGrid({ columns, values, limit, step, change }) {
  const state = { values: [...values], at: Math.floor(values.length / 2) };
  const fields = state.values.map((value, index) => field(index, { columns, limit, step, value }));
  const node = element("div", { class: "w-grid", role: "group", "aria-label": "Weights", "data-columns": columns }, fields);
  const range = element("input", { type: "range", min: -limit, max: limit, step });
  const name = element("span", { class: "w-label" });
  const slider = element("label", { class: "w-slider" }, name, range);

  function put(index, value) {
    state.values[index] = value;
    tint(fields[index], value, limit);
    change([...state.values]);
  }

  function choose(index) {
    state.at = index;
    fields.forEach((each, place) => each.classList.toggle("w-cell--chosen", place === index));
    name.textContent = `weight in row ${Math.floor(index / columns)}, column ${index % columns}`;
    range.value = state.values[index];
  }

  fields.forEach((each, index) => {
    each.addEventListener("focus", () => choose(index));
    each.addEventListener("input", () => { if (each.value !== "" && each.validity.valid) { put(index, Number(each.value)); range.value = each.value; } });
    each.addEventListener("change", () => { each.value = Math.min(limit, Math.max(-limit, Number(each.value) || 0)); put(index, Number(each.value)); });
  });
  range.addEventListener("input", () => { fields[state.at].value = range.value; put(state.at, Number(range.value)); });

  function set(next) {
    state.values = [...next];
    fields.forEach((each, index) => { each.value = next[index]; tint(each, next[index], limit); });
    choose(state.at);
  }
  set(values);
  return { node, slider, set };
}

function field(index, { columns, limit, step, value }) {
  const where = `weight in row ${Math.floor(index / columns)}, column ${index % columns}`;
  return element("input", { class: "w-cell", type: "number", min: -limit, max: limit, step, value, "aria-label": where, inputmode: "decimal" });
}
