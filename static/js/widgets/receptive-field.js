// <receptive-field layers="c3,p2,c3,p2">: stack layers and see how much of the input one unit sees. Fires "stride:field" with {field}.
// Keeps its stack in the address. The photo is fetched when the widget comes near.
import { growthWritten, grown, seenBy } from "../arithmetic/field.js";
import { ranges } from "../arithmetic/sliding.js";
import { readState, writeState } from "../hash-state.js";
import { announcer } from "./parts/announcer.js";
import { button } from "./parts/controls.js";
import { element, freshId } from "./parts/element.js";
import { layerCone } from "./parts/layer-cone.js";

const SIDE = 64;
const MOST_LAYERS = 10;
const PHOTO = new URL("../../images/china.webp", import.meta.url).href;
const CROP = { left: 100, top: 40, side: 256 }; // the tower and the hill it stands on
const DIM = 0.8;
const LAYERS = {
  c3: { title: "conv 3 × 3", kernel: 3, stride: 1, padding: 1, dilation: 1 },
  c5: { title: "conv 5 × 5", kernel: 5, stride: 1, padding: 2, dilation: 1 },
  c3s2: { title: "conv 3 × 3, stride 2", kernel: 3, stride: 2, padding: 1, dilation: 1 },
  c3d2: { title: "conv 3 × 3, dilation 2", kernel: 3, stride: 1, padding: 2, dilation: 2 },
  p2: { title: "pool 2 × 2", kernel: 2, stride: 2, padding: 0, dilation: 1 },
};
const STACKS = [
  ["three blocks", "c3,p2,c3,p2,c3,p2"],
  ["convolutions alone", "c3,c3,c3,c3,c3,c3"],
  ["dilated", "c3,c3d2,c3d2,c3d2"],
  ["one 5 × 5", "c5"],
  ["two 3 × 3", "c3,c3"],
];

class ReceptiveField extends HTMLElement {
  #names = null;
  #layer = 0;
  #unit = 0;
  #stages = [];
  #photo = null;
  #parts = {};

