// Loss and accuracy on two uPlot charts with one cursor. Given columns it draws; it knows no run and no socket.

import uPlot from "../../vendor/uplot/uPlot.esm.js";
import { onThemeChange, token } from "../colour.js";
import { happenings } from "./happenings.js";
import { Pen, faded, FORMAT, xAxis, yAxis, yScale } from "./plotting.js";
import { bestEpoch, byEpoch, byStep, nearest, positive, span } from "./series.js";

const WHATS = ["loss", "metric"];
const SHOWN_EPOCH_ENDS = 40;
const STEP_SERIES = [
  { name: "train, each step", colour: "--color-train", width: 1, alpha: 0.35 },
  { name: "train, smoothed", colour: "--color-train", width: 2 },
  { name: "validation", colour: "--color-validation", width: 2, dash: [6, 4], points: true },
];
const EPOCH_SERIES = [
  { name: "train", colour: "--color-train", width: 2, points: true },
  { name: "validation", colour: "--color-validation", width: 2, dash: [6, 4], points: true },
];
const STYLES = {
  rate: { colour: "--color-accent", dash: [1, 3], width: 2 },
  resumed: { colour: "--color-muted", dash: [6, 3] },
  paused: { colour: "--color-muted", dash: [6, 3] },
  diverged: { colour: "--color-bad" },
  diagnosis: { colour: "--color-bad", dash: [2, 2] },
  branch: { colour: "--color-good", dash: [8, 2, 2, 2] },
};

export class Curves {
  /**
   * plots: {loss: element, metric: element}; options: {goal, prediction, branches: [{step, label}], total(): steps or 0,
   * stepsPerEpoch(), onHover(what, point), onCursor(text)}
   */
  constructor(plots, options) {
    this.plots = plots;
    this.options = { branches: [], total: () => 0, stepsPerEpoch: () => 0, ...options };
    this.axis = "step";
    this.isLog = false;
    this.weight = 0.9;
    this.view = null;
    this.charts = {};
    this.drawn = {};
    this.cursor = null;
    this.range = null;
    this.sync = uPlot.sync(`run-${Math.random()}`);
    this.stopTheme = onThemeChange(() => this.rebuild());
    this.resizer = new ResizeObserver(() => this.#resize());
    for (const what of WHATS) this.resizer.observe(plots[what]);
  }

  destroy() {
    this.stopTheme();
    this.resizer.disconnect();
    this.#clear();
  }

  draw(view) {
    this.view = view;
    const isEmpty = view.step.length === 0 && view.epochs.length === 0;
    for (const what of WHATS) this.plots[what].toggleAttribute("data-empty", isEmpty);
    if (isEmpty) return this.#clear();
    for (const what of WHATS) {
      this.drawn[what] = this.#columns(what);
      if (this.charts[what]) this.charts[what].setData(this.drawn[what]);
      else this.charts[what] = new uPlot(this.#uplotOptions(what), this.drawn[what], this.plots[what]);
    }
  }

  /** Change how the curves are drawn: {axis, isLog, weight}. */
  change(values) {
    if ("axis" in values) this.range = null;
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

  /** Show x from one value to another, or everything for null. */
  zoom(range) {
    const [from, to] = this.#whole();
    const isWhole = range === null || (range[0] <= from && range[1] >= to) || !(range[1] > range[0]);
    this.range = isWhole ? null : range;
    this.draw(this.view);
    this.options.onZoom?.(this.range);
  }

  /** Zoom about the cursor: under 1 is nearer. */
  scale(factor) {
    const whole = this.#whole();
    const [from, to] = this.range ?? whole;
    const middle = this.cursor === null ? (from + to) / 2 : this.drawn.loss[0][this.cursor];
    const half = ((to - from) * factor) / 2;
    this.zoom([Math.max(whole[0], middle - half), Math.min(whole[1], middle + half)]);
  }

  // All that there is to see: the points, and the steps to come when something was predicted for them.
  #whole() {
    const { step, epochs } = this.view;
    if (this.axis === "epoch") return span(epochs[0]?.epoch ?? 0, epochs.at(-1)?.epoch ?? 1);
    const to = this.options.prediction ? this.options.total() : 0;
    return span(Math.min(step[0] ?? 0, epochs[0]?.step ?? Infinity), Math.max(step.at(-1) ?? 1, epochs.at(-1)?.step ?? 1, to));
  }

  /** Move the cursor of both charts by points, or to an end ("first", "last"), and tell what is there. */
  moveCursor(move) {
    const xs = this.drawn.loss?.[0] ?? [];
    const last = xs.length - 1;
    if (last < 0) return;
    const from = Math.min(last, this.cursor ?? (move === "first" ? 0 : last));
    const to = move === "first" ? 0 : move === "last" ? last : Math.min(last, Math.max(0, from + move));
    this.cursor = to;
    const chart = this.charts.loss;
    chart.setCursor({ left: chart.valToPos(xs[to], "x"), top: chart.bbox.height / devicePixelRatio / 2 });
    this.options.onCursor(this.reading(xs[to]));
  }

  /** The values at x as a sentence. */
  reading(x) {
    const parts = WHATS.map((what) => {
      const index = nearest(this.drawn[what][0], x);
      const said = this.#series()
        .map((series, place) => ({ series, value: this.drawn[what][place + 1][index] }))
        .filter(({ value, series }) => value != null && series.alpha === undefined)
        .map(({ series, value }) => `${series.name} ${FORMAT[what](value)}`);
      return said.length ? `${what === "loss" ? "loss" : "accuracy"}: ${said.join(", ")}` : "";
    });
    return [`${this.axis} ${x}`, ...parts.filter(Boolean)].join("; ");
  }

  #series() {
    return this.axis === "step" ? STEP_SERIES : EPOCH_SERIES;
  }

  // No more points than the chart has room for: two to a pixel say all that can be seen.
  #columns(what) {
    const [from, to] = this.range ?? [-Infinity, Infinity];
    const bins = this.#size(what).width;
    const columns = this.axis === "step" ? byStep(this.view, what, { weight: this.weight, bins, from, to }) : byEpoch(this.view, what);
    return what === "loss" && this.isLog ? positive(columns) : columns;
  }

