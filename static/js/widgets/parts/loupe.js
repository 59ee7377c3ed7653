// A small table of the numbers around the cursor, each cell in its own colour, rows and columns numbered.
import { normalised, scaled } from "../../arithmetic/pixels.js";
import { css, inkOn } from "../../colour.js";
import { element } from "./element.js";
import { colourAt, valueAt } from "./picture.js";

const REACH = 2;

/** Returns {node, show(shown)}. */
export function loupe() {
  const table = element("table", { class: "w-loupe" });
  return { node: table, show: (shown) => table.replaceChildren(caption(shown), head(shown), body(shown)) };
}

function caption({ place }) {
  return element("caption", { text: `Around row ${place.row}, column ${place.column}` });
}

function span(centre, full) {
  const first = Math.min(Math.max(0, centre - REACH), Math.max(0, full - 2 * REACH - 1));
  return Array.from({ length: Math.min(2 * REACH + 1, full) }, (_, index) => first + index);
}

function head({ picture, place }) {
  const cells = span(place.column, picture.width).map((column) => element("th", { scope: "col", text: column }));
  return element("thead", {}, element("tr", {}, element("td"), cells));
}

function body(shown) {
  const { picture, place } = shown;
  const rows = span(place.row, picture.height).map((row) => {
    const cells = span(place.column, picture.width).map((column) => cell(shown, { row, column }));
    return element("tr", {}, element("th", { scope: "row", text: row }), cells);
  });
  return element("tbody", {}, rows);
}

function cell(shown, { row, column }) {
  const { picture, place, channel } = shown;
  const colour = colourAt(picture, { row, column, channel });
  const here = row === place.row && column === place.column;
  const channels = channel !== null ? [channel] : [...Array(picture.channels).keys()];
  const numbers = channels.map((each) => element("span", { text: written(shown, { channel: each, row, column }) }));
  const made = element("td", { "aria-current": here ? "true" : null, "data-numbers": channels.length }, numbers);
  made.style.backgroundColor = css(colour);
  made.style.color = css(inkOn(colour));
  return made;
}

function written({ picture, scale, statistics }, at) {
  const stored = valueAt(picture, at);
  if (scale === "stored") return String(stored);
  const byte = (stored / picture.largest) * 255;
  if (scale === "scaled" || !statistics.mean) return scaled(byte).toFixed(2);
  return normalised(byte, { mean: statistics.mean[at.channel], std: statistics.std[at.channel] }).toFixed(2).replace("-", "−");
}
