// <kernel-playground kernel="edge">: any kernel over a photo, a picture of your own or the webcam, live and in this page alone.
// Fires "stride:kernel" with {name, values}. Keeps kernel, numbers and switches in the address, never a picture.
import { planesOf, range, under } from "../arithmetic/filtering.js";
import { KERNELS, normalised, resized, sums, template } from "../arithmetic/kernels.js";
import { stepped } from "../arithmetic/window.js";
import { onThemeChange } from "../colour.js";
import { readState, writeState } from "../hash-state.js";
import { percent } from "../percent.js";
import { announcer } from "./parts/announcer.js";
import { button, segments } from "./parts/controls.js";
import { editGrid } from "./parts/edit-grid.js";
import { element } from "./parts/element.js";
import { filteredView } from "./parts/filtered-view.js";
import { kernelPalette } from "./parts/kernel-palette.js";
import { signed } from "./parts/number-grid.js";
import { pictureSource } from "./parts/picture-source.js";
import { sumTerms } from "./parts/sum-terms.js";

const LEARNED = new URL("../../data/learned-kernels.json", import.meta.url).href;
const TEMPLATE_SIDE = 5;
const FAR = 10;

class KernelPlayground extends HTMLElement {
  #kernels = KERNELS;
  #name = "edge";
  #kernel = null;
  #isNormalised = false;
  #isSigned = true;
  #picture = null;
  #planes = null;
  #place = { row: 0, column: 0 };
  #range = null;
  #parts = {};

