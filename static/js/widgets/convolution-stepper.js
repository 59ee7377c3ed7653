// <convolution-stepper example="a|b|c|d">: a kernel slides over an image, place by place, and the sum is written out.
// Plays by itself until somebody points, taps or presses a key. Fires "stride:step" with {row, column, sum}. State in the address.
import { EXAMPLES, MODES, advanced, answerAt, answers, covering, decoded, encoded, laid, mapSize, rowAndColumn, walked } from "../arithmetic/stepping.js";
import { onThemeChange } from "../colour.js";
import { readState, writeState } from "../hash-state.js";
import { announcer } from "./parts/announcer.js";
import { segments } from "./parts/controls.js";
import { editGrid } from "./parts/edit-grid.js";
import { element } from "./parts/element.js";
import { mapGrid } from "./parts/map-grid.js";
import { signed } from "./parts/number-grid.js";
import { stepperFrame } from "./parts/stepper-frame.js";
import { sumTerms } from "./parts/sum-terms.js";

const TICK_MILLISECONDS = { places: 1100, terms: 480 };
const SEEN_SHARE = 0.6;

class ConvolutionStepper extends HTMLElement {
  #example = "a";
  #mode = "correlation";
  #problem = null;
  #at = { place: 0, term: 0 };
  #reached = -1;
  #byTerms = false;
  #timer = 0;
  #isTouched = false;
  #parts = {};
  #key = "";

