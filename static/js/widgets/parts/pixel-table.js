// One pixel as a table: for each channel the stored number, the number from 0 to 1, and the normalised one.
import { normalised, scaled } from "../../arithmetic/pixels.js";
import { element } from "./element.js";
import { CHANNEL_NAMES, valueAt } from "./picture.js";

const minus = (text) => text.replace("-", "−");

/** Returns {node, show(shown)}. */
export function pixelTable() {
  const table = element("table", { class: "w-table" });
  return { node: table, show: (shown) => table.replaceChildren(caption(shown), head(shown), body(shown)) };
}

function caption({ place }) {
  return element("caption", {}, element("b", { text: `Row ${place.row}, column ${place.column}` }));
}

function head({ picture, statistics }) {
  const stored = picture.largest === 255 ? "uint8" : `stored, 0 to ${picture.largest}`;
  const names = ["channel", stored, picture.largest === 255 ? "÷ 255" : `÷ ${picture.largest}`, statistics.mean ? "normalised" : null];
  return element("thead", {}, element("tr", {}, names.filter(Boolean).map((text, index) => element("th", { scope: "col", class: index ? "numeric" : null, text }))));
}

function body({ picture, place, channel, statistics }) {
  const rows = CHANNEL_NAMES[picture.channels].map((name, each) => {
    const stored = valueAt(picture, { channel: each, ...place });
    const byte = (stored / picture.largest) * 255;
    const cells = [String(stored), scaled(byte).toFixed(4)];
    if (statistics.mean) cells.push(minus(normalised(byte, { mean: statistics.mean[each], std: statistics.std[each] }).toFixed(4)));
    return element("tr", { "aria-current": channel === each ? "true" : null }, element("th", { scope: "row", text: name, class: `w-channel w-channel--${name}` }), cells.map((text) => element("td", { class: "numeric", text })));
  });
  return element("tbody", {}, rows, statistics.mean ? sum({ picture, place, channel, statistics }) : null);
}

function sum({ picture, place, channel, statistics }) {
  const each = channel ?? 0;
  const byte = (valueAt(picture, { channel: each, ...place }) / picture.largest) * 255;
  const [mean, std] = [statistics.mean[each], statistics.std[each]];
  const name = CHANNEL_NAMES[picture.channels][each];
  const text = `${name}: (${scaled(byte).toFixed(4)} − ${mean}) / ${std} = ${minus(normalised(byte, { mean, std }).toFixed(4))}`;
  return element("tr", { class: "w-table__sum" }, element("td", { colspan: 4, text }));
}
