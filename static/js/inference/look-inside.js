// <look-inside>: choose a network, draw or bring a digit, see what the network reads and where it looked.

import { sequential } from "../colour.js";
import { percent } from "../percent.js";
import { answerOf, ask, NoAnswer } from "./asking.js";
import "./draw-box.js";
import { grey, overlaid, whereabouts } from "./pictures.js";

const SHOWN_CLASSES = 5;
const AFTER_STROKE_MS = 450;
const ADDRESS = "/api/v1/queries";

class LookInside extends HTMLElement {
  connectedCallback() {
    this.start = JSON.parse(this.querySelector('script[type="application/json"]').textContent);
    this.box = this.querySelector("draw-box");
    this.piece = (name) => this.querySelector(`[data-${name}]`);
    this.piece("draw").hidden = false;
    this.picture = null;
    this.#listenToDrawing();
    this.#listenToFiles();
    this.piece("strength").addEventListener("input", () => this.#paintHeat());
    this.piece("network").addEventListener("change", () => this.#changeNetwork());
    paintScale(this.piece("scale"));
    if (this.start.query) this.#resume(this.start.query);
  }

  get run() {
    return this.piece("network").querySelector("select").value;
  }

  #listenToDrawing() {
    this.addEventListener("drawn", () => this.#askSoon());
    this.addEventListener("drawing-changed", () => this.#buttons());
    this.piece("undo").addEventListener("click", () => this.box.undo());
    this.piece("clear").addEventListener("click", () => this.#clear());
    this.piece("invert").addEventListener("click", (event) => {
      this.box.invert();
      event.currentTarget.setAttribute("aria-pressed", String(event.currentTarget.getAttribute("aria-pressed") !== "true"));
    });
    this.piece("pen").addEventListener("input", (event) => { this.box.pen = Number(event.target.value) / 352; });
    for (let digit = 0; digit < 10; digit += 1) this.piece("samples").append(this.#sampleButton(digit));
  }

  #sampleButton(digit) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--quiet button--small samples__one";
    button.textContent = digit;
    button.setAttribute("aria-label", `Draw a ${digit}`);
    button.addEventListener("click", () => this.box.sample(digit));
    return button;
  }

  #listenToFiles() {
    const input = this.piece("upload").querySelector('input[type="file"]');
    input.addEventListener("change", () => input.files[0] && this.#askAbout(input.files[0], "upload"));
    this.piece("camera").addEventListener("click", () => this.#photograph());
    this.piece("camera").hidden = !matchMedia("(pointer: coarse)").matches;
    this.piece("upload").addEventListener("submit", (event) => event.preventDefault());
    this.addEventListener("dragover", (event) => event.preventDefault());
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file) this.#askAbout(file, "upload");
    });
    document.addEventListener("paste", (event) => {
      const file = [...(event.clipboardData?.files ?? [])][0];
      if (file && this.isConnected) this.#askAbout(file, "upload");
    });
  }

  // A phone opens its camera for such an input; the photo goes to the server alone, and only this one.
  #photograph() {
    const camera = Object.assign(document.createElement("input"), { type: "file", accept: "image/jpeg,image/png" });
    camera.setAttribute("capture", "environment");
    camera.addEventListener("change", () => camera.files[0] && this.#askAbout(camera.files[0], "webcam"));
    camera.click();
  }

  #buttons() {
    this.piece("undo").disabled = this.box.isEmpty;
    this.piece("clear").disabled = this.box.isEmpty;
  }

  #clear() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.picture = null;
    this.box.clear();
    this.#showNothing();
  }

