// Layers moved by hand: a mouse takes a line anywhere, a finger or a pen by its grip, so that the page still scrolls under them.
// Where it would land is shown as a line, indented as deep as the list that would take it; Escape puts it back.
import { element } from "../widgets/parts/element.js";

const FAR_ENOUGH = 5; // pixels: less is a press
const EDGE = 56; // pixels from the window's edge in which the page follows
const FOLLOW = 12; // pixels at a time

/** `placeAt({gap, depth, from})` names the place for the hand, or null; `drop(from, place)` moves the layer there, or nowhere for null. */
export class LayerDrag {
  #taken = null;
  #mark = element("li", { class: "builder__mark", "aria-hidden": "true" });

  constructor(list, { placeAt, drop }) {
    Object.assign(this, { list, placeAt, drop });
    list.addEventListener("pointerdown", (event) => this.#take(event));
    list.addEventListener("pointermove", (event) => this.#carry(event));
    list.addEventListener("pointerup", () => this.#end(this.#taken?.place));
    list.addEventListener("pointercancel", () => this.#end());
    // A finger's grip loses it to the list when the layer is lifted: that is no end.
    list.addEventListener("lostpointercapture", (event) => event.target === list && this.#end());
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.#end());
  }

  /** Whether a layer is in the hand: the list must not be drawn anew then. */
  get isOn() {
    return this.#taken?.isMoving ?? false;
  }

  #take(event) {
    const line = event.target.closest("[data-path]");
    const isGrip = event.target.closest(".builder__grip") !== null;
    if (!line || event.button !== 0 || (event.pointerType !== "mouse" && !isGrip)) return;
    this.#taken = { line, from: JSON.parse(line.dataset.path), x: event.clientX, y: event.clientY, isMoving: false, place: null };
  }

  #carry(event) {
    const taken = this.#taken;
    if (!taken) return;
    if (!taken.isMoving && Math.hypot(event.clientX - taken.x, event.clientY - taken.y) < FAR_ENOUGH) return;
    if (!taken.isMoving) this.#lift(event);
    follow(event.clientY);
    this.#show(this.#under(event));
  }

  #lift(event) {
    this.#taken.isMoving = true;
    this.list.setPointerCapture(event.pointerId);
    this.list.classList.add("builder__list--moving");
    this.#taken.line.classList.add("builder__line--taken");
    this.list.append(this.#mark);
  }

  /** The gap and the depth under the hand: how deep is told by how far it went sideways from where it took the layer. */
  #under(event) {
    const lines = this.#lines();
    const gap = lines.filter((line) => middle(line) < event.clientY).length;
    const indent = parseFloat(getComputedStyle(this.list).getPropertyValue("--indent")) || 24;
    const depth = Number(this.#taken.line.dataset.depth) + (event.clientX - this.#taken.x) / indent;
    return { gap, depth, from: this.#taken.from };
  }

  #show(hand) {
    const there = this.placeAt(hand);
    this.#taken.place = there?.place ?? null;
    this.#mark.hidden = there === null;
    if (there === null) return;
    const lines = this.#lines();
    const at = there.gap < lines.length ? lines[there.gap].offsetTop : lines.at(-1).offsetTop + lines.at(-1).offsetHeight;
    this.#mark.style.insetBlockStart = `${at}px`;
    this.#mark.dataset.depth = Math.min(there.depth, 4);
  }

  #lines() {
    return [...this.list.querySelectorAll("[data-path]")];
  }

  #end(place = null) {
    const taken = this.#taken;
    this.#taken = null;
    if (!taken?.isMoving) return;
    taken.line.classList.remove("builder__line--taken");
    this.list.classList.remove("builder__list--moving");
    this.#mark.remove();
    this.drop(taken.from, place);
  }
}

const middle = (line) => {
  const { top, height } = line.getBoundingClientRect();
  return top + height / 2;
};

/** The page goes on where the hand reaches its edge. */
function follow(y) {
  if (y < EDGE) window.scrollBy(0, -FOLLOW);
  else if (y > window.innerHeight - EDGE) window.scrollBy(0, FOLLOW);
}
