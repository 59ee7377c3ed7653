// Kernels to choose from, each with a small picture of its weights; radio buttons, so that arrow keys walk through them.
import { element, freshId } from "./element.js";
import { tint } from "./number-grid.js";

/** `groups` is [[legend, {name: {title, kernel}}]]. Returns {node, set(name), redraw()}; `pick(name)` hears a choice. */
export function kernelPalette({ groups, value, pick }) {
  const field = freshId("palette");
  const items = groups.flatMap(([, kernels]) => Object.entries(kernels)).map(([name, { title, kernel }]) => {
    const input = element("input", { type: "radio", name: field, value: name, checked: name === value, onchange: () => pick(name) });
    const picture = element("span", { class: "w-mini w-palette__mini", "data-columns": kernel.columns, "aria-hidden": "true" }, kernel.values.map(() => element("i")));
    return { name, kernel, input, picture, node: element("label", { class: "w-palette__item" }, input, picture, element("span", { text: title })) };
  });
  const redraw = () => items.forEach(({ kernel, picture }) => {
    const limit = Math.max(...kernel.values.map(Math.abs));
    [...picture.children].forEach((cell, index) => tint(cell, kernel.values[index], limit));
  });
  redraw();
  let taken = 0;
  const sets = groups.map(([legend, kernels]) => {
    const count = Object.keys(kernels).length;
    const mine = items.slice(taken, taken + count);
    taken += count;
    return element("div", { class: "w-palette__group" }, element("p", { class: "w-label", text: legend }), element("div", { class: "w-palette__items" }, mine.map(({ node }) => node)));
  });
  return {
    node: element("fieldset", { class: "w-palette" }, element("legend", { class: "visually-hidden", text: "kernel" }), sets),
    set: (chosen) => items.forEach(({ name, input }) => { input.checked = name === chosen; }),
    redraw,
  };
}
