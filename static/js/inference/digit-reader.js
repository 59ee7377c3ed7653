// <digit-reader data-weights="address">: a drawing box whose digit a small network reads in this page, while it is drawn. What it
// needs is fetched at the first touch; from then on nothing is asked of the server. Fires "stride:read" with {digit, shares}.
import { percent as written } from "../percent.js";
import { announcer } from "../widgets/parts/announcer.js";
import "./draw-box.js";

const BETWEEN_MS = 60; // a hand does not need more answers than this
const SHARE = 3; // of the time, reading takes at most a third: the line must keep up with the hand on slow machines too
const SIDE = 32;

class DigitReader extends HTMLElement {
  #reading = null;
  #timer = 0;
  #took = 0;
  #bars = [];
  #voice = announcer();

  connectedCallback() {
    this.box = this.querySelector("draw-box");
    this.piece = (name) => this.querySelector(`[data-${name}]`);
    for (const sign of ["pointerdown", "focusin"]) this.addEventListener(sign, () => this.#load().catch(() => {}), { once: true }); // the first stroke says what failed
    this.addEventListener("drawing-changed", () => this.#soon());
    this.piece("undo").addEventListener("click", () => this.box.undo());
    this.piece("clear").addEventListener("click", () => this.box.clear());
    for (const button of this.querySelectorAll("[data-sample]")) button.addEventListener("click", () => this.box.sample(Number(button.dataset.sample)));
    this.append(this.#voice.node);
    this.#bars = [...this.piece("shares").children];
    this.#showNothing();
  }

  /** The two modules and the weights, fetched once; after a failure the next stroke tries again. */
  #load() {
    this.#reading ??= Promise.all([import("../arithmetic/digit.js"), import("../arithmetic/paper.js"), import("../arithmetic/grey.js"), import("../arithmetic/network.js"), weights(this.dataset.weights)])
      .then(([{ preparedDigit }, { NoInk }, { greyOf }, { logitsOf, networkFrom, sharesOf }, buffer]) => {
        const network = networkFrom(buffer);
        this.#introduce(network);
        return { NoInk, greyOf, preparedDigit, answer: (seen) => sharesOf(logitsOf(network, seen)) };
      })
      .catch((error) => {
        this.#reading = null;
        throw error;
      });
    return this.#reading;
  }

  #soon() {
    const isEmpty = this.box.isEmpty;
    this.piece("undo").disabled = isEmpty;
    this.piece("clear").disabled = isEmpty;
    if (isEmpty) {
      this.#showNothing();
      return;
    }
    if (this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      this.#read();
    }, Math.max(BETWEEN_MS, SHARE * this.#took));
  }

  async #read() {
    let reading;
    try {
      reading = await this.#load();
    } catch {
      this.#say("The network could not be fetched. Your drawing is still here: draw on in a moment, and it is tried again.");
      return;
    }
    if (this.box.isEmpty) return;
    const begun = performance.now();
    const { canvas } = this.box;
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    try {
      const seen = reading.preparedDigit(reading.greyOf(data, { width, height }));
      this.#show(reading.answer(seen), seen);
    } catch (error) {
      if (!(error instanceof reading.NoInk)) throw error;
      this.#showNothing(); // a dot too small to be anything yet
    }
    this.#took = performance.now() - begun;
  }

  #show(shares, seen) {
    const digit = shares.indexOf(Math.max(...shares));
    this.#say(`It reads a ${digit}, ${percent(shares[digit])}.`);
    this.#bars.forEach((bar, index) => this.#fill(bar, { share: shares[index], isFirst: index === digit }));
    this.#paint(seen.data);
    this.dispatchEvent(new CustomEvent("stride:read", { bubbles: true, detail: { digit, shares } }));
  }

  #fill(bar, { share, isFirst }) {
    bar.toggleAttribute("data-first", isFirst);
    bar.querySelector("meter").value = share;
    bar.querySelector("[data-share]").textContent = percent(share);
  }

  #showNothing() {
    this.#say("");
    for (const bar of this.#bars) this.#fill(bar, { share: 0, isFirst: false });
    this.#paint(new Uint8Array(SIDE * SIDE));
  }

  #say(text) {
    this.piece("verdict").textContent = text || "Draw a digit, and see what it reads.";
    this.#voice.say(text);
  }

  #introduce({ parameters, accuracy, digits }) {
    this.piece("about").textContent = `It has ${parameters.toLocaleString("en")} parameters and runs in this page: what you draw is sent nowhere. It was right on ${(100 * accuracy).toFixed(1)} % of ${digits} handwritten digits that it had not learned from.`;
  }

  #paint(bytes) {
    const rgba = new Uint8ClampedArray(SIDE * SIDE * 4);
    bytes.forEach((value, pixel) => rgba.set([value, value, value, 255], pixel * 4));
    this.piece("seen").getContext("2d").putImageData(new ImageData(rgba, SIDE, SIDE), 0, 0);
  }
}

async function weights(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`The weights could not be fetched (${answer.status}).`);
  return answer.arrayBuffer();
}

const percent = (share) => written(share, share > 0.9995 || share < 0.0005 ? 0 : 1);

customElements.define("digit-reader", DigitReader);