  connectedCallback() {
    if (this.#kernel) return;
    this.#take(KERNELS[this.getAttribute("kernel")] ? this.getAttribute("kernel") : "edge");
    this.#build();
    const near = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      near.disconnect();
      this.#start();
    }, { rootMargin: "400px" });
    near.observe(this);
    onThemeChange(() => { this.#parts.palette.redraw(); this.#show(); });
  }

  disconnectedCallback() {
    this.#parts.source.stop();
  }

  #take(name) {
    const { kernel, normalised: isNormalised = false, signed: isSigned = false } = this.#kernels[name];
    [this.#name, this.#kernel, this.#isNormalised, this.#isSigned] = [name, kernel, isNormalised, isSigned];
  }

  #build() {
    const parts = this.#parts;
    parts.voice = announcer();
    parts.source = pictureSource({ picture: (picture) => this.#see(picture), status: (text) => { parts.status.textContent = text; } });
    parts.status = element("p", { class: "w-status", role: "status" });
    parts.paletteRoom = element("div");
    parts.gridRoom = element("div", { class: "w-kernel__grid" });
    parts.size = segments({ legend: "size", options: [["3", "3 × 3"], ["5", "5 × 5"]], value: String(this.#kernel.rows), pick: (side) => this.#change({ kernel: resized(this.#kernel, Number(side)) }) });
    parts.normalise = segments({ legend: "weights", options: [["as", "as they are"], ["normalised", "normalised"]], value: this.#isNormalised ? "normalised" : "as", pick: (word) => this.#change({ isNormalised: word === "normalised" }) });
    parts.look = segments({ legend: "show the answers", options: [["image", "as an image"], ["signed", "with their sign"]], value: this.#isSigned ? "signed" : "image", pick: (word) => this.#change({ isSigned: word === "signed" }) });
    parts.view = filteredView({ move: (place) => this.#move(place), walk: (event) => this.#walk(event) });
    parts.sum = sumTerms({ point: (term) => this.#light(term), leave: () => this.#light(-1) });
    parts.note = element("p", { class: "w-kernel__note" });
    parts.facts = element("p", { class: "w-quiet numeric" });
    this.#buildPalette();
    this.#buildGrid();
    this.replaceChildren(
      parts.source.node,
      parts.status,
      parts.paletteRoom,
      element("div", { class: "w-kernel" }, element("div", { class: "w-kernel__set" }, parts.gridRoom, parts.note), element("div", { class: "w-kernel__switches" }, parts.size.node, parts.normalise.node, parts.look.node, button("look for the pixels at the cursor", () => this.#lookFor()))),
      parts.view.node,
      parts.sum.node,
      parts.facts,
      parts.voice.node,
    );
    this.#tell();
  }

  #buildPalette() {
    const entries = Object.entries(this.#kernels);
    const group = (wanted) => Object.fromEntries(entries.filter(([, { isLearned = false }]) => isLearned === wanted));
    const groups = [["designed", group(false)], ["learned from digits", group(true)]].filter(([, kernels]) => Object.keys(kernels).length);
    this.#parts.palette = kernelPalette({ groups, value: this.#name, pick: (name) => { this.#take(name); this.#set(); } });
    this.#parts.paletteRoom.replaceChildren(this.#parts.palette.node);
  }

  #buildGrid() {
    const { rows, columns, values } = this.#kernel;
    this.#parts.grid = editGrid({
      rows, columns, values,
      label: "weight",
      title: "kernel: type your own",
      change: (index, value) => this.#change({ kernel: { ...this.#kernel, values: this.#kernel.values.map((old, place) => (place === index ? value : old)) } }),
      point: (index) => this.#light(index),
      leave: () => this.#light(-1),
    });
    this.#parts.gridRoom.replaceChildren(this.#parts.grid.node);
  }

  async #start() {
    await this.#loadLearned();
    this.#recall();
    this.#set({ isFromAddress: true });
    await this.#parts.source.start();
  }

  async #loadLearned() {
    try {
      const { kernels, accuracy } = await (await fetch(LEARNED)).json();
      const note = `Learned by a small network that reads ${percent(accuracy, 0)} of unseen digits. Nobody chose these numbers.`;
      const learned = kernels.map((values, index) => [`learned${index + 1}`, { title: `filter ${index + 1}`, note, isLearned: true, signed: true, kernel: { rows: 3, columns: 3, values } }]);
      this.#kernels = { ...KERNELS, ...Object.fromEntries(learned) };
    } catch {
      this.#parts.status.textContent = "The learned kernels could not be loaded; the designed ones are all here.";
    }
    this.#buildPalette();
  }

  /** Bring the controls in line with the state, and show it. */
  #set({ isFromAddress = false } = {}) {
    const { palette, size, normalise, look } = this.#parts;
    palette.set(this.#name);
    size.set(String(this.#kernel.rows));
    normalise.set(this.#isNormalised ? "normalised" : "as");
    look.set(this.#isSigned ? "signed" : "image");
    this.#buildGrid();
    this.#show();
    if (!isFromAddress) this.#remember();
  }

  #change({ kernel = this.#kernel, isNormalised = this.#isNormalised, isSigned = this.#isSigned }) {
    const isResized = kernel.rows !== this.#kernel.rows;
    if (kernel !== this.#kernel) this.#name = "own";
    [this.#kernel, this.#isNormalised, this.#isSigned] = [kernel, isNormalised, isSigned];
    if (isResized) this.#set();
    this.#parts.palette.set(this.#name);
    this.#show();
    this.#remember();
  }

  get #used() {
    return this.#isNormalised ? normalised(this.#kernel) : this.#kernel;
  }

  /** A new picture, or the next frame of the webcam. */
  #see(picture) {
    const isFirst = !this.#picture || picture.width !== this.#picture.width || picture.height !== this.#picture.height;
    this.#picture = picture;
    this.#planes = planesOf(picture.rgba, picture.width * picture.height);
    if (isFirst) this.#place = picture.place ?? { row: picture.height >> 1, column: picture.width >> 1 };
    this.#show();
  }

  #show() {
    const { grid, view } = this.#parts;
    grid.set(this.#kernel.values, Math.max(1e-6, ...this.#kernel.values.map(Math.abs)));
    this.#tell();
    if (!this.#picture) return;
    view.show({ picture: this.#picture, planes: this.#planes, kernel: this.#used, isSigned: this.#isSigned, isLive: this.#picture.isLive });
    view.mark(this.#place, this.#kernel);
    this.#range = range(view.values);
    this.#showSum();
    this.#showFacts();
  }

  #tell() {
    const { note } = this.#kernels[this.#name] ?? { note: "A kernel of your own." };
    const { all } = sums(this.#used);
    const flat = Math.abs(all) < 1e-6 ? "0: flat areas become 0" : `${signed(all)}: flat areas become ${signed(all)} times as bright`;
    this.#parts.note.textContent = `${note} The weights add up to ${Math.abs(all - 1) < 1e-6 ? "1: flat areas keep their brightness" : flat}.`;
    this.dispatchEvent(new CustomEvent("stride:kernel", { bubbles: true, detail: { name: this.#name, values: [...this.#used.values] } }));
  }

  #terms() {
    const { width, height } = this.#picture;
    const pixels = under(this.#planes.grey, { width, height, kernel: this.#used, ...this.#place });
    return pixels.map((value, index) => ({ index, value, weight: this.#used.values[index], product: value * this.#used.values[index] }));
  }

  #showSum() {
    const terms = this.#terms();
    const sum = terms.reduce((total, { product }) => total + product, 0);
    this.#parts.sum.show({ steps: [{ terms, sum }], sum, bias: 0, upTo: terms.length });
    const { row, column } = this.#place;
    this.#parts.view.source.setAttribute("aria-label", `Image, ${this.#picture.height} rows by ${this.#picture.width} columns. Cursor on row ${row}, column ${column}. Arrow keys move by one pixel, with Shift by ten.`);
    if (!this.#picture.isLive) this.#parts.voice.say(`Row ${row}, column ${column}: the answer is ${signed(sum)}`);
  }

  #showFacts() {
    const { smallest, largest, mean } = this.#range;
    const { row, column } = this.#place;
    this.#parts.facts.textContent = `Above: the sum over the brightness round row ${row}, column ${column} (red, green and blue weighed as the eye does). The strongest three in a hundred answers all get the fullest colour. Over the whole image, answers go from ${signed(Math.round(smallest))} to ${signed(Math.round(largest))}, with a mean of ${signed(Math.round(mean))}. Beyond the border, the outermost pixels are repeated.`;
  }

  #light(index) {
    this.#parts.sum.light(index);
    this.#parts.grid.light(index < 0 ? [] : [index]);
  }

  #move(place) {
    this.#place = place;
    this.#parts.view.mark(place, this.#kernel);
    this.#showSum();
    this.#showFacts();
  }

  #walk(event) {
    const far = event.shiftKey ? FAR : 1;
    const step = { ArrowUp: { rows: -far }, ArrowDown: { rows: far }, ArrowLeft: { columns: -far }, ArrowRight: { columns: far } }[event.key];
    if (!step || !this.#picture) return;
    this.#move(stepped(this.#place, { ...step, size: this.#picture }));
    event.preventDefault();
  }

  /** Template matching: the pixels under the cursor become the kernel that looks for them. */
  #lookFor() {
    if (!this.#picture) return;
    const { width, height } = this.#picture;
    const shape = { rows: TEMPLATE_SIDE, columns: TEMPLATE_SIDE, values: Array(TEMPLATE_SIDE ** 2).fill(0) };
    this.#kernel = template(under(this.#planes.grey, { width, height, kernel: shape, ...this.#place }), TEMPLATE_SIDE);
    [this.#name, this.#isNormalised, this.#isSigned] = ["own", false, true];
    this.#set();
  }

  #remember() {
    const numbers = this.#name === "own" ? `,${this.#kernel.values.join("_")}` : "";
    writeState("kernel", `${this.#name},${this.#isNormalised ? 1 : 0},${this.#isSigned ? 1 : 0}${numbers}`);
  }

  #recall() {
    const [name, isNormalised, isSigned, numbers] = (readState("kernel") ?? "").split(",");
    if (!this.#kernels[name] && name !== "own") return;
    if (name !== "own") this.#take(name);
    else {
      const values = (numbers ?? "").split("_").map(Number);
      const side = Math.sqrt(values.length);
      if (![3, 5].includes(side) || !values.every(Number.isFinite)) return;
      [this.#name, this.#kernel] = ["own", { rows: side, columns: side, values }];
    }
    [this.#isNormalised, this.#isSigned] = [isNormalised === "1", isSigned === "1"];
  }
}

customElements.define("kernel-playground", KernelPlayground);