  connectedCallback() {
    if (this.#names) return;
    this.#build();
    this.#stack(read(this.getAttribute("layers")) ?? ["c3"]);
    this.#recall();
    this.#show();
    const near = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      near.disconnect();
      this.#load();
    }, { rootMargin: "400px" });
    near.observe(this);
  }

  get #layers() {
    return this.#names.map((name) => LAYERS[name]);
  }

  #build() {
    const parts = this.#parts;
    parts.voice = announcer();
    parts.cone = layerCone({ pick: (layer, unit) => this.#choose(layer, unit) });
    parts.adds = Object.entries(LAYERS).map(([name, { title }]) => button(`+ ${title}`, () => this.#restack([...this.#names, name])));
    parts.table = element("table", { class: "w-table w-field-table" });
    parts.unit = element("input", { type: "range", min: 0, step: 1, id: freshId("unit"), oninput: () => this.#choose(this.#layer, Number(parts.unit.value)) });
    parts.unitLabel = element("label", { class: "w-label", for: parts.unit.id });
    parts.photo = element("canvas", { class: "w-field-photo", width: SIDE, height: SIDE, role: "img" });
    parts.sentence = element("p", { class: "w-field-sentence" });
    parts.refusal = element("p", { class: "w-refusal", role: "status" });
    const starts = STACKS.map(([title, stack]) => button(title, () => this.#restack(read(stack))));
    this.replaceChildren(
      element("div", {}, element("span", { class: "w-label", text: "start from" }), element("div", { class: "w-row" }, starts)),
      element("div", {}, element("span", { class: "w-label", text: "or put a layer on top" }), element("div", { class: "w-row" }, parts.adds)),
      parts.refusal,
      element("div", { class: "w-field-view" }, element("div", { class: "w-field-view__cone" }, parts.cone.node, parts.unitLabel, parts.unit), element("div", {}, parts.photo)),
      parts.sentence,
      element("div", { class: "w-scroll", tabindex: "0", role: "region", "aria-label": "Layers" }, parts.table),
      parts.voice.node,
    );
  }

  #restack(names) {
    try {
      this.#stack(names);
      this.#parts.refusal.textContent = "";
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#parts.refusal.textContent = "Nothing is left to slide over. Take a layer away first.";
      return;
    }
    this.#show();
    this.#keep();
  }

  /** Take these layers and choose the unit in the middle of the last. Throws RangeError where one does not fit. */
  #stack(names) {
    this.#stages = grown(names.map((name) => LAYERS[name]), { side: SIDE });
    this.#names = names;
    this.#layer = names.length;
    this.#unit = this.#stages.at(-1).side >> 1;
    for (const add of this.#parts.adds) add.disabled = names.length >= MOST_LAYERS;
  }

  #choose(layer, unit) {
    if (layer === this.#layer && unit === this.#unit) return;
    const [from, to] = [this.#layer, layer].map((each) => this.#stages[each].side);
    this.#layer = layer;
    this.#unit = Math.min(to - 1, Math.max(0, unit ?? Math.floor((this.#unit / from) * to)));
    this.#show();
    this.#keep();
  }

  #keep() {
    writeState("field", [this.#names.join(","), this.#layer, this.#unit].join(":"));
  }

  #show() {
    const { side, field, jump } = this.#stages[this.#layer];
    const cone = seenBy(this.#layers, { side: SIDE, layer: this.#layer, unit: this.#unit });
    const words = this.#told(cone[0], { field, jump });
    this.#parts.cone.show({ stages: this.#stages, offsets: offsets(this.#layers), cone, layer: this.#layer, unit: this.#unit, label: words });
    this.#parts.unit.max = side - 1;
    this.#parts.unit.value = this.#unit;
    this.#parts.unitLabel.textContent = `${this.#layer ? "unit" : "pixel"} ${this.#unit} ${this.#layer ? `of layer ${this.#layer}` : "of the input"} (0 to ${side - 1})`;
    this.#parts.sentence.textContent = words;
    this.#fillTable();
    this.#drawPhoto(new Set(cone[0]));
    this.#parts.voice.say(words);
    this.dispatchEvent(new CustomEvent("stride:field", { bubbles: true, detail: { field } }));
  }

  #told(seen, { field, jump }) {
    if (this.#layer === 0) return "A pixel of the input sees itself.";
    const where = `rows and columns ${ranges(seen)} of the input`;
    const cut = seen.length < field && seen.at(-1) - seen[0] + 1 < field ? " The rest of its field lies beyond the border, where there are only zeros." : "";
    const holes = seen.at(-1) - seen[0] + 1 > seen.length ? " There are pixels in between that it does not see: the holes of the dilation." : "";
    return `One unit of layer ${this.#layer} spans ${field} × ${field} pixels: this one sees ${where}. Its neighbour stands ${jump} ${jump === 1 ? "pixel" : "pixels"} further.${cut}${holes}`;
  }

  #fillTable() {
    const head = ["layer", "side", "step", "receptive field", "take away"].map((text, index) => element("th", { scope: "col", class: index ? "numeric" : null, text }));
    const rows = this.#stages.map((stage, index) => this.#line(stage, index)).reverse();
    this.#parts.table.replaceChildren(
      element("caption", { class: "w-quiet", text: "The last layer on top. Field: before + (kernel − 1) · step before. A layer’s step is that before it times its stride." }),
      element("thead", {}, element("tr", {}, head)),
      element("tbody", {}, rows),
    );
  }

  #line({ side, field, jump }, index) {
    const isChosen = index === this.#layer;
    const title = index ? `${index}. ${LAYERS[this.#names[index - 1]].title}` : "input";
    const pick = button(title, () => { this.#choose(index); this.querySelector(`[data-pick="${index}"]`).focus(); }, { "aria-pressed": String(isChosen), "data-pick": index });
    const growth = index ? growthWritten(LAYERS[this.#names[index - 1]], this.#stages[index - 1]) : "1";
    const remove = index ? button("×", () => this.#restack(this.#names.filter((_, at) => at !== index - 1)), { "aria-label": `Take away layer ${index}` }) : null;
    return element("tr", { "aria-current": isChosen ? "true" : null }, element("th", { scope: "row" }, pick), [String(side), String(jump), growth].map((text) => element("td", { class: "numeric", text })), element("td", { class: "numeric" }, remove));
  }

  async #load() {
    const answer = await fetch(PHOTO).catch(() => null);
    if (!answer?.ok) return; // the drawing of the layers says the same
    const context = new OffscreenCanvas(SIDE, SIDE).getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(await createImageBitmap(await answer.blob()), CROP.left, CROP.top, CROP.side, CROP.side, 0, 0, SIDE, SIDE);
    this.#photo = context.getImageData(0, 0, SIDE, SIDE);
    this.#show();
  }

  #drawPhoto(seen) {
    const { photo } = this.#parts;
    photo.setAttribute("aria-label", `Photograph of a tower, ${SIDE} by ${SIDE} pixels. Bright is what the unit sees: rows and columns ${ranges([...seen])}.`);
    if (!this.#photo) return;
    const image = new ImageData(this.#photo.data.slice(), SIDE, SIDE);
    for (let pixel = 0; pixel < SIDE * SIDE; pixel += 1) {
      if (seen.has(Math.floor(pixel / SIDE)) && seen.has(pixel % SIDE)) continue;
      for (let channel = 0; channel < 3; channel += 1) image.data[pixel * 4 + channel] *= 1 - DIM;
    }
    photo.getContext("2d").putImageData(image, 0, 0);
    photo.toggleAttribute("data-drawn", true);
  }

  #recall() {
    const [stack, layer, unit] = (readState("field") ?? "").split(":");
    const names = read(stack);
    if (!names) return;
    try {
      this.#stack(names);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return; // an address that somebody wrote by hand
    }
    if (Number(layer) >= 0 && Number(layer) <= names.length) this.#layer = Number(layer);
    this.#unit = Math.min(this.#stages[this.#layer].side - 1, Math.max(0, Number(unit) || 0));
  }
}

/** The names of a written stack, or null when one of them is none. */
function read(text) {
  const names = (text ?? "").split(",");
  return names.length <= MOST_LAYERS && names.every((name) => LAYERS[name]) ? names : null;
}

/** Where the middle of unit 0 of each layer lies, in pixels of the input from the middle of its first one. */
function offsets(layers) {
  const found = [0];
  let step = 1;
  for (const { kernel, stride, padding, dilation } of layers) {
    found.push(found.at(-1) + ((dilation * (kernel - 1)) / 2 - padding) * step);
    step *= stride;
  }
  return found;
}

customElements.define("receptive-field", ReceptiveField);
