// <batch-norm layer="conv|dense">: recorded values of a trained network before and after a norm, and which of them share a
// mean. Fires "stride:normed" with {mean, deviation} of the chosen group. Keeps its settings in the address.
import { WAYS, group, normalisedInTraining, normalisedInUse, normalisedValue, statistics } from "../arithmetic/normalising.js";
import { css, diverging, divergingTokens, onThemeChange } from "../colour.js";
import { readState, writeState } from "../hash-state.js";
import { announcer } from "./parts/announcer.js";
import { button, numberField, segments } from "./parts/controls.js";
import { element } from "./parts/element.js";
import { histogramChart } from "./parts/histogram.js";

const RECORDED = new URL("../../data/norms.json", import.meta.url).href;
const BATCHES = [16, 8, 4, 2, 1];
const MODES = { train: "train", eval: "eval" };
const REACH = 4; // the norm's own range that is drawn, in standard deviations
const shown = (value) => (Math.round(value * 100) / 100).toFixed(2).replace("-", "−");
const exact = (value) => value.toFixed(4).replace("-", "−"); // so that two decimals of the answer come out by hand, too

class BatchNorm extends HTMLElement {
  #all = null;
  #kind = "conv";
  #state = { way: "batch", mode: "train", batch: 16, image: 0, channel: 0, scale: 1, shift: 0 };
  #parts = {};

  connectedCallback() {
    if (this.#parts.status) return;
    this.#kind = this.getAttribute("layer") === "dense" ? "dense" : "conv";
    this.#parts.status = element("p", { class: "w-status", role: "status", text: "The recorded values are on their way." });
    this.replaceChildren(this.#parts.status);
    const near = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      near.disconnect();
      this.#start();
    }, { rootMargin: "400px" });
    near.observe(this);
  }

  async #start() {
    try {
      this.#all = await recorded();
    } catch (error) {
      this.#parts.status.replaceChildren(`${error.message} `, button("Try again", () => this.#start()));
      return;
    }
    this.#recall();
    this.#build();
    onThemeChange(() => this.#show());
    this.#show();
  }

