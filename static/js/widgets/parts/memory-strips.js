// Where a pixel's numbers lie in memory: a short run of memory in both orders, channels first and channels last.
import { indexChannelsFirst, indexChannelsLast, memoryRun } from "../../arithmetic/pixels.js";
import { element } from "./element.js";
import { CHANNEL_NAMES, valueAt } from "./picture.js";

const BEFORE = 4;
const CELLS = 12;
const number = new Intl.NumberFormat("en");

/** Returns {node, show(shown)}. */
export function memoryStrips() {
  const inside = element("div", { class: "w-memory__strips" });
  const node = element("details", { class: "w-memory" }, element("summary", { text: "Where these numbers lie in memory" }), inside);
  let last = null;
  const draw = () => inside.replaceChildren(...strips(last));
  node.addEventListener("toggle", () => { if (node.open && last) draw(); });
  return {
    node,
    show(shown) {
      last = shown;
      if (node.open) draw();
    },
  };
}

function strips(shown) {
  const size = { height: shown.picture.height, width: shown.picture.width, channels: shown.picture.channels };
  const at = { channel: shown.channel ?? 0, ...shown.place, ...size };
  const { channel, row, column, height, width, channels } = at;
  const first = `${channel} × ${height} × ${width} + ${row} × ${width} + ${column}`;
  const last = `(${row} × ${width} + ${column}) × ${channels} + ${channel}`;
  return [
    strip(shown, { order: "first", title: "Channels first, (C, H, W)", index: indexChannelsFirst(at), formula: first, at }),
    strip(shown, { order: "last", title: "Channels last, (H, W, C)", index: indexChannelsLast(at), formula: last, at }),
  ];
}

function strip(shown, { order, title, index, formula, at }) {
  const { picture } = shown;
  const run = memoryRun({ start: index - BEFORE, count: CELLS, order, height: at.height, width: at.width, channels: at.channels });
  const cells = run.map((place) => memoryCell(picture, { place, here: place.index === index }));
  const name = CHANNEL_NAMES[picture.channels][at.channel];
  return element(
    "div",
    { class: "w-memory__strip" },
    element("p", {}, element("b", { text: title })),
    element("ol", { class: "w-memory__cells", tabindex: "0", "aria-label": `Memory around place ${index}` }, cells),
    element("p", { class: "w-quiet numeric", text: `${name} lies at ${formula} = ${number.format(index)}` }),
  );
}

function memoryCell(picture, { place, here }) {
  const name = CHANNEL_NAMES[picture.channels][place.channel];
  // G is green: grey has the only channel, and needs no letter.
  const initial = picture.channels > 1 ? `${name[0].toUpperCase()} ` : "";
  return element(
    "li",
    { class: `w-memory__cell w-channel--${name}`, "aria-current": here ? "true" : null, title: `${name}, row ${place.row}, column ${place.column}` },
    element("span", { text: valueAt(picture, place) }),
    element("span", { class: "w-memory__where", text: `${initial}${place.row},${place.column}` }),
  );
}
