// <net-builder count="…" start="…" data="digits">: draw a network layer by layer. It holds the kinds of layers and the first
// list as JSON; the server counts every list and says what is wrong with it, at the layer. The list is kept in the address.
import { hashWith, readState } from "../hash-state.js";
import { announcer } from "../widgets/parts/announcer.js";
import { element } from "../widgets/parts/element.js";
import { LayerDrag } from "./layer-drag.js";
import { layerForm } from "./layer-form.js";
import { History, addedAfter, appended, duplicated, layerAt, lines, moved, removed, sentencesByPlace, stacksOf, withField } from "./layer-list.js";
import { intoBlock, outOfBlock, placeNear, relocated } from "./layer-moves.js";

const KEY = "layers";
const REST_MILLISECONDS = 150;
const number = new Intl.NumberFormat("en");
/** What the columns mean, for who hears them instead of seeing them stand in line. */
const aside = (text) => element("span", { class: "visually-hidden", text });
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

const columns = () => element("p", { class: "builder__columns", "aria-hidden": "true" }, ["Layer", "Output", "Parameters"].map((text) => element("span", { text })));

class NetBuilder extends HTMLElement {
  #history = null;
  #chosen = [0];
  #counted = { rows: [], errors: {} };
  #asked = 0;
  #timer = 0;
  #parts = {};
  #drag = null;
  #voice = announcer();

  connectedCallback() {
    if (this.#history) return;
    this.kinds = JSON.parse(this.querySelector("#layer-kinds").textContent);
    this.titles = Object.fromEntries(this.kinds.map(({ kind, title }) => [kind, title]));
    this.#history = new History(this.#recalled() ?? JSON.parse(this.querySelector("#layer-start").textContent));
    this.#build();
    this.addEventListener("keydown", (event) => this.#key(event));
    this.#show();
  }

  get layers() {
    return this.#history.now;
  }

  #recalled() {
    try {
      const said = JSON.parse(readState(KEY));
      return Array.isArray(said) ? said : null;
    } catch {
      return null;
    }
  }

  #build() {
    const parts = this.#parts;
    const press = (name) => () => this[name]();
    const button = (label, action, more = {}) => element("button", { type: "button", class: "button button--quiet button--small", onclick: action, ...more }, label);
    parts.undo = button("Undo", press("undo"), { "aria-keyshortcuts": "Control+Z" });
    parts.redo = button("Redo", press("redo"), { "aria-keyshortcuts": "Control+Shift+Z" });
    parts.start = this.querySelector("[data-starts]");
    parts.start.addEventListener("change", () => this.#begin(parts.start.value));
    parts.kind = element("select", { id: "builder-kind" }, this.kinds.map(({ kind, title }) => element("option", { value: kind, text: title })));
    parts.add = button("Add", () => this.#add());
    parts.into = element("span", { class: "row" });
    parts.list = element("ol", { class: "builder__list", "aria-label": "Layers, from the image to the classes" });
    this.#drag = new LayerDrag(parts.list, { placeAt: (hand) => placeNear(this.layers, hand), drop: (from, place) => this.#drop(from, place) });
    parts.form = element("div", { class: "builder__form stack" });
    parts.whole = element("p", { class: "builder__whole", role: "status" });
    parts.use = this.querySelector("[data-use]");
    this.append(
      element("div", { class: "builder__tools row" }, parts.undo, parts.redo, element("span", { class: "builder__add" }, element("label", { for: "builder-kind", class: "visually-hidden", text: "Kind of layer" }), parts.kind, parts.add), parts.into),
      parts.whole,
      element("div", { class: "builder__work" }, element("div", {}, columns(), parts.list), parts.form),
      this.#voice.node,
    );
  }

  undo() {
    this.#history.undo();
    this.#show("Undone");
  }

  redo() {
    this.#history.redo();
    this.#show("Done again");
  }

  #take(layers, said, { path = this.#chosen, focus = true } = {}) {
    this.#history.take(layers);
    this.#chosen = path;
    this.#show(said, { focus });
  }

  #add(list = null) {
    const fresh = structuredClone(this.kinds.find(({ kind }) => kind === this.#parts.kind.value).fresh);
    const said = `${this.titles[fresh.kind]} added`;
    const at = list ?? (layerAt(this.layers, this.#chosen) ? null : []);
    if (at === null) {
      const path = [...this.#chosen.slice(0, -1), this.#chosen.at(-1) + 1];
      this.#take(addedAfter(this.layers, this.#chosen, fresh), said, { path });
      return;
    }
    const size = (at.length ? layerAt(this.layers, at) : this.layers)?.length ?? 0;
    this.#take(appended(this.layers, at, fresh), said, { path: [...at, size] });
  }

  #remove() {
    const title = this.titles[layerAt(this.layers, this.#chosen).kind];
    const path = [...this.#chosen.slice(0, -1), Math.max(0, this.#chosen.at(-1) - 1)];
    this.#take(removed(this.layers, this.#chosen), `${title} removed; undo brings it back`, { path });
  }

  #duplicate() {
    const path = [...this.#chosen.slice(0, -1), this.#chosen.at(-1) + 1];
    this.#take(duplicated(this.layers, this.#chosen), "Copied behind it", { path });
  }

  #move(by) {
    const there = moved(this.layers, this.#chosen, by);
    if (!there) this.#voice.say("It is at the end of its list");
    else this.#take(there.layers, by < 0 ? "Moved up" : "Moved down", { path: there.path });
  }

  #drop(from, place) {
    const there = place && relocated(this.layers, from, place);
    if (there) this.#take(there.layers, "Moved", { path: there.path });
    else this.#draw();
  }

  /** Across the border of a block: `there` is what layer-moves.js answered. */
  #cross(there, said) {
    if (there) this.#take(there.layers, said, { path: there.path });
    else this.#voice.say("No block to go into or out of is here");
  }

  #into() {
    this.#cross(intoBlock(this.layers, this.#chosen), "Moved into the block above");
  }

  #out() {
    this.#cross(outOfBlock(this.layers, this.#chosen), "Moved out of its block");
  }

  #set(field, value) {
    this.#take(withField(this.layers, this.#chosen, { field, value }), "", { focus: false });
  }

  async #begin(arch) {
    if (!arch) return;
    const answer = await fetch(`${this.getAttribute("start").replace("ARCH", arch)}?data=${this.getAttribute("data")}`);
    if (!answer.ok) return;
    const { layers } = await answer.json();
    this.#take(layers, "A new beginning; undo brings back what was there", { path: [0], focus: false });
    this.#parts.start.value = "";
  }

  #key(event) {
    const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
    if (isUndo && !event.target.matches("input")) {
      if (event.shiftKey) this.redo();
      else this.undo();
    } else if (event.target.matches(".builder__layer")) {
      if (!this.#keyOnLayer(event)) return;
    } else return;
    event.preventDefault();
  }

  /** Keys of a chosen layer: arrows walk, with Alt they move it (left and right out of a block and into one), Delete takes it out, D copies it. */
  #keyOnLayer(event) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by && event.altKey) this.#move(by);
    else if (by) this.#walk(by);
    else if (event.altKey && event.key === "ArrowRight") this.#into();
    else if (event.altKey && event.key === "ArrowLeft") this.#out();
    else if (event.key === "Delete" || event.key === "Backspace") this.#remove();
    else if (event.key === "d" && !event.ctrlKey && !event.metaKey) this.#duplicate();
    else return false;
    return true;
  }

