// Loss and accuracy on two uPlot charts with one cursor. Given columns it draws; it knows no run and no socket.

import uPlot from "../../vendor/uplot/uPlot.esm.js";
import { onThemeChange, token } from "../colour.js";
import { bestEpoch, byEpoch, byStep, nearest, positive } from "./series.js";

const WHATS = ["loss", "metric"];
const percent = (value) => `${(100 * value).toFixed(1)} %`;
const decimals = (value) => (value >= 0.001 || value === 0 ? value.toFixed(4) : value.toExponential(1));
const FORMAT = { loss: decimals, metric: percent };

const STEP_SERIES = [
  { name: "train, each step", colour: "--color-train", width: 1, alpha: 0.35 },
  { name: "train, smoothed", colour: "--color-train", width: 2 },
  { name: "validation", colour: "--color-validation", width: 2, dash: [6, 4], points: true },
];
const EPOCH_SERIES = [
  { name: "train", colour: "--color-train", width: 2, points: true },
  { name: "validation", colour: "--color-validation", width: 2, dash: [6, 4], points: true },
];

export class Curves {
  /** plots: {loss: element, metric: element}; options: {goal, stepsPerEpoch(), onCursor(text)} */
  constructor(plots, options) {
    this.plots = plots;
    this.options = options;
    this.axis = "step";
    this.isLog = false;
    this.weight = 0.9;
    this.view = null;
    this.charts = {};
    this.cursor = null;
    this.sync = uPlot.sync(`run-${Math.random()}`);
    this.stopTheme = onThemeChange(() => this.rebuild());
    this.resizer = new ResizeObserver(() => this.#resize());
    for (const what of WHATS) this.resizer.observe(plots[what]);
  }

  destroy() {
    this.stopTheme();
    this.resizer.disconnect();
    for (const chart of Object.values(this.charts)) chart.destroy();
  }

  draw(view) {
    this.view = view;
    const isEmpty = view.step.length === 0 && view.epochs.length === 0;
    for (const what of WHATS) this.plots[what].toggleAttribute("data-empty", isEmpty);
    if (isEmpty) return this.#clear();
    for (const what of WHATS) {
      if (this.charts[what]) this.charts[what].setData(this.#columns(what));
      else this.#build(what);
    }
  }

  /** Change how the curves are drawn: {axis, isLog, weight}. */
  change(values) {
    Object.assign(this, values);
    if (Object.keys(values).join() === "weight") this.draw(this.view);
    else this.rebuild();
  }

  rebuild() {
    this.#clear();
    if (this.view) this.draw(this.view);
  }

  #clear() {
    for (const chart of Object.values(this.charts)) chart.destroy();
    this.charts = {};
  }

  /** Move the cursor of both charts by points, or to an end ("first", "last"), and tell what is there. */
  moveCursor(move) {
    const columns = this.#columns("loss");
    const last = columns[0].length - 1;
    if (last < 0) return;
    const from = this.cursor ?? (move === "first" ? 0 : last);
    const to = move === "first" ? 0 : move === "last" ? last : Math.min(last, Math.max(0, from + move));
    this.cursor = to;
    const chart = this.charts.loss;
    chart.setCursor({ left: chart.valToPos(columns[0][to], "x"), top: chart.bbox.height / devicePixelRatio / 2 });
    this.options.onCursor(this.reading(columns[0][to]));
  }

  /** The values at x as a sentence. */
  reading(x) {
    const parts = WHATS.map((what) => {
      const columns = this.#columns(what);
      const index = nearest(columns[0], x);
      const said = this.#series()
        .map((series, place) => ({ series, value: columns[place + 1][index] }))
        .filter(({ value, series }) => value != null && series.alpha === undefined)
        .map(({ series, value }) => `${series.name} ${FORMAT[what](value)}`);
      return said.length ? `${what === "loss" ? "loss" : "accuracy"}: ${said.join(", ")}` : "";
    });
    return [`${this.axis} ${x}`, ...parts.filter(Boolean)].join("; ");
  }

  #series() {
    return this.axis === "step" ? STEP_SERIES : EPOCH_SERIES;
  }

