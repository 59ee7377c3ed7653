// The controls that widgets share: one of several, a number with a slider, a choice from a list.
import { element, freshId } from "./element.js";

/** Radio buttons in a row. `options` is [[value, label]]; `pick(value)` hears a choice. Returns {node, set(value)}. */
export function segments({ legend, options, value, pick }) {
  const name = freshId("segments");
  const inputs = options.map(([option]) =>
    element("input", { type: "radio", name, value: option, checked: option === value, onchange: () => pick(option) }),
  );
  const labels = options.map(([, label], index) => element("label", { class: "w-segment" }, inputs[index], element("span", { text: label })));
  const node = element("fieldset", { class: "w-segments" }, element("legend", { text: legend }), element("div", { class: "w-segments__row" }, labels));
  return { node, set: (chosen) => inputs.forEach((input) => { input.checked = input.value === chosen; }) };
}

/** A labelled list. Returns {node, select}. */
export function choice({ label, options, value, pick }) {
  const id = freshId("choice");
  const select = element(
    "select",
    { id, onchange: () => pick(select.value) },
    options.map(([option, text]) => element("option", { value: option, selected: option === value, text })),
  );
  return { node: element("div", { class: "w-field" }, element("label", { for: id, text: label }), select), select };
}

/** A labelled number field that keeps what is typed inside its limits when it is left. Returns {node, input}. */
export function numberField({ label, value, min, max, step = 1, change }) {
  const id = freshId("number");
  const input = element("input", { id, type: "number", value, min, max, step, inputmode: "decimal" });
  input.addEventListener("input", () => { if (input.value !== "" && input.validity.valid) change(Number(input.value)); });
  input.addEventListener("change", () => {
    const kept = Math.min(max, Math.max(min, Number(input.value) || min));
    input.value = kept;
    change(kept);
  });
  return { node: element("div", { class: "w-field w-field--number" }, element("label", { for: id, text: label }), input), input };
}

/**
 * A slider over a list of numbers, for scales that are not even. `written(value)` is shown beside the label and read out.
 * Returns {node, set(value)}.
 */
export function slider({ label, steps, value, written = String, change }) {
  const id = freshId("slider");
  const output = element("output", { for: id, class: "numeric" });
  const range = element("input", { id, type: "range", min: 0, max: steps.length - 1, step: 1 });
  const show = (at) => {
    output.textContent = written(steps[at]);
    range.setAttribute("aria-valuetext", written(steps[at]));
  };
  const set = (next) => {
    const at = steps.findLastIndex((step) => step <= next);
    range.value = Math.max(0, at);
    show(Math.max(0, at));
  };
  range.addEventListener("input", () => { show(Number(range.value)); change(steps[range.value]); });
  set(value);
  return { node: element("div", { class: "w-range" }, element("label", { for: id, text: label }), output, range), set };
}

export function button(label, press, attributes = {}) {
  return element("button", { type: "button", class: "w-button", onclick: press, ...attributes }, label);
}
