// The rows of a stack of sliding layers, the input at the bottom, with the cone of places that one unit depends on. Rows and columns
// follow the same rule, so one side is drawn. A unit stands over the middle of what it sees and is as wide as its step.
import { drawn } from "./element.js";

const USUAL_WIDTH = 640;
const ROW = 32;
const BAR = 16;
const TOP = 6;

/** Returns {node, show({stages, offsets, names, cone, layer, unit})}; `pick(layer, unit)` hears a click on a unit. */
export function layerCone({ pick }) {
  const node = drawn("svg", { class: "w-cone", role: "img" });
  node.addEventListener("pointerdown", (event) => hear(event, pick));
  node.addEventListener("pointermove", (event) => { if (event.buttons) hear(event, pick); });
  let shown = null;
  const redraw = () => { if (shown) draw(node, shown); };
  new ResizeObserver(redraw).observe(node);
  return { node, show: (state) => { shown = state; redraw(); } };
}

function hear(event, pick) {
  const unit = event.target.closest("[data-unit]");
  if (!unit) return;
  pick(Number(unit.parentNode.dataset.layer), Number(unit.dataset.unit));
  event.preventDefault();
}

function draw(node, { stages, offsets, cone, layer, unit, label }) {
  const height = TOP * 2 + (stages.length - 1) * ROW + BAR;
  const width = node.getBoundingClientRect().width || USUAL_WIDTH;
  const across = width / stages[0].side;
  const y = (row) => TOP + (stages.length - 1 - row) * ROW;
  node.setAttribute("viewBox", `0 0 ${width} ${height}`);
  node.setAttribute("aria-label", label);
  const spans = stages.map(({ side, jump }, row) => ({ side, wide: jump * across, left: (at) => (offsets[row] + at * jump) * across + (across - jump * across) / 2 }));
  node.replaceChildren(
    ...cone.slice(0, -1).map((places, row) => funnel({ above: [cone[row + 1], spans[row + 1], y(row + 1)], below: [places, spans[row], y(row)] })),
    ...spans.map((span, row) => line(span, { row, y: y(row), seen: new Set(cone[row] ?? []), chosen: row === layer ? unit : -1 })),
  );
}

function funnel({ above: [upper, from, top], below: [lower, to, bottom] }) {
  const ends = (places, span) => (places.length ? [span.left(places[0]), span.left(places.at(-1)) + span.wide] : [0, 0]);
  const [[a, b], [c, d]] = [ends(upper, from), ends(lower, to)];
  return drawn("path", { class: "w-cone__funnel", d: `M${a} ${top + BAR}H${b}L${d} ${bottom}H${c}Z` });
}

function line({ side, wide, left }, { row, y, seen, chosen }) {
  const gap = Math.min(2, wide / 5);
  const units = Array.from({ length: side }, (_, at) =>
    drawn("rect", { class: at === chosen ? "w-cone__unit w-cone__unit--chosen" : seen.has(at) ? "w-cone__unit w-cone__unit--seen" : "w-cone__unit", "data-unit": at, x: (left(at) + gap / 2).toFixed(2), y, width: Math.max(0.5, wide - gap).toFixed(2), height: BAR }),
  );
  return drawn("g", { "data-layer": row }, units);
}
