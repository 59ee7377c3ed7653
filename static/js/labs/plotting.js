// What every chart of runs is drawn with: axes, number formats, lines and words on the canvas.

import { token } from "../colour.js";
import { percent } from "../percent.js";

export const decimals = (value) => (value >= 0.001 || value === 0 ? value.toFixed(4) : value.toExponential(1));
export const FORMAT = { loss: decimals, metric: (value) => percent(value) };

export const font = () => `12px ${getComputedStyle(document.body).fontFamily}`;

/** An axis in the page's colours. */
export function axis(values) {
  return {
    stroke: token("--color-muted"),
    font: font(),
    grid: { stroke: token("--color-line"), width: 1 },
    ticks: { stroke: token("--color-line"), width: 1, size: 4 },
    ...values,
  };
}

/** The x axis: steps or epochs. By step the upright lines are the ends of epochs; round numbers would only stand between. */
export function xAxis(unit) {
  const label = { label: unit, labelSize: 18, labelFont: font(), labelGap: 0, size: 30, space: 60 };
  return axis(unit === "step" ? { ...label, grid: { show: false } } : { ...label, incrs: [1, 2, 5, 10, 20, 50] });
}

export function yAxis(what, isLog) {
  return axis({ size: 56, values: (_, splits) => splits.map((value) => tick(what, value, isLog)) });
}

/** The scale of "loss" or "metric": a loss from 0, an accuracy to 100 %. */
export function yScale(what, isLog) {
  if (isLog) return { distr: 3 };
  if (what === "metric") return { range: (_, low, high) => [Math.max(0, Math.min(low ?? 0, 0.9)), Math.max(1, high ?? 1)] };
  return { range: (_, low, high) => [0, (high ?? 1) * 1.05 || 1] };
}

function tick(what, value, isLog) {
  if (value == null) return "";
  if (what === "metric") return percent(value, 0);
  if (isLog && !Number.isInteger(Math.log10(value)) && Math.abs(Math.log10(value) % 1) > 1e-6) return "";
  return String(Number(value.toPrecision(3)));
}

/** A colour with less of it; `alpha` 0 to 1. */
export function faded(colour, alpha) {
  const hex = /^#([0-9a-f]{6})$/i.exec(colour);
  return hex ? `${colour}${Math.round(255 * alpha).toString(16).padStart(2, "0")}` : colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
}

/** Lines and words over one chart, inside its plot. */
export class Pen {
  constructor(chart) {
    this.chart = chart;
    this.context = chart.ctx;
    this.box = chart.bbox;
    this.rows = [];
  }

  /** A line through points of the canvas. */
  line(points, { colour, dash = [], width = 1, alpha = 1 }) {
    const { context } = this;
    context.save();
    context.strokeStyle = faded(token(colour), alpha);
    context.lineWidth = width * devicePixelRatio;
    context.setLineDash(dash.map((length) => length * devicePixelRatio));
    context.beginPath();
    points.forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.stroke();
    context.restore();
  }

  /** An upright line at the value x; nothing when that is out of sight. */
  upright(x, style) {
    const place = this.chart.valToPos(x, "x", true);
    const { left, top, width, height } = this.box;
    if (!(place >= left - 1 && place <= left + width + 1)) return;
    this.line([[place, top], [place, top + height]], style);
    if (style.label) this.#write(style.label, place);
  }

  /** A line across at the value y. */
  across(y, style) {
    const place = this.chart.valToPos(y, "y", true);
    const { left, top, width, height } = this.box;
    if (place >= top && place <= top + height) this.line([[left, place], [left + width, place]], style);
  }

  /** A curve through [x, y] values, cut at the edges of the plot. */
  curve(points, style) {
    this.#clipped(() => this.line(points.map(([x, y]) => [this.chart.valToPos(x, "x", true), this.chart.valToPos(y, "y", true)]), style));
  }

  /** A filled band between two values of y, from one x to another. */
  band({ low, high, from, to }, { colour, alpha }) {
    const at = (value, scale) => this.chart.valToPos(value, scale, true);
    this.#clipped(() => {
      this.context.fillStyle = faded(token(colour), alpha);
      this.context.fillRect(at(from, "x"), at(high, "y"), at(to, "x") - at(from, "x"), at(low, "y") - at(high, "y"));
    });
  }

  #clipped(draw) {
    const { left, top, width, height } = this.box;
    this.context.save();
    this.context.beginPath();
    this.context.rect(left, top, width, height);
    this.context.clip();
    draw();
    this.context.restore();
  }

  // Words stand beside their line, in the first row in which nothing stands yet.
  #write(text, place) {
    const { context } = this;
    const unit = devicePixelRatio;
    context.save();
    context.font = `${11 * unit}px ${getComputedStyle(document.body).fontFamily}`;
    const length = context.measureText(text).width;
    const fits = place + length + 6 * unit < this.box.left + this.box.width;
    const from = fits ? place + 4 * unit : place - 4 * unit - length;
    const row = this.#freeRow(from, from + length + 4 * unit);
    context.fillStyle = token("--color-muted");
    context.textAlign = "left";
    context.fillText(text, from, this.box.top + (12 + 13 * row) * unit);
    context.restore();
  }

  #freeRow(from, to) {
    let row = 0;
    while ((this.rows[row] ?? []).some(([left, right]) => from < right && to > left)) row += 1;
    this.rows[row] = [...(this.rows[row] ?? []), [from, to]];
    return row;
  }
}
