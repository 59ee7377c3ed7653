// <surface-descent surface="ravine" optimiser="sgd">: go down a loss of two weights with SGD, momentum or Adam, step by step.
// Fires "stride:descent" with {step, loss, hasDiverged}. Keeps its settings in the address.
import { OPTIMISERS, descend, largestRate } from "../arithmetic/optimisers.js";
import { SURFACES } from "../arithmetic/surfaces.js";
import { readState, writeState } from "../hash-state.js";
import { announcer } from "./parts/announcer.js";
import { button, numberField, segments } from "./parts/controls.js";
import { DescentMap } from "./parts/descent-map.js";
import { lossLine, pathTable, written } from "./parts/descent-record.js";
import { element } from "./parts/element.js";

const STEPS = 100;
const FRAME_MILLISECONDS = 60;
const RATES = { low: -3.5, high: 1, step: 0.02 }; // exponents of ten
const USUAL = { sgd: 0.03, momentum: 0.01, adam: 0.3 };
const MOVES = { ArrowRight: 1, ArrowLeft: -1, PageUp: 10, PageDown: -10, Home: -STEPS, End: STEPS };

class SurfaceDescent extends HTMLElement {
  #surface = "ravine";
  #optimiser = "sgd";
  #rates = { ...USUAL };
  #start = null;
  #at = 0;
  #playing = 0;
  #showsAll = false;
  #parts = {};