  connectedCallback() {
    if (this.#problem) return;
    this.#example = EXAMPLES[this.getAttribute("example")] ? this.getAttribute("example") : "a";
    this.#key = `step-${this.#example}`;
    this.#problem = EXAMPLES[this.#example];
    this.#recall();
    if (!this.#isTouched) this.#at.term = this.#terms; // the first sum stands there whole until the steps begin
    this.#build();
    onThemeChange(() => this.#show());
    this.#playWhenSeen();
    for (const touch of ["pointerdown", "keydown"]) this.addEventListener(touch, (event) => { if (!event.target.closest(".w-transport")) this.#yield(); });
  }

  disconnectedCallback() {
    this.#pause();
  }

  #recall() {
    const kept = decoded(readState(this.#key));
    if (!kept) return;
    this.#example = kept.example;
    this.#mode = kept.mode;
    this.#problem = kept.problem;
    this.#at = { place: kept.place, term: this.#terms };
    this.#isTouched = true;
  }

  get #terms() {
    return this.#problem.kernels.reduce((sum, { values }) => sum + values.length, 0);
  }

  get #count() {
    const { rows, columns } = mapSize(this.#problem);
    return rows * columns;
  }

  #build() {
    const parts = this.#parts;
    const { channels, kernels } = this.#problem;
    if (!parts.room) this.#buildBar();
    parts.images = channels.map((grid, index) => this.#grid("channels", { grid, index, title: index ? "" : "image" }));
    parts.kernels = kernels.map((grid, index) => this.#grid("kernels", { grid, index, title: index ? "" : "kernel" }));
    parts.map = mapGrid({ ...mapSize(this.#problem), title: "feature map", choose: (place) => this.#choose(place), walk: (key) => this.#walk(key) });
    parts.sum = sumTerms({ point: (term) => { this.#yield(); this.#light(term); }, leave: () => this.#light(-1) });
    const frame = stepperFrame({
      parts,
      problem: this.#problem,
      play: () => (this.#timer ? this.#pause() : this.#play()),
      step: (by) => this.#choose((this.#at.place + by + this.#count) % this.#count),
      pace: (byTerms) => { this.#byTerms = byTerms; },
      bias: (bias) => { this.#problem = { ...this.#problem, bias }; this.#touch(); },
      reset: () => { this.#load(this.#example); this.querySelector(".w-step__reset").focus(); },
    });
    Object.assign(parts, frame.parts);
    parts.room.replaceChildren(...frame.nodes);
    this.#show();
  }

  /** What stays when another example is loaded, so that the keyboard's place is not lost. */
  #buildBar() {
    const parts = this.#parts;
    const examples = Object.entries(EXAMPLES).map(([name, { title }]) => [name, title]);
    parts.voice = announcer();
    parts.example = segments({ legend: "example", options: examples, value: this.#example, pick: (name) => this.#load(name) });
    parts.mode = segments({ legend: "what is computed", options: MODES, value: this.#mode, pick: (mode) => { this.#mode = mode; this.#touch(); } });
    parts.room = element("div", { class: "w-step__room" });
    this.replaceChildren(element("div", { class: "w-bar" }, parts.example.node, parts.mode.node), parts.room, parts.voice.node);
  }

  #grid(kind, { grid, index, title }) {
    const isImage = kind === "channels";
    const label = `${isImage ? "image" : "kernel"}${this.#problem.channels.length > 1 ? `, ${["red", "green", "blue"][index]}` : ""}`;
    return editGrid({
      ...grid,
      label,
      title: title || " ",
      change: (at, value) => this.#edit(kind, { index, at, value }),
      point: (at, { chosen = false } = {}) => (isImage ? this.#pointAtPixel(at, { index, chosen }) : this.#pointAtWeight(at, index)),
      leave: () => this.#light(-1),
    });
  }

  #load(name) {
    this.#pause();
    this.#isTouched = true;
    [this.#example, this.#problem, this.#byTerms] = [name, EXAMPLES[name], false];
    this.#at = { place: 0, term: this.#terms };
    this.#build();
    this.#remember();
  }

  #edit(kind, { index, at, value }) {
    const grids = this.#problem[kind].map((grid, each) => (each === index ? { ...grid, values: grid.values.map((old, place) => (place === at ? value : old)) } : grid));
    this.#problem = { ...this.#problem, [kind]: grids };
    this.#touch();
  }

  /** Somebody has acted: stop playing, show every answer, keep the state. */
  #touch() {
    this.#yield();
    this.#show();
    this.#remember();
  }

  #yield() {
    this.#pause();
    if (this.#isTouched) return;
    this.#isTouched = true;
    this.#at = { ...this.#at, term: this.#terms };
    this.#show();
  }

  #choose(place) {
    this.#at = { place, term: this.#terms };
    this.#touch();
    this.#say();
  }

  #walk(key) {
    this.#choose(walked(this.#at.place, { key, size: mapSize(this.#problem) }));
    this.#parts.map.focus(this.#at.place);
  }

  #pointAtPixel(pixel, { index, chosen }) {
    this.#yield();
    if (chosen) this.#at = { place: covering(pixel, { problem: this.#problem, place: this.#at.place }), term: this.#terms };
    if (chosen) this.#touch();
    const under = this.#answer().steps[index].terms.findIndex((term) => term.index === pixel);
    this.#light(under < 0 ? -1 : under + index * this.#problem.kernels[0].values.length);
  }

  #pointAtWeight(weight, index) {
    this.#yield();
    const size = this.#problem.kernels[0].values.length;
    this.#light((this.#mode === "convolution" ? size - 1 - weight : weight) + index * size);
  }

  #playWhenSeen() {
    if (this.#isTouched || matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.#isTouched = true;
      this.#at.term = this.#terms;
      this.#show();
      return;
    }
    const seen = new IntersectionObserver((entries) => {
      const isSeen = entries.at(-1).isIntersecting;
      if (this.#isTouched) seen.disconnect();
      else if (isSeen) this.#play();
      else this.#rest();
    }, { threshold: SEEN_SHARE });
    seen.observe(this.#parts.stage);
  }

  #play() {
    clearTimeout(this.#timer);
    if (!this.#isTouched && this.#reached < 0) this.#at.term = 1;
    const slowly = this.#byTerms || (!this.#isTouched && this.#reached <= 0);
    this.#timer = setTimeout(() => this.#tick(slowly), slowly ? TICK_MILLISECONDS.terms : TICK_MILLISECONDS.places);
    this.#showPlaying();
    if (this.#reached < 0) this.#show();
  }

  #tick(slowly) {
    this.#at = advanced(this.#at, { byTerms: slowly, terms: this.#terms, count: this.#count });
    this.#reached = Math.max(this.#reached, this.#at.place);
    this.#show();
    this.#play();
  }

  #pause() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (this.#parts.play) this.#showPlaying();
  }

  /** Out of sight: nobody comes back to half a sum, which looks like an answer. */
  #rest() {
    this.#pause();
    this.#at.term = this.#terms;
    if (this.#at.place === 0) this.#reached = -1;
    this.#show();
  }

  #showPlaying() {
    this.#parts.play.textContent = this.#timer ? "Pause" : "Play";
  }

  #answer() {
    return answerAt(this.#problem, { mode: this.#mode, place: this.#at.place });
  }

  #show() {
    const { images, kernels, map, sum, turned, bias, sentence } = this.#parts;
    const { place, term } = this.#at;
    const { steps, sum: total } = this.#answer();
    const most = (grids) => Math.max(1, ...grids.flatMap(({ values }) => values.map(Math.abs)));
    const where = rowAndColumn(place, mapSize(this.#problem));
    const lying = laid(this.#problem, this.#mode);
    images.forEach((image, index) => {
      image.set(this.#problem.channels[index].values, most(this.#problem.channels));
      image.frame({ ...where, ...lying[index] });
      image.notes(Object.fromEntries(steps[index].terms.map((each) => [each.index, `×${signed(each.weight)}`])));
    });
    kernels.forEach((kernel, index) => kernel.set(this.#problem.kernels[index].values, most(this.#problem.kernels)));
    turned.show(this.#mode === "convolution" ? lying : null, most(this.#problem.kernels));
    if (document.activeElement !== bias.input) bias.input.value = this.#problem.bias;
    sum.show({ steps, sum: total, bias: this.#problem.bias, upTo: term });
    const whole = term >= this.#terms;
    const partial = whole ? null : steps.flatMap(({ terms }) => terms).slice(0, term).reduce((all, { product }) => all + product, 0);
    map.show({ values: answers(this.#problem, this.#mode).values, place, reached: this.#isTouched ? Infinity : Math.max(place, this.#reached), partial });
    sentence.textContent = described(this.#problem, where);
    this.#light(whole ? -1 : term - 1);
    this.dispatchEvent(new CustomEvent("stride:step", { bubbles: true, detail: { ...where, sum: total } }));
  }

  /** Light one product in the sum, its pixel and its weight; -1 puts all lights out. */
  #light(term) {
    const size = this.#problem.kernels[0].values.length;
    const { steps } = this.#answer();
    this.#parts.sum.light(term);
    this.#parts.images.forEach((image, index) => {
      const inside = term - index * size;
      const isHere = inside >= 0 && inside < size;
      image.light(isHere ? [steps[index].terms[inside].index] : []);
      this.#parts.kernels[index].light(isHere ? [this.#mode === "convolution" ? size - 1 - inside : inside] : []);
    });
  }

  #say() {
    const { row, column } = rowAndColumn(this.#at.place, mapSize(this.#problem));
    this.#parts.voice.say(`Row ${row}, column ${column} of the map: ${signed(this.#answer().sum)}`);
  }

  #remember() {
    writeState(this.#key, encoded({ example: this.#example, mode: this.#mode, place: this.#at.place, problem: this.#problem }));
  }
}

function described({ channels, kernels }, { row, column }) {
  const [image, kernel] = [channels[0], kernels[0]];
  const size = mapSize({ channels, kernels });
  const side = (full, span, made) => `${full} − ${span} + 1 = ${made}`;
  return `The kernel lies with its corner on row ${row}, column ${column}. It fits in ${side(image.rows, kernel.rows, size.rows)} places from top to bottom and ${side(image.columns, kernel.columns, size.columns)} from left to right.`;
}

customElements.define("convolution-stepper", ConvolutionStepper);
