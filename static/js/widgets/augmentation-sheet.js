// <augmentation-sheet subject="two|six|arrow|flower" change="flip|…">: twelve variants of one image, as the pipeline of runs
// makes them, in three strengths, and whether its label still holds. Fires "stride:judged" with {isRight}.
import { readState, writeState } from "../hash-state.js";
import { announcer } from "./parts/announcer.js";
import { button, choice, segments } from "./parts/controls.js";
import { element, freshId } from "./parts/element.js";
import { CHANGES, STRENGTHS, SUBJECTS, VERDICTS, verdictOf } from "./parts/sheet-words.js";

const TOLD = new URL("../../data/sheets.json", import.meta.url).href;
const PICTURES = new URL("../../images/sheets/", import.meta.url).href;
const READERS = ["plain", "light"]; // learned without augmentation, and with it

class AugmentationSheet extends HTMLElement {
  #told = null;
  #state = { subject: "two", change: "flip", strength: 1 };
  #judged = null;
  #parts = {};

  connectedCallback() {
    if (this.#parts.status) return;
    const given = (name, known, usual) => (known[this.getAttribute(name)] ? this.getAttribute(name) : usual);
    this.#state = { subject: given("subject", SUBJECTS, "two"), change: given("change", CHANGES, "flip"), strength: 1 };
    this.#parts.status = element("p", { class: "w-status", role: "status", text: "The sheets are on their way." });
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
      this.#told = await told();
    } catch (error) {
      this.#parts.status.replaceChildren(`${error.message} `, button("Try again", () => this.#start()));
      return;
    }
    this.#recall();
    this.#build();
    this.#show();
  }

