// <compare-runs>: several runs on one chart of loss and one of accuracy, with one cursor. Repeats of one setting with other
// seeds are a band from the lowest to the highest; a branch begins at a mark on its parent.

import uPlot from "../../vendor/uplot/uPlot.esm.js";
import { onThemeChange, token } from "../colour.js";
import { bridged, curveOf, groupsOf, joined, movedApart, spread } from "./comparison.js";
import { Pen, faded, FORMAT, xAxis, yAxis, yScale } from "./plotting.js";
import { nearest, positive } from "./series.js";

const WHATS = ["loss", "metric"];
// Colour is never the only sign: every line has a letter at its end and dashes of its own.
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 2], [1, 4], [12, 4, 4, 4], [4, 6]];
const START = 'script[type="application/json"]';
const FOLLOW_MILLISECONDS = 2500;
const MOVES = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 };
const colourOf = (run) => `--color-run-${run.letter.toLowerCase()}`;

class CompareRuns extends HTMLElement {
  connectedCallback() {
    this.runs = JSON.parse(this.querySelector(START).textContent).runs;
    this.view = { shown: "validation", axis: "step", isLog: false };
    this.charts = {};
    this.sync = uPlot.sync("compare");
    this.querySelector("[data-tools]").dataset.ready = "";
    this.#listen();
    this.stopTheme = onThemeChange(() => this.#draw());
    this.resizer = new ResizeObserver(() => this.#resize());
    for (const what of WHATS) this.resizer.observe(this.#plot(what));
    this.#draw();
    if (this.hasAttribute("follow")) this.#followSoon();
  }

  disconnectedCallback() {
    this.stopTheme();
    this.resizer.disconnect();
    clearTimeout(this.next);
  }

  // While one of the runs goes on, the page as it is now is asked for, and what changed in it takes its place.
  #followSoon() {
    this.next = setTimeout(() => this.#follow(), FOLLOW_MILLISECONDS);
  }

  async #follow() {
    let goesOn = true;
    try {
      const fresh = document.hidden ? null : await pageNow();
      if (fresh) goesOn = this.#take(fresh);
    } catch {
      // The network is away for a while: what is drawn stays, and the next look brings the rest.
    }
    if (goesOn && this.isConnected) this.#followSoon();
  }

  /** Show what another look at this page brought; returns whether one of its runs still goes on. */
  #take(fresh) {
    document.querySelectorAll("[data-fresh]").forEach((part) => renew(part, fresh.getElementById(part.id)));
    const said = this.querySelector(START);
    const now = fresh.querySelector(`compare-runs ${START}`);
    if (now && now.textContent !== said.textContent) {
      said.textContent = now.textContent;
      this.runs = JSON.parse(now.textContent).runs;
      this.#draw();
    }
    return fresh.querySelector("compare-runs[follow]") !== null;
  }

  #plot(what) {
    return this.querySelector(`[data-chart="${what}"] [data-plot]`);
  }

