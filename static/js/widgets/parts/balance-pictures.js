// Two pictures of two parameter counts: squares whose areas are the counts, and how each count grows with the image.
import { balance } from "../../arithmetic/counting.js";
import { drawn, element } from "./element.js";

const BOX = 220; // the larger square's side; the smaller one is drawn to the same scale
const ROOM = 96; // beside the square, for the smaller one and its name
const RING = 11; // a ring that shows where a square too small to be seen lies
const RING_REACH = 0.8; // its radius, as a share of the square’s side or of RING
const SIDES = [8, 16, 32, 64, 128, 256, 512];
const CHART = { width: 340, height: 220, left: 62, right: 12, top: 14, bottom: 34 };
const POWERS = [[1, "1"], [1e3, "1,000"], [1e6, "1 million"], [1e9, "1 billion"], [1e12, "1 trillion"]];

/** Returns {node, show({dense, conv})}. */
export function toScale() {
  const picture = drawn("svg", { class: "w-balance__scale", viewBox: `-1 -1 ${BOX + ROOM} ${BOX + 12}`, role: "img" });
  const node = element("div", {}, element("p", { class: "w-label", text: "drawn to scale: each area is a number of parameters" }), picture);
  return {
    node,
    show(counts) {
      picture.replaceChildren(...squares(counts));
      picture.setAttribute("aria-label", `Two squares. Dense layer: ${counts.dense} parameters. Convolution: ${counts.conv} parameters.`);
    },
  };
}

function squares({ dense, conv }) {
  const most = Math.max(dense, conv);
  const [wide, narrow] = [dense, conv].map((count) => Math.sqrt(count / most) * BOX);
  const corner = { x: BOX + 46, y: BOX - Math.max(narrow, 2) };
  const swapped = conv > dense; // then the dense square is the small one, beside the large one
  const [large, small] = swapped ? ["conv", "dense"] : ["dense", "conv"];
  const side = swapped ? wide : narrow;
  const beside = side > BOX * 0.2 ? { x: BOX - side, y: BOX - side } : { x: corner.x, y: BOX - side };
  return [
    drawn("rect", { class: `w-balance__area w-balance__area--${large}`, x: 0, y: 0, width: BOX, height: BOX }),
    drawn("text", { class: "w-balance__name", x: 8, y: 20, text: name(large) }),
    drawn("rect", { class: `w-balance__area w-balance__area--${small}`, ...beside, width: Math.max(side, 0.4), height: Math.max(side, 0.4) }),
    ...(side > BOX * 0.2 ? [] : ring({ x: beside.x + side / 2, y: beside.y + side / 2, reach: Math.max(RING, side), word: name(small) })),
  ];
}

function ring({ x, y, reach, word }) {
  return [
    drawn("circle", { class: "w-balance__ring", cx: x, cy: y, r: reach * RING_REACH }),
    drawn("text", { class: "w-balance__name", x, y: y - reach - 8, "text-anchor": "middle", text: word }),
  ];
}

const name = (which) => (which === "dense" ? "dense layer" : "convolution");

/** Returns {node, show(settings)}: both counts against the image's side, on scales where equal steps multiply. */
export function growthChart() {
  const picture = drawn("svg", { class: "w-balance__growth", viewBox: `0 0 ${CHART.width} ${CHART.height}`, role: "img" });
  const node = element("div", {}, element("p", { class: "w-label", text: "parameters, when only the image grows" }), picture);
  return {
    node,
    show(settings) {
      picture.replaceChildren(...growth(settings));
      const said = SIDES.map((side) => `${side}: ${balance({ ...settings, side }).dense.parameters}`).join("; ");
      picture.setAttribute("aria-label", `Parameters by the side of the image. Dense layer, ${said}. Convolution, at every side: ${balance(settings).conv.parameters}.`);
    },
  };
}

function growth(settings) {
  const dense = SIDES.map((side) => [side, balance({ ...settings, side }).dense.parameters]);
  const conv = SIDES.map((side) => [side, balance({ ...settings, side }).conv.parameters]);
  const top = Math.max(dense.at(-1)[1], conv[0][1]);
  const last = POWERS.findIndex(([power]) => power >= top);
  const highest = POWERS[last < 0 ? POWERS.length - 1 : Math.max(1, last)][0];
  const x = (side) => CHART.left + (Math.log2(side / 8) / 6) * (CHART.width - CHART.left - CHART.right);
  const y = (count) => CHART.height - CHART.bottom - (Math.log10(count) / Math.log10(highest)) * (CHART.height - CHART.top - CHART.bottom);
  const line = (points) => `M${points.map(([side, count]) => `${x(side).toFixed(1)} ${y(count).toFixed(1)}`).join("L")}`;
  const now = balance(settings);
  return [
    ...POWERS.filter(([power]) => power <= highest).flatMap(([power, word]) => gridLine(y(power), word)),
    ...SIDES.map((side) => drawn("text", { class: "w-balance__tick", x: x(side), y: CHART.height - 18, "text-anchor": "middle", text: side })),
    drawn("text", { class: "w-balance__tick", x: (CHART.left + CHART.width) / 2, y: CHART.height - 3, "text-anchor": "middle", text: "side of the image, in pixels" }),
    drawn("path", { class: "w-balance__now", d: `M${x(settings.side)} ${CHART.top}V${CHART.height - CHART.bottom}` }),
    drawn("path", { class: "w-balance__line w-balance__line--dense", d: line(dense) }),
    drawn("path", { class: "w-balance__line w-balance__line--conv", d: line(conv) }),
    drawn("circle", { class: "w-balance__dot w-balance__dot--dense", cx: x(settings.side), cy: y(now.dense.parameters), r: 4.5 }),
    drawn("circle", { class: "w-balance__dot w-balance__dot--conv", cx: x(settings.side), cy: y(now.conv.parameters), r: 4.5 }),
  ];
}

function gridLine(at, word) {
  return [
    drawn("path", { class: "w-balance__grid", d: `M${CHART.left} ${at}H${CHART.width - CHART.right}` }),
    drawn("text", { class: "w-balance__tick", x: CHART.left - 6, y: at + 3.5, "text-anchor": "end", text: word }),
  ];
}
