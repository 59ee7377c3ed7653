// A sum written out, every product a piece that lights its pixel and its weight, and is lit by them.
import { element } from "./element.js";
import { signed } from "./number-grid.js";

const bracketed = (value) => (value < 0 ? `(${signed(value)})` : signed(value));
const NAMES = { 1: [""], 3: ["red", "green", "blue"] };

/** Give it {point(term), leave()}. Returns {node, show({steps, sum, bias, upTo}), light(term)}; terms count through all channels. */
export function sumTerms({ point, leave }) {
  const node = element("div", { class: "w-step__sum numeric", role: "group", "aria-label": "The sum at this place; left and right arrow walk through its products" });
  let at = 0;
  const pieces = () => [...node.querySelectorAll(".w-step__term")];
  node.addEventListener("pointerover", (event) => { const term = pieces().indexOf(event.target.closest(".w-step__term")); if (term >= 0) point(term); });
  node.addEventListener("pointerleave", leave);
  node.addEventListener("focusin", (event) => { at = Math.max(0, pieces().indexOf(event.target)); point(at); });
  node.addEventListener("focusout", leave);
  node.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const all = pieces();
    all[Math.min(all.length - 1, Math.max(0, at + step))].focus();
    event.preventDefault();
  });

  return {
    node,
    show({ steps, sum, bias, upTo }) {
      const focused = node.contains(document.activeElement);
      node.replaceChildren(...lines({ steps, sum, bias, upTo }));
      pieces().forEach((piece, index) => { piece.tabIndex = index === Math.min(at, pieces().length - 1) ? 0 : -1; });
      if (focused) pieces()[Math.min(at, pieces().length - 1)].focus();
    },
    light: (term) => pieces().forEach((piece, index) => piece.classList.toggle("w-step__term--lit", index === term)),
  };
}

function lines({ steps, sum, bias, upTo }) {
  const names = NAMES[steps.length] ?? steps.map((_, index) => `channel ${index}`);
  const size = steps[0].terms.length;
  const written = steps.map((step, index) => line(step, { name: names[index], upTo: upTo - index * size }));
  const done = upTo >= size * steps.length;
  const total = steps.length > 1 ? steps.map((step) => bracketed(step.sum)).join(" + ") : signed(steps[0].sum);
  const tail = `${total}${bias ? ` ${bias < 0 ? "−" : "+"} ${signed(Math.abs(bias))} (bias)` : ""}`;
  if (steps.length === 1 && !bias) return written;
  return [...written, element("p", { class: done ? null : "w-step__later" }, `${tail} = `, element("b", { text: signed(sum) }))];
}

function line({ terms, sum }, { name, upTo }) {
  const shown = terms.slice(0, Math.max(0, upTo));
  const running = shown.length < terms.length ? shown.reduce((total, { product }) => total + product, 0) : sum;
  const pieces = terms.flatMap(({ value, weight, product }, index) => [
    index ? element("span", { class: index < upTo ? null : "w-step__later" }, " + ") : "",
    element("span", { class: `w-step__term${index < upTo ? "" : " w-step__later"}`, role: "img", "aria-label": `pixel ${signed(value)} times weight ${signed(weight)} is ${signed(product)}` }, `${bracketed(value)}·${bracketed(weight)}`),
  ]);
  return element("p", {}, name ? element("span", { class: `w-channel w-channel--${name}`, text: `${name}: ` }) : null, pieces, " = ", element("b", { text: signed(running) }));
}