  #uplotOptions(what) {
    const log = what === "loss" && this.isLog;
    return {
      ...this.#size(what),
      legend: { show: false },
      padding: [8, 16, 0, 0],
      cursor: {
        sync: { key: this.sync.key, scales: ["x", null] },
        drag: { x: true, y: false, setScale: false },
        points: { size: 7 },
        bind: { dblclick: () => () => this.zoom(null) },
      },
      scales: { x: { time: false, range: () => this.range ?? this.#whole() }, y: yScale(what, log) },
      axes: [xAxis(this.axis), yAxis(what, log)],
      series: [{}, ...this.#series().map((series) => drawn(series))],
      hooks: {
        drawAxes: [(chart) => this.#under(new Pen(chart), what)],
        setCursor: [(chart) => this.#hover(chart, what)],
        setSelect: [(chart) => this.#select(chart)],
      },
    };
  }

  #select(chart) {
    const { left, width } = chart.select;
    if (width < 4) return;
    const range = [chart.posToVal(left, "x"), chart.posToVal(left + width, "x")];
    for (const each of Object.values(this.charts)) each.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.zoom(range);
  }

  // Under the curves: what was predicted, the goal, the ends of epochs, and what happened.
  #under(pen, what) {
    if (what === "metric") this.#predicted(pen);
    if (what === "metric" && this.options.goal) pen.across(this.options.goal, { colour: "--color-text", dash: [1, 3] });
    const { epochs } = this.view;
    if (this.axis === "step" && epochs.length <= SHOWN_EPOCH_ENDS) {
      for (const epoch of epochs) pen.upright(epoch.step, { colour: "--color-line" });
    }
    const label = (text) => (what === "loss" ? text : "");
    const best = bestEpoch(epochs);
    if (best && epochs.length > 1) pen.upright(this.#x(best), { colour: "--color-muted", dash: [2, 3], label: label("best") });
    for (const each of happenings(this.view.events)) pen.upright(this.#x(each), { ...STYLES[each.kind], label: label(each.label) });
    for (const branch of this.options.branches) pen.upright(this.#x(branch), { ...STYLES.branch, label: label(branch.label) });
  }

  #x({ step, epoch }) {
    return this.axis === "step" ? step : (epoch ?? step / (this.options.stepsPerEpoch() || 1));
  }

  #predicted(pen) {
    const { prediction } = this.options;
    if (!prediction) return;
    const end = this.axis === "step" ? this.options.total() : this.options.total() / (this.options.stepsPerEpoch() || 1);
    if (!end) return;
    const style = { colour: "--color-muted", alpha: 0.16 };
    const { low, high } = prediction;
    // One end may have been left open.
    if (low != null || high != null) pen.band({ low: low ?? 0, high: high ?? 1, from: 0, to: end }, style);
    const sketch = (prediction.sketch ?? []).map(([x, y]) => [x * end, y]);
    if (sketch.length > 1) pen.curve(sketch, { colour: "--color-muted", dash: [2, 4], width: 2 });
  }

  #hover(chart, what) {
    const { idx } = chart.cursor;
    this.options.onHover(what, idx == null ? null : this.#values(what, idx));
  }

  #values(what, index) {
    const columns = this.drawn[what];
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

  /** What the keys of the legend are now: [{name, colour, format}]; without a format a key has no value. */
  legend(what) {
    const keys = this.#series().map((series) => ({ ...series, format: FORMAT[what] }));
    if (what !== "metric") return keys;
    const { goal, prediction } = this.options;
    if (goal) keys.push({ name: `goal ${Math.round(1000 * goal) / 10}\u00a0%`, colour: "--color-goal" });
    if (prediction) keys.push({ name: "your prediction", colour: "--color-prediction" });
    return keys;
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
