// What a way down says in numbers: the loss by step as a small chart, and every step in a table.
import { drawn, element } from "./element.js";

const WIDTH = 260;
const HEIGHT = 110;
const LOWEST = -6; // powers of ten that the chart shows; what lies beyond stays at its border
const HIGHEST = 4;
const ROWS_IN_FULL = 20;

/** A number with three figures, as people read it. */
export function written(value) {
  if (!Number.isFinite(value)) return "∞";
  if (value === 0) return "0";
  const isPlain = Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5;
  const text = isPlain ? String(Number(value.toPrecision(3))) : value.toExponential(1).replace("e+", "e");
  return text.replaceAll("-", "−");
}

/** Returns {node, show(ways)}: the loss by step on a logarithmic scale. */
export function lossLine(steps) {
  const node = drawn("svg", { class: "w-descent__losses", viewBox: `-34 -8 ${WIDTH + 44} ${HEIGHT + 28}`, role: "img" });
  const x = (step) => (step / steps) * WIDTH;
  const y = (loss) => {
    const power = Math.min(HIGHEST, Math.max(LOWEST, Math.log10(Math.max(loss, 10 ** LOWEST))));
    return HEIGHT * (1 - (power - LOWEST) / (HIGHEST - LOWEST));
  };
  const ticks = [-6, -3, 0, 3].map((power) => drawn("text", { class: "w-descent__tick", x: -4, y: y(10 ** power) + 4, "text-anchor": "end" }, power === 0 ? "1" : `10${POWERS[power]}`));
  const frame = [drawn("path", { class: "w-curve__axis", d: `M0 0V${HEIGHT}H${WIDTH}M0 ${y(1)}H${WIDTH}` }), ...ticks, drawn("text", { class: "w-descent__tick", x: WIDTH, y: HEIGHT + 16, "text-anchor": "end" }, `loss, step 0 to ${steps}`)];
  return {
    node,
    show(ways) {
      const last = ways.at(-1).path;
      node.setAttribute("aria-label", `Loss by step on a logarithmic scale: ${written(last[0].loss)} at the start, ${written(last.at(-1).loss)} after ${last.length - 1} steps.`);
      node.replaceChildren(...frame, ...ways.map(({ name, path, isOwn }) => drawn("path", { class: `w-descent__way w-descent__way--${name}`, "data-own": isOwn, d: `M${path.map(({ loss }, step) => `${x(step).toFixed(1)} ${y(loss).toFixed(1)}`).join("L")}` })));
    },
  };
}

const POWERS = { "-6": "⁻⁶", "-3": "⁻³", 3: "³" };

/** Returns {node, show(path)}, named `label` for screen readers: the first steps one by one, then every tenth, and the last. */
export function pathTable(label) {
  const table = element("table", { class: "w-table" });
  const node = element("div", { class: "w-scroll w-descent__table", tabindex: "0", role: "region", "aria-label": label }, table);
  const heads = ["step", "x", "y", "loss", "slope in x", "slope in y"];
  return {
    node,
    show(path) {
      const kept = path.map((place, step) => [step, place]).filter(([step]) => step <= ROWS_IN_FULL || step % 10 === 0 || step === path.length - 1);
      const rows = kept.map(([step, { weights, loss, slopes }]) => element("tr", {}, element("th", { scope: "row", class: "numeric", text: String(step) }), [...weights, loss, ...slopes].map((value) => element("td", { class: "numeric", text: written(value) }))));
      table.replaceChildren(element("thead", {}, element("tr", {}, heads.map((text) => element("th", { scope: "col", class: "numeric", text })))), element("tbody", {}, rows));
    },
  };
}