  get #layer() {
    return this.#all[this.#kind];
  }

  get #values() {
    return this.#layer.values.slice(0, this.#state.batch);
  }

  #recall() {
    const [way, mode, ...numbers] = (readState(`norm-${this.#kind}`) ?? "").split(",");
    const [batch, image, channel, scale, shift] = numbers.map(Number);
    const isWhole = WAYS[way] && MODES[mode] && BATCHES.includes(batch) && image < batch && channel < this.#layer.channels.length && Math.abs(scale) <= 5 && Math.abs(shift) <= 5;
    if (isWhole) this.#state = { way, mode, batch, image, channel, scale, shift };
  }

  #build() {
    const parts = this.#parts;
    const { way, mode, batch, scale, shift } = this.#state;
    parts.voice = announcer();
    parts.way = segments({ legend: "who shares a mean", options: Object.entries(WAYS).map(([name, { title }]) => [name, title]), value: way, pick: (value) => this.#change({ way: value }) });
    parts.mode = segments({ legend: "mode", options: Object.entries(MODES), value: mode, pick: (value) => this.#change({ mode: value }) });
    parts.batch = segments({ legend: "images in the batch", options: BATCHES.map((count) => [String(count), String(count)]), value: String(batch), pick: (value) => this.#change({ batch: Number(value) }) });
    parts.scale = numberField({ label: "scale γ", value: scale, min: -5, max: 5, step: 0.1, change: (value) => this.#change({ scale: value }) });
    parts.shift = numberField({ label: "shift β", value: shift, min: -5, max: 5, step: 0.1, change: (value) => this.#change({ shift: value }) });
    parts.grid = element("div", { class: "w-norm__grid", role: "group", "aria-label": "Values by channel and image" });
    parts.before = histogramChart();
    parts.after = histogramChart();
    parts.beforeSaid = element("p", { class: "numeric" });
    parts.afterSaid = element("p", { class: "numeric" });
    parts.sum = element("p", { class: "w-sum numeric" });
    parts.company = element("div", { class: "w-scroll", tabindex: "0", role: "region", "aria-label": `One value of ${this.#kind === "conv" ? "the convolution" : "the dense layer"} in batches of every size` });
    parts.grid.addEventListener("keydown", (event) => this.#walk(event));
    const where = this.#kind === "conv" ? "the convolution" : "the dense layer";
    const column = (title, chart, said) => element("div", { class: "w-norm__chart" }, element("p", { class: "w-label", text: title }), chart.node, said);
    this.replaceChildren(
      element("div", { class: "w-bar" }, parts.way.node, parts.mode.node, parts.batch.node),
      element("div", { class: "w-scroll", tabindex: "0", role: "region", "aria-label": `The batch at ${where}` }, parts.grid),
      element("p", { class: "w-quiet", text: "Blue is above 0, orange below; the fainter, the nearer to 0." }),
      element("div", { class: "w-norm__charts" }, column("what comes in", parts.before, parts.beforeSaid), column("what goes on to ReLU", parts.after, parts.afterSaid)),
      element("p", { class: "w-quiet", text: "Solid line: the mean. Pale band: one deviation to either side. Dotted line: 0." }),
      element("div", { class: "w-bar" }, parts.scale.node, parts.shift.node),
      parts.sum,
      parts.company,
      parts.voice.node,
    );
  }

  #change(changes) {
    Object.assign(this.#state, changes);
    this.#state.image = Math.min(this.#state.image, this.#state.batch - 1);
    this.#show();
    const { way, mode, batch, image, channel, scale, shift } = this.#state;
    writeState(`norm-${this.#kind}`, [way, mode, batch, image, channel, scale, shift].join(","));
  }

  #walk(event) {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!step) return;
    const channel = this.#state.channel + step[0];
    const image = this.#state.image + step[1];
    if (channel >= 0 && channel < this.#layer.channels.length && image >= 0 && image < this.#state.batch) {
      this.#change({ channel, image });
      this.#parts.grid.querySelector("[aria-pressed=true]").focus();
    }
    event.preventDefault();
  }

  /** Everything normalised as the settings say; null where a single value would have to be its own mean. */
  #normed() {
    const { mode, way, scale, shift } = this.#state;
    const same = (value) => this.#layer.channels.map(() => value);
    const taught = { eps: this.#layer.eps, scale: same(scale), shift: same(shift) };
    if (mode === "eval" && way === "batch") return normalisedInUse(this.#values, { ...taught, mean: this.#layer.mean, variance: this.#layer.variance });
    try {
      return normalisedInTraining(this.#values, { ...taught, way });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return null;
    }
  }

  #show() {
    const { way, image, channel } = this.#state;
    const normed = this.#normed();
    this.#parts.grid.replaceChildren(...this.#cells());
    this.#parts.mode.node.disabled = way !== "batch";
    this.#showCharts(normed);
    this.#showSum(normed);
    this.#showCompany();
    const found = normed ? statistics(group(normed, { way, image, channel })) : null;
    this.#parts.voice.say(found ? `After it, mean ${shown(found.mean)}, deviation ${shown(Math.sqrt(found.variance))}.` : "PyTorch refuses.");
    this.dispatchEvent(new CustomEvent("stride:normed", { bubbles: true, detail: found && { mean: found.mean, deviation: Math.sqrt(found.variance) } }));
  }

  /** The batch as a table of small maps: a column an image, a row a channel; those that share a mean are framed. */
  #cells() {
    const { way, image, channel, batch } = this.#state;
    const { sameImage, sameChannel } = WAYS[way];
    const limit = Math.max(...this.#layer.values.flat(2).map(Math.abs));
    const colours = divergingTokens(limit);
    const head = [element("span"), ...this.#all.labels.slice(0, batch).map((label, place) => this.#picture(label, place))];
    const rows = this.#layer.channels.flatMap((name, row) => [
      element("span", { class: "w-label", text: `${this.#kind === "conv" ? "channel" : "unit"} ${name}` }),
      ...this.#values.map((each, column) => {
        const isIn = (!sameImage || column === image) && (!sameChannel || row === channel);
        const isChosen = column === image && row === channel;
        return this.#cell(each[row], { row, column, isIn, isChosen, colours });
      }),
    ]);
    this.#parts.grid.style.gridTemplateColumns = `max-content repeat(${batch}, 2.4rem)`;
    return [...head, ...rows];
  }

  #cell(places, { row, column, isIn, isChosen, colours }) {
    const mean = statistics(places).mean;
    const dots = places.map((value) => {
      const dot = element("i");
      dot.style.backgroundColor = css(diverging(value, colours));
      return dot;
    });
    return element(
      "button",
      {
        type: "button",
        class: "w-norm__cell",
        "data-in": isIn,
        "data-one": places.length === 1,
        tabindex: isChosen ? "0" : "-1",
        "aria-pressed": String(isChosen),
        "aria-label": `image ${column + 1}, ${this.#kind === "conv" ? "channel" : "unit"} ${this.#layer.channels[row]}: ${places.length > 1 ? "mean " : ""}${shown(mean)}${isIn ? ", shares the mean" : ""}`,
        onclick: () => { this.#change({ image: column, channel: row }); this.#parts.grid.querySelector("[aria-pressed=true]").focus(); },
      },
      dots,
    );
  }

  #picture(label, place) {
    const dots = this.#all.pictures[place].map((ink) => {
      const dot = element("i");
      dot.style.backgroundColor = css(Array.from({ length: 3 }, () => 255 - Math.round((ink / 16) * 235)));
      return dot;
    });
    return element("span", { class: "w-norm__picture", role: "img", "aria-label": `image ${place + 1}, a ${label}` }, dots);
  }

  #showCharts(normed) {
    const { way, image, channel } = this.#state;
    const before = group(this.#values, { way, image, channel });
    const come = statistics(before);
    this.#chart("before", before, come);
    if (normed) {
      const after = group(normed, { way, image, channel });
      this.#chart("after", after, statistics(after));
      return;
    }
    this.#parts.after.node.replaceChildren();
    this.#parts.after.node.setAttribute("aria-label", "Nothing: PyTorch refuses.");
    this.#parts.afterSaid.textContent = "ValueError: Expected more than 1 value per channel when training.";
  }

  #chart(which, numbers, { mean, variance, count }) {
    const deviation = Math.sqrt(variance);
    const all = this.#layer.values.flat(2);
    const low = Math.min(-REACH, Math.floor(Math.min(...all)));
    const high = Math.max(REACH, Math.ceil(Math.max(...all)));
    const said = `${count.toLocaleString("en")} ${count === 1 ? "value" : "values"}, mean ${shown(mean)}, deviation ${shown(deviation)}`;
    this.#parts[which].show({ numbers, mean, deviation, low, high, label: `Histogram of ${said}` });
    this.#parts[`${which}Said`].textContent = said;
  }

  #showSum(normed) {
    const { image, channel, mode, way, scale, shift } = this.#state;
    const value = this.#values[image][channel][0];
    const isInUse = mode === "eval" && way === "batch";
    const found = isInUse ? { mean: this.#layer.mean[channel], variance: this.#layer.variance[channel] } : statistics(group(this.#values, { way, image, channel }));
    const whose = isInUse ? "remembered" : "of the framed values";
    const taught = `${scale === 1 ? "" : ` · ${shown(scale)}`}${shift === 0 ? "" : ` ${shift < 0 ? "−" : "+"} ${shown(Math.abs(shift))}`}`;
    const result = normed ? shown(normed[image][channel][0]) : "not defined";
    this.#parts.sum.textContent = `first value of image ${image + 1}: (${exact(value)} − ${found.mean < 0 ? `(${exact(found.mean)})` : exact(found.mean)}) / √(${exact(found.variance)} + ε)${taught} = ${result}; mean and variance ${whose}`;
  }

  /** One and the same value, in batches of every size: in training its answer depends on its company. */
  #showCompany() {
    const channel = this.#state.channel;
    const value = this.#layer.values[0][channel][0];
    const { eps, mean, variance } = this.#layer;
    const cells = BATCHES.map((batch) => {
      const found = statistics(group(this.#layer.values.slice(0, batch), { way: "batch", image: 0, channel }));
      return found.count < 2 ? "refused" : shown(normalisedValue(value, { ...found, eps }));
    });
    cells.push(shown(normalisedValue(value, { mean: mean[channel], variance: variance[channel], eps })));
    const heads = [...BATCHES.map((batch) => `train, ${batch}`), "eval"];
    this.#parts.company.replaceChildren(
      element(
        "table",
        { class: "w-table" },
        element("caption", { class: "w-quiet" }, element("span", { class: "w-scroll__said", text: `The first value of image 1 is ${shown(value)}. Batch norm makes of it, before γ and β:` })),
        element("thead", {}, element("tr", {}, heads.map((text) => element("th", { scope: "col", class: "numeric", text })))),
        element("tbody", {}, element("tr", {}, cells.map((text) => element("td", { class: "numeric", text })))),
      ),
    );
  }
}

async function recorded() {
  const answer = await fetch(RECORDED);
  if (!answer.ok) throw new Error(`The recorded values could not be loaded (${answer.status}).`);
  return answer.json();
}

customElements.define("batch-norm", BatchNorm);