  // Between the strokes of a 4 the pen is lifted too.
  #askSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => this.#askAbout(await this.box.blob(), "drawn"), AFTER_STROKE_MS);
  }

  #changeNetwork() {
    history.replaceState(null, "", `?run=${this.run}`);
    this.piece("upload").querySelector('input[name="run"]').value = this.run;
    if (this.picture) this.#askAbout(this.picture.image, this.picture.source);
  }

  async #askAbout(image, source) {
    const token = this.querySelector('input[name="csrfmiddlewaretoken"]').value;
    this.picture = { image, source };
    await this.#show((signal) => ask({ address: ADDRESS, token, run: this.run, image, source, signal }));
  }

  async #resume(query) {
    if (query.state === "answered") this.#showAnswer(query);
    else if (query.state === "failed") this.#showFault(query.error);
    else await this.#show((signal) => answerOf(query.url, { signal }));
  }

  async #show(wait) {
    this.asking?.abort();
    const asking = new AbortController();
    this.asking = asking;
    this.#error("");
    this.setAttribute("aria-busy", "true");
    const slow = setTimeout(() => this.#verdict("Looking…"), 150);
    try {
      this.#showAnswer(await wait(asking.signal));
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#showFault(error instanceof NoAnswer ? error.message : "Something broke in this page. Reload it, and ask again.");
      if (!(error instanceof NoAnswer)) throw error;
    } finally {
      clearTimeout(slow);
      if (this.asking === asking) this.removeAttribute("aria-busy");
    }
  }

  #showAnswer(query) {
    this.answer = query.answer;
    history.replaceState(null, "", `?query=${query.id}`);
    const [first] = this.answer.classes;
    this.#verdict(`It reads a ${first.name}`);
    this.piece("hint").hidden = true;
    this.#near(`It reads a ${first.name}, ${percent(first.share)}. The map of where it looked is below.`);
    this.#showGuesses();
    this.#showSteps();
    this.#choose(first.index);
    this.dispatchEvent(new CustomEvent("answered", { bubbles: true, detail: { name: first.name, share: first.share } }));
  }

  #showNothing() {
    this.answer = null;
    this.#verdict("What it reads");
    this.#error("");
    this.piece("hint").hidden = false;
    this.#near("");
    for (const name of ["guesses", "look", "steps"]) this.piece(name).hidden = true;
    history.replaceState(null, "", `?run=${this.run}`);
  }

  // The sentence stands where the picture came from: at the file, or beside the drawing.
  #showFault(text) {
    this.#showNothing();
    this.#verdict("No answer");
    this.piece("hint").hidden = true;
    this.#error(text);
    this.#near(text);
  }

  #near(text) {
    const place = this.piece("near");
    place.textContent = text;
    place.hidden = text === "";
  }

  #verdict(text) {
    this.piece("verdict").textContent = text;
  }

  #error(text) {
    const isFile = this.picture !== null && this.picture.source !== "drawn";
    const places = [[this.querySelector("#image-error"), isFile], [this.piece("fault"), !isFile]];
    for (const [place, isHere] of places) {
      place.textContent = isHere ? text : "";
      place.hidden = text === "" || !isHere;
    }
  }

  #showGuesses() {
    const rows = this.answer.classes.slice(0, SHOWN_CLASSES).map((guess) => this.#guessRow(guess));
    this.piece("guesses").querySelector("tbody").replaceChildren(...rows);
    this.piece("guesses").hidden = false;
  }

  #guessRow({ index, name, share }) {
    const row = document.createElement("tr");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--quiet button--small guesses__class";
    button.dataset.class = index;
    button.textContent = name;
    button.title = `Show what speaks for ${name}`;
    button.addEventListener("click", () => this.#choose(index));
    const meter = document.createElement("meter");
    Object.assign(meter, { className: "guesses__meter", min: 0, max: 1, value: share, textContent: percent(share) });
    meter.setAttribute("aria-label", `Share of ${name}`);
    const head = cell("th", button);
    head.scope = "row";
    row.append(head, cell("td", meter, "guesses__bar"), cell("td", percent(share), "numeric"));
    return row;
  }

  #choose(index) {
    this.chosen = index;
    for (const button of this.querySelectorAll("[data-class]")) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.class) === index));
    }
    this.piece("look").hidden = false;
    this.#paintHeat();
  }

  #paintHeat() {
    const map = this.answer?.maps[this.chosen];
    if (!map) return;
    const name = this.answer.classes.find((each) => each.index === this.chosen).name;
    paint(this.piece("heat"), this.answer.seen, overlaid(this.answer.seen, map, Number(this.piece("strength").value)));
    const place = whereabouts(map);
    const words = place
      ? `Where layer ${this.answer.layer} found evidence for ${name}: most of it ${place}.`
      : `Layer ${this.answer.layer} found nothing that speaks for ${name}.`;
    this.piece("heat").setAttribute("aria-label", words);
    this.piece("heat-words").textContent = words;
  }

  #showSteps() {
    const items = this.answer.steps.map((step) => {
      const item = document.createElement("li");
      const canvas = document.createElement("canvas");
      canvas.className = "steps__picture";
      canvas.setAttribute("aria-hidden", "true");
      paint(canvas, step, grey(step));
      const words = document.createElement("p");
      words.className = "small";
      words.textContent = step.caption;
      item.append(canvas, words);
      return item;
    });
    this.piece("steps").querySelector("ol").replaceChildren(...items);
    this.piece("steps").hidden = false;
  }
}

function cell(kind, content, name = "") {
  const made = document.createElement(kind);
  made.className = name;
  made.append(content);
  return made;
}

function paint(canvas, { width, height }, rgba) {
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d").putImageData(new ImageData(rgba, width, height), 0, 0);
}

function paintScale(canvas) {
  const rgba = new Uint8ClampedArray(canvas.width * 4);
  for (let x = 0; x < canvas.width; x += 1) rgba.set([...sequential(x / (canvas.width - 1)), 255], x * 4);
  paint(canvas, canvas, rgba);
}

customElements.define("look-inside", LookInside);