  #walk(by) {
    const all = lines(this.layers);
    const at = all.findIndex(({ path }) => same(path, this.#chosen));
    this.#choose(all[Math.min(all.length - 1, Math.max(0, at + by))].path);
  }

  #choose(path) {
    this.#chosen = path;
    this.#show("", { focus: true, isSame: true });
  }

  #show(said = "", { focus = false, isSame = false } = {}) {
    if (!layerAt(this.layers, this.#chosen)) this.#chosen = [Math.max(0, Math.min(this.#chosen[0], this.layers.length - 1))];
    this.#draw();
    if (focus) this.#parts.list.querySelector("[aria-current]")?.focus();
    if (said) this.#voice.say(said);
    if (isSame) return;
    // At once: a change is one press, and a page that is reloaded right after it must not lose it.
    history.replaceState(history.state, "", hashWith(location.hash, KEY, JSON.stringify(this.layers)));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#count(), REST_MILLISECONDS);
  }

  async #count() {
    this.#asked += 1;
    const mine = this.#asked;
    try {
      const answer = await fetch(this.getAttribute("count"), {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.querySelector("[name=csrfmiddlewaretoken]").value },
        body: JSON.stringify({ layers: this.layers, data: this.getAttribute("data") }),
      });
      const counted = await answer.json();
      if (mine !== this.#asked) return;
      this.#counted = answer.ok ? counted : { rows: [], errors: { "": counted.error } };
    } catch {
      this.#counted = { ...this.#counted, errors: { "": "The server did not answer, so nothing is counted. Your layers are kept; change one to try again." } };
    }
    this.#draw({ keepsForm: true });
    this.dispatchEvent(new CustomEvent("stride:counted", { bubbles: true, detail: this.#counted }));
  }

  #draw({ keepsForm = false } = {}) {
    if (this.#drag.isOn) return;
    const all = lines(this.layers);
    const rows = Object.fromEntries(this.#counted.rows.map((row) => [row.place, row]));
    const sentences = sentencesByPlace(this.#counted.errors, all.map(({ place }) => place));
    const hadFocus = this.#parts.list.contains(document.activeElement);
    this.#parts.list.replaceChildren(...all.map((line) => this.#line(line, { row: rows[line.place], sentences: sentences[line.place] ?? [] })));
    if (hadFocus) this.#parts.list.querySelector("[aria-current]")?.focus();
    if (!keepsForm) this.#drawForm();
    this.#drawWhole(sentences[""] ?? [], Object.keys(this.#counted.errors).length);
    this.#parts.undo.disabled = !this.#history.canUndo;
    this.#parts.redo.disabled = !this.#history.canRedo;
  }

  #line({ layer, path, place, depth, part }, { row, sentences }) {
    const isChosen = same(path, this.#chosen);
    const inside = depth && part !== "layer" ? element("span", { class: "muted", text: `${part} ` }) : null;
    return element(
      "li",
      { class: "builder__line", "data-depth": Math.min(depth, 4), "data-path": JSON.stringify(path) },
      element("span", { class: "builder__grip", "aria-hidden": "true", title: "Drag it to another place" }),
      element(
        "button",
        { type: "button", class: "builder__layer", tabindex: isChosen ? 0 : -1, "aria-current": isChosen ? "true" : null, "aria-invalid": sentences.length ? "true" : null, onclick: () => this.#choose(path) },
        element("span", {}, aside(`${place}: `), inside, element("b", { text: row ? row.name.split(".").at(-1) : layer.name ?? this.titles[layer.kind] }), " ", element("span", { class: "muted", text: row?.kind ?? this.titles[layer.kind] })),
        element("span", { class: "builder__shape numeric" }, aside("gives "), row ? row.shape.join(" × ") : "–"),
        element("span", { class: "builder__count numeric" }, row?.parameters ? number.format(row.parameters) : "–", aside(" parameters")),
      ),
      sentences.map((sentence) => element("p", { class: "field__error", text: sentence })),
    );
  }

  #drawForm() {
    const layer = layerAt(this.layers, this.#chosen);
    const kind = this.kinds.find((each) => each.kind === layer?.kind);
    const into = layer ? stacksOf(layer, this.#chosen).map(([name, list]) => element("button", { type: "button", class: "button button--quiet button--small", onclick: () => this.#add(list) }, `Add to its ${name}`)) : [];
    this.#parts.into.replaceChildren(...into);
    if (!kind) this.#parts.form.replaceChildren(element("p", { class: "muted", text: "No layer yet: add one, or begin with a network of the course." }));
    else this.#parts.form.replaceChildren(...layerForm({ kind, layer, set: (field, value) => this.#set(field, value), acts: this.#acts() }));
  }

  #acts() {
    const isPossible = (there) => there(this.layers, this.#chosen) !== null;
    return {
      "Move up": () => this.#move(-1),
      "Move down": () => this.#move(1),
      ...(isPossible(intoBlock) && { "Into the block above": () => this.#into() }),
      ...(isPossible(outOfBlock) && { "Out of its block": () => this.#out() }),
      Copy: () => this.#duplicate(),
      Remove: () => this.#remove(),
    };
  }

  #drawWhole(sentences, count) {
    const { parameters = 0, multiplyAdds = 0 } = this.#counted;
    const sum = `${number.format(parameters)} parameters, ${number.format(multiplyAdds)} multiply-adds for one image`;
    const state = count ? `${count === 1 ? "One thing" : `${count} things`} to mend before it can be trained. So far ${sum}.` : `It fits: ${sum}.`;
    const isCounted = count > 0 || this.#counted.rows.length > 0;
    this.#parts.whole.replaceChildren(isCounted ? state : "Counting…", ...sentences.map((sentence) => element("span", { class: "field__error builder__end", text: sentence })));
    const isSound = !count && this.#counted.rows.length > 0;
    if (!this.#parts.use) return;
    this.#parts.use.toggleAttribute("aria-disabled", !isSound);
    const said = new URLSearchParams({ arch: "drawn", layers: JSON.stringify(this.layers) });
    if (isSound) this.#parts.use.href = `${this.#parts.use.dataset.form}&${said}`;
    else this.#parts.use.removeAttribute("href");
  }
}

customElements.define("net-builder", NetBuilder);