  connectedCallback() {
    if (this.#start) return;
    if (SURFACES[this.getAttribute("surface")]) this.#surface = this.getAttribute("surface");
    if (OPTIMISERS[this.getAttribute("optimiser")]) this.#optimiser = this.getAttribute("optimiser");
    this.#start = [...SURFACES[this.#surface].start];
    this.#recall();
    this.#build();
    this.#show();
  }

  disconnectedCallback() {
    this.#pause();
  }

  #build() {
    const parts = this.#parts;
    parts.voice = announcer();
    parts.surface = segments({ legend: "surface", options: titles(SURFACES), value: this.#surface, pick: (surface) => this.#change({ surface, start: [...SURFACES[surface].start], at: 0 }) });
    parts.optimiser = segments({ legend: "optimiser", options: titles(OPTIMISERS), value: this.#optimiser, pick: (optimiser) => this.#change({ optimiser }) });
    parts.rate = element("input", { type: "range", min: RATES.low, max: RATES.high, step: RATES.step });
    parts.rateSaid = element("span", { class: "numeric" }); // an <output> would take the label from the slider
    parts.rate.addEventListener("input", () => this.#change({ rate: 10 ** Number(parts.rate.value) }));
    parts.all = element("input", { type: "checkbox", checked: this.#showsAll, onchange: () => this.#change({ showsAll: parts.all.checked }) });
    parts.map = new DescentMap({ pick: (start) => this.#change({ start, at: 0 }), key: (event) => this.#key(event) });
    parts.x = numberField({ label: "start x", value: 0, min: -5, max: 5, step: 0.1, change: (x) => this.#change({ start: [x, this.#start[1]], at: 0 }) });
    parts.y = numberField({ label: "start y", value: 0, min: -5, max: 5, step: 0.1, change: (y) => this.#change({ start: [this.#start[0], y], at: 0 }) });
    parts.play = button("Go down", () => this.#play(), { class: "w-button w-button--go" });
    parts.said = element("p", { class: "w-descent__said" });
    parts.rule = element("p", { class: "w-quiet" });
    parts.line = lossLine(STEPS);
    parts.table = pathTable(`Every step, begun on the ${SURFACES[this.#surface].title} with ${OPTIMISERS[this.#optimiser].title}`);
    this.replaceChildren(...this.#frame());
  }

  #frame() {
    const { surface, optimiser, rate, rateSaid, all, map, x, y, play, said, rule, line, table, voice } = this.#parts;
    const back = button("←", () => this.#go(-1), { "aria-label": "Back one step" });
    const ahead = button("→", () => this.#go(1), { "aria-label": "On one step" });
    const first = button("To the start", () => this.#go(-STEPS));
    const key = element("p", { class: "w-quiet w-descent__key" }, Object.entries(OPTIMISERS).map(([name, { title }]) => element("span", { class: `w-descent__name w-descent__name--${name}`, text: title })));
    return [
      element("div", { class: "w-bar" }, surface.node, optimiser.node),
      element("div", { class: "w-bar" }, element("label", { class: "w-slider w-descent__rate" }, element("span", { class: "w-label" }, "learning rate ", rateSaid), rate), element("label", { class: "w-descent__all" }, all, element("span", { text: "show the other two, each with its own rate" }))),
      element("div", { class: "w-descent" }, element("div", {}, map.node, key), element("div", { class: "w-descent__side" }, element("div", { class: "w-row" }, play, first, back, ahead), said, line.node, rule, element("div", { class: "w-bar" }, x.node, y.node))),
      element("details", { class: "w-more" }, element("summary", { text: "The same as a table" }), table.node),
      voice.node,
    ];
  }

  #change({ surface = this.#surface, optimiser = this.#optimiser, rate = null, start = this.#start, at = this.#at, showsAll = this.#showsAll }) {
    this.#pause();
    this.#surface = surface;
    this.#optimiser = optimiser;
    if (rate !== null) this.#rates[optimiser] = rate;
    this.#start = start;
    this.#at = at;
    this.#showsAll = showsAll;
    this.#show();
    this.#keep();
  }

  #go(by) {
    this.#pause();
    this.#at = Math.min(this.#way().path.length - 1, Math.max(0, this.#at + by));
    this.#show();
    this.#keep();
  }

  #key(event) {
    const move = MOVES[event.key];
    if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#go(move);
  }

  /** All steps one after another; at once for whoever asked for less motion. */
  #play() {
    if (this.#playing) return this.#pause();
    const last = this.#way().path.length - 1;
    if (this.#at >= last) this.#at = 0;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.#go(STEPS);
    this.#playing = setInterval(() => { this.#at += 1; this.#show(); if (this.#at >= last) { this.#pause(); this.#keep(); } }, FRAME_MILLISECONDS);
    this.#parts.play.textContent = "Stop";
    return undefined;
  }

  #pause() {
    clearInterval(this.#playing);
    this.#playing = 0;
    if (this.#parts.play) this.#parts.play.textContent = "Go down";
  }

  #way(optimiser = this.#optimiser) {
    return descend(SURFACES[this.#surface], { optimiser, rate: this.#rates[optimiser], start: this.#start, steps: STEPS });
  }

  #show() {
    const surface = SURFACES[this.#surface];
    const { path, hasDiverged } = this.#way();
    this.#at = Math.min(this.#at, path.length - 1);
    const others = this.#showsAll ? Object.keys(OPTIMISERS).filter((name) => name !== this.#optimiser) : [];
    const ways = [...others, this.#optimiser].map((name) => ({ name, path: this.#way(name).path.slice(0, this.#at + 1), isOwn: name === this.#optimiser }));
    const isGone = hasDiverged && this.#at === path.length - 1;
    this.#parts.map.show({ surface, ways, start: this.#start });
    this.#parts.line.show(ways);
    this.#parts.table.show(path.slice(0, this.#at + 1));
    this.#showControls(surface);
    const said = sayHow({ path, at: this.#at, isGone });
    this.#parts.said.textContent = said;
    this.#parts.voice.say(said);
    this.dispatchEvent(new CustomEvent("stride:descent", { bubbles: true, detail: { step: this.#at, loss: path[this.#at].loss, hasDiverged: isGone } }));
  }

  #showControls(surface) {
    const rate = this.#rates[this.#optimiser];
    const { rate: slider, rateSaid, surface: surfaces, x, y, rule } = this.#parts;
    slider.value = Math.log10(rate);
    slider.setAttribute("aria-valuetext", written(rate));
    rateSaid.textContent = written(rate);
    surfaces.set(this.#surface);
    [[x, 0], [y, 1]].forEach(([{ input }, place]) => { if (document.activeElement !== input) input.value = Number(this.#start[place].toFixed(2)); });
    const limit = largestRate(surface, this.#optimiser);
    const edge = limit === null ? "" : ` The sharpest bend here is ${surface.sharpest}, so ${OPTIMISERS[this.#optimiser].title} runs away above a rate of ${written(limit)}.`;
    rule.textContent = `${surface.formula}. ${surface.about}${edge}`;
  }

  #keep() {
    const rates = Object.values(this.#rates).map((rate) => Number(rate.toPrecision(4)));
    writeState("descent", [this.#surface, this.#optimiser, ...rates, ...this.#start.map((value) => Number(value.toFixed(2))), this.#at].join(","));
  }

  #recall() {
    const [surface, optimiser, ...numbers] = (readState("descent") ?? "").split(",");
    const [sgd, momentum, adam, x, y, at] = numbers.map(Number);
    if (!SURFACES[surface] || !OPTIMISERS[optimiser] || numbers.length !== 6 || !numbers.map(Number).every(Number.isFinite)) return;
    if ([sgd, momentum, adam].some((rate) => rate <= 0 || rate > 10)) return;
    this.#surface = surface;
    this.#optimiser = optimiser;
    this.#rates = { sgd, momentum, adam };
    this.#start = [x, y].map((value) => Math.min(5, Math.max(-5, value)));
    this.#at = Math.min(STEPS, Math.max(0, Math.round(at)));
  }
}

const titles = (all) => Object.entries(all).map(([name, { title }]) => [name, title]);

function sayHow({ path, at, isGone }) {
  const { loss, weights } = path[at];
  if (isGone) return `Diverged: after ${at} steps a weight is beyond a million. The rate is too high for this surface.`;
  const where = `x = ${written(weights[0])}, y = ${written(weights[1])}, loss ${written(loss)}`;
  if (at === 0) return `At the start: ${where}. Go down, or step with the arrow keys.`;
  const before = path[at - 1].loss;
  const trend = loss > before ? " It went up with this step." : "";
  return `Step ${at} of ${STEPS}: ${where}.${trend}`;
}

customElements.define("surface-descent", SurfaceDescent);