  #recall() {
    const [subject, change, strength] = (readState("sheet") ?? "").split(",");
    if (SUBJECTS[subject] && CHANGES[change] && STRENGTHS[strength]) this.#state = { subject, change, strength: Number(strength) };
  }

  #build() {
    const { subject, change, strength } = this.#state;
    const parts = this.#parts;
    parts.voice = announcer();
    parts.subject = segments({ legend: "image", options: Object.entries(SUBJECTS), value: subject, pick: (value) => this.#change({ subject: value }) });
    parts.change = choice({ label: "change", options: Object.entries(CHANGES), value: change, pick: (value) => this.#change({ change: value }) });
    parts.strength = segments({ legend: "strength", options: STRENGTHS.map((text, place) => [String(place), text]), value: String(strength), pick: (value) => this.#change({ strength: Number(value) }) });
    parts.whole = element("canvas", { class: "w-sheet__whole", role: "img" });
    parts.sheet = element("ol", { class: "w-sheet__variants" });
    parts.settings = element("p", { class: "w-quiet w-sheet__settings" });
    parts.question = element("fieldset", { class: "w-segments" });
    parts.said = element("p", { class: "w-sheet__said", role: "status" });
    parts.reading = element("p", { class: "w-quiet" });
    this.replaceChildren(
      element("div", { class: "w-bar" }, parts.subject.node, parts.change.node, parts.strength.node),
      element("div", { class: "w-sheet" }, element("div", {}, element("p", { class: "w-label", text: "the image" }), parts.whole), element("div", {}, element("p", { class: "w-label", text: "twelve times as a run would see it" }), parts.sheet)),
      parts.reading,
      parts.settings,
      parts.question,
      parts.said,
      parts.voice.node,
    );
  }

  #change(changes) {
    Object.assign(this.#state, changes);
    this.#judged = null;
    this.#show();
    const { subject, change, strength } = this.#state;
    writeState("sheet", `${subject},${change},${strength}`);
  }

  async #show() {
    const { subject, change, strength } = this.#state;
    const settings = this.#told.steps[change][strength];
    const spoken = Object.entries(settings).map(([name, value]) => `${name.replaceAll("_", " ")} ${Array.isArray(value) ? value.join(" to ") : value}`);
    this.#parts.settings.textContent = `${CHANGES[change]}: ${spoken.join(", ")}.`;
    this.#ask();
    this.#tell();
    this.#parts.voice.say(`Twelve variants of ${SUBJECTS[subject]}: ${CHANGES[change]}, ${STRENGTHS[strength]}.`);
    await this.#draw();
  }

  async #draw() {
    const { subject, change, strength } = this.#state;
    const asked = `${subject},${change},${strength}`;
    const [whole, sheet] = await Promise.all([picture(`${subject}-whole.webp`), picture(`${subject}.webp`)]);
    // A slow picture must not replace one that was asked for later.
    if (asked !== `${this.#state.subject},${this.#state.change},${this.#state.strength}`) return;
    const side = this.#told.subjects[subject].side;
    const row = Object.keys(this.#told.steps).indexOf(change) * STRENGTHS.length + strength;
    this.#parts.whole.setAttribute("aria-label", `${SUBJECTS[subject]}, unchanged`);
    paint(this.#parts.whole, whole, { side });
    this.#parts.sheet.replaceChildren(...Array.from({ length: this.#told.shown }, (_, column) => this.#tile(sheet, { side, row, column })));
  }

  #tile(sheet, { side, row, column }) {
    const { subject, change, strength } = this.#state;
    const canvas = element("canvas", { role: "img", "aria-label": `variant ${column + 1}` });
    paint(canvas, sheet, { side, row, column });
    const read = this.#told.subjects[subject].read?.[change][strength];
    const reads = read ? element("span", { class: "w-sheet__reads numeric" }, READERS.map((who) => element("span", { "data-right": read[who][column] === (subject === "two" ? 2 : 6), "data-who": who, text: String(read[who][column]) }))) : null;
    return element("li", {}, canvas, reads);
  }

  #ask() {
    const { subject, change } = this.#state;
    const asked = change === "mixup" ? "does a label in the same shares still hold" : `would you still say: this is ${SUBJECTS[subject]}`;
    const name = freshId("judged");
    const labels = Object.entries(VERDICTS).map(([value, text]) =>
      element("label", { class: "w-segment" }, element("input", { type: "radio", name, value, onchange: () => { this.#judged = value; this.#tell(); } }), element("span", { text })),
    );
    this.#parts.question.replaceChildren(element("legend", { text: `In which of them ${asked}?` }), element("div", { class: "w-segments__row" }, labels));
  }

  #tell() {
    const [holds, why] = verdictOf(this.#state);
    const isRight = this.#judged === holds;
    this.#parts.said.replaceChildren(this.#judged === null ? element("span", { class: "w-quiet", text: "Judge, and you read here what we think." }) : "");
    this.#parts.said.toggleAttribute("data-tone", this.#judged !== null);
    if (this.#judged !== null) {
      this.#parts.said.append(element("b", { text: isRight ? "We say so, too. " : `We would say: ${VERDICTS[holds]}. ` }), why);
      this.dispatchEvent(new CustomEvent("stride:judged", { bubbles: true, detail: { isRight } }));
    }
    this.#parts.reading.textContent = this.#reading();
  }

  #reading() {
    const { subject, change, strength } = this.#state;
    const read = this.#told.subjects[subject].read?.[change][strength];
    if (!read) return "";
    const wanted = subject === "two" ? 2 : 6;
    const right = (who) => read[who].filter((digit) => digit === wanted).length;
    const those = `${this.#told.shown} as ${wanted}`;
    return `Below each variant: what two networks read. Both learned from the same 100 digits; this one was not among them. The first learned without augmentation and reads ${right("plain")} of ${those}. The second learned with light changes (turned, slanted, stretched and moved a little) and reads ${right("light")} of ${those}.`;
  }
}

/** Draw one square of a picture, pixel by pixel. */
function paint(canvas, source, { side, row = 0, column = 0 }) {
  canvas.width = side;
  canvas.height = side;
  canvas.getContext("2d").drawImage(source, column * side, row * side, side, side, 0, 0, side, side);
}

const pictures = new Map();
function picture(name) {
  if (!pictures.has(name)) pictures.set(name, loaded(name));
  return pictures.get(name);
}

async function loaded(name) {
  const image = new Image();
  image.src = PICTURES + name;
  await image.decode();
  return image;
}

async function told() {
  const answer = await fetch(TOLD);
  if (!answer.ok) throw new Error(`The sheets could not be loaded (${answer.status}).`);
  return answer.json();
}

customElements.define("augmentation-sheet", AugmentationSheet);
