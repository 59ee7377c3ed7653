// <softmax-explorer logits="2,1,0,-1" target="0">: logits set by hand, with the probabilities, the loss and its slope.
// Fires "stride:softmax" with {probabilities, loss}. Keeps everything in the address.
import { asComputed, asWritten, crossEntropy, probabilities, slopes } from "../arithmetic/softmax.js";
import { readState, writeState } from "../hash-state.js";
import { announcer } from "./parts/announcer.js";
import { button } from "./parts/controls.js";
import { element, freshId } from "./parts/element.js";
import { logitRow } from "./parts/logit-row.js";
import { lossCurve } from "./parts/loss-curve.js";
import { overflowTable } from "./parts/overflow-table.js";

const CLASSES = ["cat", "dog", "fox", "owl"];
const LIMIT = 1000;
const PRESETS = { undecided: [0, 0, 0, 0], "sure of the cat": [6, 1, 0, -1], "sure of the dog": [0, 6, 1, -1], "very sure of the dog": [0, 12, 1, -1] };
const USUAL = [2, 1, 0, -1];
const fixed = (value, digits = 3) => value.toFixed(digits).replace("-", "−");
/** A probability with digits enough for its logarithm: four decimals would leave a small one a digit or none. */
const exact = (share) => (share < 0.1 ? share.toPrecision(5).replace("-", "−") : share.toFixed(4));

class SoftmaxExplorer extends HTMLElement {
  #logits = [];
  #target = 0;
  #temperature = 1;
  #parts = {};

  connectedCallback() {
    if (this.#logits.length) return;
    const given = (this.getAttribute("logits") ?? "").split(",").map(Number);
    this.#logits = given.length === CLASSES.length && given.every(Number.isFinite) ? given : [...USUAL];
    this.#recall();
    this.#build();
    this.#show();
  }

  #build() {
    const parts = this.#parts;
    const group = freshId("target");
    parts.voice = announcer();
    parts.rows = CLASSES.map((name, place) => logitRow({ name, group, isTarget: place === this.#target, logit: this.#logits[place], limit: LIMIT, set: (logit) => this.#change({ logits: this.#logits.with(place, logit) }), choose: () => this.#change({ target: place }) }));
    parts.temperature = element("input", { type: "range", min: -1, max: 1, step: 0.05, value: Math.log10(this.#temperature) });
    parts.warmth = element("span", { class: "numeric" }); // an <output> would take the label from the slider
    parts.temperature.addEventListener("input", () => this.#change({ temperature: 10 ** Number(parts.temperature.value) }));
    parts.curve = lossCurve();
    parts.slope = element("span");
    parts.loss = element("p", { class: "w-softmax__loss numeric" });
    parts.hint = element("p", { class: "w-quiet" });
    parts.overflow = overflowTable({ classes: CLASSES });
    parts.details = element("details", { class: "w-more" }, element("summary", { text: "How a computer adds it up, and when that breaks" }), parts.overflow.node);
    this.replaceChildren(...this.#frame());
  }

  #frame() {
    const { rows, temperature, warmth, curve, loss, hint, details, voice } = this.#parts;
    const presets = Object.entries(PRESETS).map(([name, logits]) => button(name, () => this.#put({ logits, temperature: 1 })));
    const shift = button("Add 100 to every logit", () => this.#put({ logits: this.#logits.map((logit) => Math.min(LIMIT, logit + 100)) }));
    const heads = [...["right class", "logit z", "probability p"].map((text) => element("span", { text })), this.#parts.slope];
    return [
      element("div", { class: "w-row" }, presets, shift),
      element("div", { class: "w-softmax", role: "group", "aria-label": "Logits, probabilities and slopes" }, element("div", { class: "w-softmax__row w-softmax__heads", "aria-hidden": "true" }, heads), rows.map(({ node }) => node)),
      element("label", { class: "w-slider" }, element("span", { class: "w-label" }, "temperature ", warmth), temperature),
      element("div", { class: "w-softmax__end" }, curve.node, element("div", {}, loss, hint)),
      details,
      voice.node,
    ];
  }

  #change({ logits = this.#logits, target = this.#target, temperature = this.#temperature }) {
    this.#logits = logits;
    this.#target = target;
    this.#temperature = temperature;
    this.#show();
    writeState("softmax", [logits.join(","), target, temperature.toFixed(3)].join(":"));
  }

  /** Change what the controls show too. */
  #put(changes) {
    if (changes.temperature) this.#parts.temperature.value = Math.log10(changes.temperature);
    changes.logits.forEach((logit, place) => this.#parts.rows[place].set(logit));
    this.#change(changes);
  }

  #show() {
    const settings = { target: this.#target, temperature: this.#temperature };
    const shares = probabilities(this.#logits, this.#temperature);
    const loss = crossEntropy(this.#logits, settings);
    const pulls = slopes(this.#logits, settings);
    this.#parts.rows.forEach((row, place) => row.show({ share: shares[place], pull: pulls[place] }));
    this.#parts.warmth.textContent = `T = ${this.#temperature.toFixed(2)}`;
    this.#parts.temperature.setAttribute("aria-valuetext", this.#temperature.toFixed(2));
    this.#parts.curve.show({ share: shares[this.#target], loss });
    this.#parts.slope.textContent = this.#temperature === 1 ? "slope p − y" : "slope (p − y) / T";
    this.#parts.loss.replaceChildren(`loss = −log ${exact(shares[this.#target])} = `, element("b", { text: fixed(loss) }));
    this.#parts.hint.textContent = this.#hint(shares);
    const written = asWritten(this.#logits, this.#temperature);
    this.#parts.overflow.show({ written, computed: asComputed(this.#logits, this.#temperature) });
    if (written.shares.some(Number.isNaN)) this.#parts.details.open = true;
    this.#parts.voice.say(this.#inWords(shares, loss));
    this.dispatchEvent(new CustomEvent("stride:softmax", { bubbles: true, detail: { probabilities: shares, loss } }));
  }

  #hint(shares) {
    const right = CLASSES[this.#target];
    const first = shares.indexOf(Math.max(...shares));
    const isTied = shares.filter((share) => share > shares[first] - 1e-9).length > 1;
    if (isTied) return "No class is ahead of all others. With four classes and equal logits, the loss is log 4.";
    const sure = shares[first] > 0.9 ? "and is sure of it" : "and is not sure";
    if (first === this.#target) return `The network says ${right}, ${sure}. It is right, so the slopes are ${shares[first] > 0.9 ? "small: there is little left to learn from this image" : "not large, but it can still gain by being surer"}.`;
    return `The network says ${CLASSES[first]}, ${sure}, and it is wrong: the image shows ${right === "owl" ? "an" : "a"} ${right}. A step against the slopes raises the logit of ${right} and lowers the others, that of ${CLASSES[first]} most.`;
  }

  #inWords(shares, loss) {
    return `${CLASSES.map((name, place) => `${name} ${(shares[place] * 100).toFixed(1)} percent`).join(", ")}. Loss ${fixed(loss)}`;
  }

  #recall() {
    const [logits, target, temperature] = (readState("softmax") ?? "").split(":");
    const numbers = (logits ?? "").split(",").map(Number);
    if (!logits || numbers.length !== CLASSES.length || !numbers.every((value) => Math.abs(value) <= LIMIT)) return;
    this.#logits = numbers;
    this.#target = CLASSES[Number(target)] ? Number(target) : 0;
    this.#temperature = Math.min(10, Math.max(0.1, Number(temperature) || 1));
  }
}

customElements.define("softmax-explorer", SoftmaxExplorer);
