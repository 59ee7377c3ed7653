// The filters of the first convolution: each a square of weights, orange below zero and blue above.

import { diverging, divergingTokens } from "../../colour.js";
import { made, paint, table } from "./drawing.js";
import { short } from "./reading.js";

/** Show `data` ({layer, shape, shown, lowest, highest, filters}) in the section `root`. */
export function showFilters(root, { filters: data }) {
  root.hidden = !data?.layer;
  if (root.hidden) return;
  const [count, channels, height, width] = data.shape;
  const limit = Math.max(Math.abs(data.lowest), Math.abs(data.highest));
  root.querySelector("[data-words]").textContent =
    `Layer ${data.layer}: ${data.shown} of ${count} filters of ${height} × ${width}${channels > 1 ? ` over ${channels} channels, each channel one picture` : ""}. ` +
    `Orange is negative, blue positive, from ${short(-limit)} to ${short(limit)}.`;
  const map = divergingTokens(limit);
  root.querySelector("[data-body]").replaceChildren(...data.filters.map((filter, index) => drawn(filter, index, map)));
  fillTable(root.querySelector("[data-table]"), data.filters);
}

function drawn(filter, index, map) {
  const pictures = filter.map((rows) => {
    const canvas = made("canvas", { className: "filter", "aria-hidden": "true" });
    const rgba = new Uint8ClampedArray(rows.flatMap((row) => row.flatMap((value) => [...diverging(value, map), 255])));
    paint(canvas, rgba, { width: rows[0].length, height: rows.length });
    return canvas;
  });
  return made("figure", { className: "filters__one" }, made("div", { className: "filters__channels" }, ...pictures), made("figcaption", {}, String(index + 1)));
}

// Thousands of numbers: written only when someone opens them.
function fillTable(details, filters) {
  const fill = () => {
    if (!details.open) return;
    const rows = filters.flatMap((filter, index) =>
      filter.map((channel, number) => [`${index + 1}${filter.length > 1 ? `, channel ${number + 1}` : ""}`, channel.map((row) => row.map(short).join("  ")).join("\n")]),
    );
    details.querySelector("div").replaceChildren(table(["Filter", "Weights, row by row"], rows, "table filters__numbers"));
  };
  details.ontoggle = fill;
  fill();
}