  #listen() {
    for (const name of ["shown", "axis"]) {
      const buttons = this.querySelectorAll(`[data-${name}]`);
      for (const button of buttons) {
        button.addEventListener("click", () => {
          for (const each of buttons) each.setAttribute("aria-pressed", each === button);
          this.#change({ [name]: button.dataset[name] });
        });
      }
    }
    const log = this.querySelector("[data-log]");
    log.addEventListener("click", () => {
      this.#change({ isLog: !this.view.isLog });
      log.setAttribute("aria-pressed", this.view.isLog);
    });
    for (const what of WHATS) this.#plot(what).addEventListener("keydown", (event) => this.#key(event));
  }

  #change(values) {
    this.view = { ...this.view, ...values };
    this.cursor = null;
    this.#draw();
  }

  #draw() {
    for (const what of WHATS) {
      this.charts[what]?.destroy();
      this.charts[what] = this.#chart(what);
      this.#legend(what, null);
    }
    this.dispatchEvent(new CustomEvent("runs-drawn", { bubbles: true }));
  }

  #chart(what) {
    const isLog = what === "loss" && this.view.isLog;
    const joint = joined(this.runs.map((run) => curveOf(run, what, this.view)));
    const columns = isLog ? positive(joint) : joint;
    this.columns = { ...this.columns, [what]: columns };
    const bands = this.#bands(columns, what);
    const plot = this.#plot(what);
    return new uPlot(
      {
        width: plot.clientWidth || 320,
        height: plot.clientHeight || 240,
        legend: { show: false },
        padding: [8, 28, 0, 0],
        cursor: { sync: { key: this.sync.key, scales: ["x", null] }, drag: { x: true, y: false }, points: { size: 7 } },
        scales: { x: { time: false }, y: yScale(what, isLog) },
        axes: [xAxis(this.view.axis), yAxis(what, isLog)],
        series: [{}, ...this.runs.map((run, place) => this.#line(run, place)), ...bands.series],
        bands: bands.bands,
        hooks: {
          drawAxes: [(chart) => this.#branches(new Pen(chart), what)],
          draw: [(chart) => this.#letters(chart, what)],
          setCursor: [(chart) => this.#legend(what, chart.cursor.idx)],
        },
      },
      [...columns, ...bands.columns],
      plot,
    );
  }

  #line(run, place) {
    const colour = token(colourOf(run));
    const isFew = this.view.shown === "validation" || this.view.axis === "epoch";
    return {
      stroke: run.group === null ? colour : faded(colour, 0.7),
      width: run.group === null ? 2 : 1.25,
      dash: DASHES[place],
      spanGaps: true,
      points: isFew && run.epochs.length < 60 ? { show: true, size: 4, fill: colour, stroke: colour } : { show: false },
    };
  }

  // Each group of repeats adds three series: its highest, its lowest, its mean.
  #bands([xs, ...columns], what) {
    const added = { series: [], columns: [], bands: [] };
    groupsOf(this.runs).forEach((places) => {
      const colour = token(colourOf(this.runs[places[0]]));
      const { low, high, mean } = spread(places.map((place) => bridged(xs, columns[place])));
      const first = 1 + columns.length + added.series.length;
      const unseen = { stroke: "transparent", width: 0, points: { show: false }, spanGaps: true };
      added.series.push(unseen, unseen, { stroke: colour, width: 2.5, points: { show: false }, spanGaps: true });
      added.columns.push(high, low, mean);
      added.bands.push({ series: [first, first + 1], fill: faded(colour, 0.18) });
    });
    return what === "loss" && this.view.isLog ? { ...added, columns: positive([[], ...added.columns]).slice(1) } : added;
  }

  // Where a branch left its parent, an upright line with its letter.
  #branches(pen, what) {
    if (this.view.axis !== "step") return;
    for (const run of this.runs.filter((each) => each.parent)) {
      const label = what === "loss" ? `${run.letter} leaves ${run.parent}` : "";
      pen.upright(run.branchStep, { colour: colourOf(run), dash: [8, 2, 2, 2], label });
    }
  }

  // The letter of each run stands at the end of its line; letters that would meet are moved apart.
  #letters(chart, what) {
    const [xs, ...columns] = this.columns[what];
    const { top, height } = chart.bbox;
    const ends = this.runs.flatMap((run, place) => {
      const last = columns[place].findLastIndex((value) => value != null);
      if (last < 0) return [];
      const at = (value, scale) => chart.valToPos(value, scale, true);
      return [{ run, x: at(xs[last], "x") + 6 * devicePixelRatio, y: at(columns[place][last], "y") }];
    });
    for (const { run, x, y } of movedApart(ends, { gap: 13 * devicePixelRatio, low: top, high: top + height })) {
      chart.ctx.save();
      chart.ctx.font = `600 ${12 * devicePixelRatio}px ${getComputedStyle(document.body).fontFamily}`;
      chart.ctx.fillStyle = token(colourOf(run));
      chart.ctx.textBaseline = "middle";
      chart.ctx.textAlign = "left";
      chart.ctx.fillText(run.letter, x, y);
      chart.ctx.restore();
    }
  }

  #legend(what, index) {
    const place = this.querySelector(`[data-chart="${what}"] [data-legend]`);
    const [xs, ...columns] = this.columns[what];
    if (place.childElementCount !== this.runs.length + 1) {
      place.replaceChildren(...this.runs.map((run) => key(run)), document.createElement("span"));
    }
    this.runs.forEach((_, run) => {
      const value = index == null ? null : bridged(xs, columns[run])[index];
      place.children[run].lastChild.textContent = value == null ? "" : ` ${FORMAT[what](value)}`;
    });
    place.lastChild.textContent = index == null ? "" : `${this.view.axis} ${xs[index]}`;
  }

  #key(event) {
    const [xs] = this.columns.loss;
    const last = xs.length - 1;
    const from = this.cursor ?? last;
    const to = event.key === "Home" ? 0 : event.key === "End" ? last : from + (MOVES[event.key] ?? NaN);
    if (Number.isNaN(to) || event.ctrlKey || event.metaKey || event.altKey || last < 0) return;
    event.preventDefault();
    this.cursor = Math.min(last, Math.max(0, to));
    const chart = this.charts.loss;
    chart.setCursor({ left: chart.valToPos(xs[this.cursor], "x"), top: chart.bbox.height / devicePixelRatio / 2 });
    this.querySelector("[data-readout]").textContent = this.#reading(xs[this.cursor]);
  }

  #reading(x) {
    const parts = WHATS.map((what) => {
      const [xs, ...columns] = this.columns[what];
      const index = nearest(xs, x);
      const said = this.runs.flatMap((run, place) => {
        const value = bridged(xs, columns[place])[index];
        return value == null ? [] : [`${run.letter} ${FORMAT[what](value)}`];
      });
      return said.length ? `${what === "loss" ? "loss" : "accuracy"}: ${said.join(", ")}` : "";
    });
    return [`${this.view.axis} ${x}`, ...parts.filter(Boolean)].join("; ");
  }

  #resize() {
    for (const what of WHATS) {
      const { clientWidth: width, clientHeight: height } = this.#plot(what);
      const chart = this.charts[what];
      if (chart && width && (chart.width !== width || chart.height !== height)) chart.setSize({ width, height });
    }
  }
}

async function pageNow() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
}

/** A part that changed, unless somebody is at work in it. */
function renew(part, fresh) {
  if (fresh && !part.contains(document.activeElement) && fresh.innerHTML !== part.innerHTML) part.innerHTML = fresh.innerHTML;
}

function key(run) {
  const made = document.createElement("span");
  made.className = `run-letter run-letter--${run.letter.toLowerCase()}`;
  made.append(run.letter, document.createElement("b"));
  return made;
}

customElements.define("compare-runs", CompareRuns);
