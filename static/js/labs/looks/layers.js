// Gradients and activations by layer: a table with bars, so that a layer that starves or dies is seen at once.

import { percent } from "../../percent.js";
import { made, table } from "./drawing.js";
import { layerRows, short } from "./reading.js";

const HEADS = ["Layer", "Gradient", "of weight", "Output mean", "spread", "zeros", "dead"];

export function showLayers(root, entry) {
  const rows = layerRows(entry);
  root.hidden = rows.length === 0;
  if (root.hidden) return;
  const longest = Math.max(...rows.map(({ slope }) => slope?.norm ?? 0), Number.MIN_VALUE);
  root.querySelector("[data-body]").replaceChildren(table(HEADS, rows.map((row) => cells(row, longest)), "table layers"));
}

function cells({ layer, type, slope, out }, longest) {
  const name = made("span", {}, made("code", {}, layer), made("span", { className: "muted" }, ` ${type}`));
  return [
    name,
    slope ? made("span", { className: "layers__bar" }, meter(slope.norm / longest, `Gradient of ${layer}`), short(slope.norm)) : "–",
    slope?.weight_norm ? share(slope.norm / slope.weight_norm) : "–",
    short(out?.mean),
    short(out?.std),
    share(out?.zeros),
    share(out?.dead),
  ];
}

function meter(value, label) {
  const bar = made("meter", { min: 0, max: 1, "aria-label": label });
  bar.value = value;
  return bar;
}

const share = (value) => (value == null ? "–" : value !== 0 && value < 0.001 ? `${(100 * value).toExponential(0)}\u00a0%` : percent(value));