  #columns(what) {
    const columns = this.axis === "step" ? byStep(this.view, what, { weight: this.weight }) : byEpoch(this.view, what);
    return what === "loss" && this.isLog ? positive(columns) : columns;
  }

  #build(what) {
    this.charts[what] = new uPlot(this.#uplotOptions(what), this.#columns(what), this.plots[what]);
  }

  #uplotOptions(what) {
    const log = what === "loss" && this.isLog;
    return {
      ...this.#size(what),
      legend: { show: false },
      padding: [8, 16, 0, 0],
      cursor: { sync: { key: this.sync.key, scales: ["x", null] }, drag: { x: true, y: false }, points: { size: 7 } },
      scales: { x: { time: false }, y: this.#scale(what, log) },
      axes: [this.#xAxis(), this.#axis({ size: 56, values: (_, splits) => splits.map((value) => tick(what, value, log)) })],
      series: [{}, ...this.#series().map((series) => drawn(series))],
      hooks: { drawAxes: [(chart) => this.#marks(chart, what)], setCursor: [(chart) => this.#hover(chart, what)] },
    };
  }

  // By step the upright lines are the ends of epochs; a grid of round numbers would only stand between them.
  #xAxis() {
    const label = { label: this.axis, labelSize: 18, labelFont: this.#font(), labelGap: 0, size: 30, space: 60 };
    return this.#axis(this.axis === "step" ? { ...label, grid: { show: false } } : { ...label, incrs: [1, 2, 5, 10, 20, 50] });
  }

  #font() {
    return `12px ${getComputedStyle(document.body).fontFamily}`;
  }

  #scale(what, log) {
    if (log) return { distr: 3 };
    if (what === "metric") return { range: (_, low, high) => [Math.max(0, Math.min(low ?? 0, 0.9)), Math.max(1, high ?? 1)] };
    return { range: (_, low, high) => [0, (high ?? 1) * 1.05 || 1] };
  }

  #axis(values) {
    return {
      stroke: token("--color-muted"),
      font: this.#font(),
      grid: { stroke: token("--color-line"), width: 1 },
      ticks: { stroke: token("--color-line"), width: 1, size: 4 },
      ...values,
    };
  }

  // Thin lines where epochs end, one stronger at the best, one where a later attempt went on; the goal across.
  #marks(chart, what) {
    const context = chart.ctx;
    const { left, top, width, height } = chart.bbox;
    const line = (colour, dash, from, to) => {
      context.save();
      context.strokeStyle = token(colour);
      context.lineWidth = devicePixelRatio;
      context.setLineDash(dash.map((length) => length * devicePixelRatio));
      context.beginPath();
      context.moveTo(...from);
      context.lineTo(...to);
      context.stroke();
      context.restore();
    };
    const at = (x, colour, dash, label) => {
      const place = chart.valToPos(x, "x", true);
      if (place < left || place > left + width) return;
      line(colour, dash, [place, top], [place, top + height]);
      if (label) write(context, label, { place, top, edge: left + width });
    };
    if (what === "metric" && this.options.goal) {
      const place = chart.valToPos(this.options.goal, "y", true);
      if (place >= top && place <= top + height) line("--color-text", [1, 3], [left, place], [left + width, place]);
    }
    const x = (event) => (this.axis === "step" ? event.step : event.epoch);
    if (this.axis === "step" && this.view.epochs.length <= 40) {
      for (const epoch of this.view.epochs) at(epoch.step, "--color-line", []);
    }
    const best = bestEpoch(this.view.epochs);
    if (best && this.view.epochs.length > 1) at(x(best), "--color-muted", [2, 3], what === "loss" ? "best" : "");
    if (this.axis === "step") this.#happenings(at, what);
  }

  #happenings(at, what) {
    for (const event of this.view.events) {
      if (event.type === "resumed") at(event.step, "--color-muted", [6, 3], what === "loss" ? "went on here" : "");
      if (event.type === "diverged") at(event.step, "--color-bad", [], what === "loss" ? "diverged" : "");
    }
  }

  #hover(chart, what) {
    const { idx } = chart.cursor;
    this.options.onHover(what, idx == null ? null : this.#values(what, idx));
  }

  #values(what, index) {
    const columns = this.#columns(what);
    return { x: columns[0][index], axis: this.axis, values: columns.slice(1).map((values) => values[index]) };
  }

  #size(what) {
    return { width: this.plots[what].clientWidth || 320, height: this.plots[what].clientHeight || 240 };
  }

  #resize() {
    for (const what of WHATS) {
      const size = this.#size(what);
      const chart = this.charts[what];
      if (chart && (chart.width !== size.width || chart.height !== size.height)) chart.setSize(size);
    }
  }

  /** What the keys of the legend are now: [{name, key, format}]. */
  legend(what) {
    const keys = this.#series().map((series) => ({ ...series, format: FORMAT[what] }));
    const goal = what === "metric" && this.options.goal;
    return goal ? [...keys, { name: `goal ${Math.round(1000 * goal) / 10} %`, colour: "--color-goal" }] : keys;
  }
}

function drawn(series) {
  const colour = token(series.colour);
  return {
    stroke: series.alpha === undefined ? colour : faded(colour, series.alpha),
    width: series.width,
    dash: series.dash,
    spanGaps: true,
    points: series.points ? { show: true, size: 5, fill: colour, stroke: colour } : { show: false },
  };
}

function faded(colour, alpha) {
  const hex = /^#([0-9a-f]{6})$/i.exec(colour);
  return hex ? `${colour}${Math.round(255 * alpha).toString(16).padStart(2, "0")}` : colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
}

function tick(what, value, log) {
  if (value == null) return "";
  if (what === "metric") return `${Math.round(100 * value)} %`;
  if (log && !Number.isInteger(Math.log10(value)) && Math.abs(Math.log10(value) % 1) > 1e-6) return "";
  return String(Number(value.toPrecision(3)));
}

function write(context, text, { place, top, edge }) {
  context.save();
  context.font = `${11 * devicePixelRatio}px ${getComputedStyle(document.body).fontFamily}`;
  context.fillStyle = token("--color-muted");
  const fits = place + context.measureText(text).width + 6 * devicePixelRatio < edge;
  context.textAlign = fits ? "left" : "right";
  context.fillText(text, place + (fits ? 4 : -4) * devicePixelRatio, top + 12 * devicePixelRatio);
  context.restore();
}
