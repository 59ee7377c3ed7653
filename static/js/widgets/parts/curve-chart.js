// Two curves of a run on one chart: training and validation, by epoch or by step, linear or by powers of ten.
import { height, powers, ticks } from "../../arithmetic/curves.js";
import { drawn } from "./element.js";

const WIDTH = 560;
const HEIGHT = 340;
const LEFT = 56;
const TOP = 26;
const BOTTOM = 40;
const MOST_MARKS = 10;

/** Returns {node, show({series, log, unit, what, most, percent, mark, words})}. A series is {name, values}; null leaves a gap. */
export function curveChart() {
  const node = drawn("svg", { class: "w-curves__chart", viewBox: `0 0 ${LEFT + WIDTH + 12} ${TOP + HEIGHT + BOTTOM}`, role: "img" });
  return {
    node,
    show(state) {
      node.setAttribute("aria-label", state.words);
      node.replaceChildren(...pieces(state));
    },
  };
}

function pieces(state) {
  const count = Math.max(...state.series.map(({ values }) => values.length));
  const scale = scaleOf(state);
  const x = (place) => LEFT + (count > 1 ? place / (count - 1) : 0.5) * WIDTH;
  const y = (value) => TOP + (1 - height(value, scale)) * HEIGHT;
  return [
    ...scale.marks.map((value) => line(value, { y, percent: state.percent })),
    ...bottom(count, { x, unit: state.unit }),
    drawn("text", { class: "w-curves__text", x: 2, y: 12 }, state.what),
    ...(state.mark ? marked(state.mark, { x }) : []),
    ...state.series.flatMap((each) => curve(each, { x, y })),
  ];
}

function scaleOf({ series, log, most }) {
  const values = series.flatMap((each) => each.values).filter((value) => value !== null && (!log || value > 0));
  if (log) {
    const marks = powers(Math.min(...values), Math.max(...values));
    return { log, low: marks[0], high: marks.at(-1), marks };
  }
  const high = most ?? Math.max(...values) * 1.05;
  return { log, low: 0, high, marks: ticks(high) };
}

function line(value, { y, percent }) {
  const text = percent ? `${Math.round(value * 100)}\u00a0%` : value >= 1e4 || (value && value < 1e-3) ? Number(value.toPrecision(2)).toExponential().replace("+", "") : String(value);
  return drawn(
    "g",
    {},
    drawn("path", { class: "w-curves__grid", d: `M${LEFT} ${y(value)}H${LEFT + WIDTH}` }),
    drawn("text", { class: "w-curves__text", x: LEFT - 8, y: y(value) + 4, "text-anchor": "end" }, text.replace("-", "−")),
  );
}

function bottom(count, { x, unit }) {
  const every = Math.ceil(count / MOST_MARKS);
  const places = Array.from({ length: count }, (_, place) => place).filter((place) => (place + 1) % every === 0 || place === 0);
  return [
    ...places.map((place) => drawn("text", { class: "w-curves__text", x: x(place), y: TOP + HEIGHT + 18, "text-anchor": "middle" }, String(place + 1))),
    drawn("text", { class: "w-curves__text", x: LEFT + WIDTH, y: TOP + HEIGHT + 36, "text-anchor": "end" }, unit),
  ];
}

function marked({ place, text }, { x }) {
  const onRight = x(place) < LEFT + WIDTH * 0.6;
  return [
    drawn("path", { class: "w-curves__mark", d: `M${x(place)} ${TOP}V${TOP + HEIGHT}` }),
    drawn("text", { class: "w-curves__said", x: x(place) + (onRight ? 6 : -6), y: TOP + 12, "text-anchor": onRight ? "start" : "end" }, text),
  ];
}

function curve({ name, values }, { x, y }) {
  const points = values.map((value, place) => (value === null ? null : `${x(place).toFixed(1)} ${y(value).toFixed(1)}`));
  const path = points.map((point, place) => (point === null ? "" : `${place && points[place - 1] !== null ? "L" : "M"}${point}`)).join("");
  const dots = values.flatMap((value, place) => (value === null || values.length > 20 ? [] : [drawn("circle", { class: `w-curves__dot w-curves__dot--${name}`, cx: x(place), cy: y(value), r: 2.6 })]));
  return [drawn("path", { class: `w-curves__line w-curves__line--${name}`, d: path }), ...dots];
}
