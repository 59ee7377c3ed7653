// <pixel-inspector image="photo|digit|own">: read the numbers of a picture, one pixel at a time.
// Fires "stride:pixel" with {row, column, values}. Keeps picture, place and zoom in the address.
import { readState, writeState } from "../hash-state.js";
import { stepped } from "../arithmetic/window.js";
import { announcer } from "./parts/announcer.js";
import { choice, segments } from "./parts/controls.js";
import { element } from "./parts/element.js";
import { loupe } from "./parts/loupe.js";
import { memoryStrips } from "./parts/memory-strips.js";
import { CHANNEL_NAMES, loadOwn, loadSample, rendered, valueAt } from "./parts/picture.js";
import { pixelTable } from "./parts/pixel-table.js";
import { PictureView } from "./parts/picture-view.js";

const SAMPLES = {
  photo: { title: "Photo of a tower above a lake", url: new URL("../../images/china.webp", import.meta.url).href, start: { row: 300, column: 300 } },
  digit: { title: "Handwritten digit", url: new URL("../../data/digit.json", import.meta.url).href, start: { row: 1, column: 5 } },
};
const STATISTICS = new URL("../../data/statistics.json", import.meta.url).href;
const IMAGES = [["photo", "Photo"], ["digit", "Digit"], ["own", "Your own"]];
const SCALES = [["stored", "as stored"], ["scaled", "0 to 1"], ["normalised", "normalised"]];

class PixelInspector extends HTMLElement {
  #picture = null;
  #place = { row: 0, column: 0 };
  #channel = null;
  #scale = "stored";
  #statistics = { none: { title: "nothing", mean: null, std: null } };
  #chosen = "none";
  #parts = {};
  #key = "";

  connectedCallback() {
    if (this.#key) return;
    const wanted = this.getAttribute("image") ?? "photo";
    this.#key = `pixel-${wanted}`;
    this.#build(wanted);
    const near = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      near.disconnect();
      this.#start(wanted).finally(() => this.setAttribute("data-ready", ""));
    }, { rootMargin: "400px" });
    near.observe(this);
  }

  #build(wanted) {
    const parts = this.#parts;
    parts.voice = announcer();
    parts.view = new PictureView({ hover: (place) => this.#move(place), key: (event) => this.#press(event), zoomed: () => this.#remember() });
    parts.loupe = loupe();
    parts.table = pixelTable();
    parts.strips = memoryStrips();
    parts.planes = element("div", { class: "w-planes", role: "group", "aria-label": "Channels" });
    parts.images = segments({ legend: "Picture", options: IMAGES, value: wanted, pick: (name) => this.#choose(name) });
    parts.scales = segments({ legend: "Numbers", options: SCALES, value: "stored", pick: (scale) => this.#rescale(scale) });
    parts.file = element("input", { type: "file", accept: "image/*", "aria-label": "A picture from your device", onchange: () => this.#readOwn() });
    parts.own = element("p", { class: "w-own", hidden: wanted !== "own" }, parts.file, element("span", { class: "w-quiet", text: "Read in this page. It is not sent anywhere." }));
    parts.status = element("p", { class: "w-status", role: "status" });
    parts.normal = element("div");
    this.replaceChildren(...this.#frame());
  }

  #frame() {
    const { view, loupe: close, table, strips, planes, images, scales, own, status, normal, voice } = this.#parts;
    return [
      element("div", { class: "w-bar" }, images.node, scales.node, normal),
      own,
      status,
      element(
        "div",
        { class: "w-inspector" },
        element("div", { class: "w-inspector__picture" }, view.node, element("div", { class: "w-bar w-bar--tight" }, view.zoomNode, planes)),
        element("div", { class: "w-inspector__numbers" }, close.node, table.node),
      ),
      strips.node,
      voice.node,
    ];
  }

  async #start(wanted) {
    await this.#loadStatistics();
    const [name, row, column, zoom] = (readState(this.#key) ?? "").split(",");
    const place = row ? { row: Number(row), column: Number(column) } : null;
    const image = SAMPLES[name] ? name : wanted;
    this.#parts.images.set(image);
    await this.#choose(image, { place, zoom: Number(zoom) || 1 });
  }

  async #loadStatistics() {
    try {
      const answer = await fetch(STATISTICS);
      Object.assign(this.#statistics, await answer.json());
    } catch {
      this.#parts.status.textContent = "The data sets’ means could not be loaded; values are shown without normalising.";
    }
    this.#offerStatistics();
  }

  #offerStatistics() {
    const fits = ([, each]) => !each.mean || !this.#picture || each.mean.length === this.#picture.channels;
    const options = Object.entries(this.#statistics).filter(fits).map(([name, each]) => [name, each.title]);
    if (!options.some(([name]) => name === this.#chosen)) this.#chosen = "none";
    const list = choice({ label: "Normalise with", options, value: this.#chosen, pick: (name) => { this.#chosen = name; this.#show(); } });
    this.#parts.normal.replaceChildren(list.node);
  }

  async #choose(name, { place = null, zoom = 1 } = {}) {
    this.#parts.own.hidden = name !== "own";
    if (name === "own") {
      if (!this.#picture) await this.#choose("photo");
      this.#parts.own.hidden = false;
      return;
    }
    try {
      this.#parts.status.textContent = "";
      const sample = SAMPLES[name];
      this.#take(await loadSample(sample.url, sample), { place: place ?? sample.start, zoom, name });
    } catch (error) {
      this.#parts.status.textContent = `${error.message} Check the connection and choose the picture again.`;
    }
  }

  async #readOwn() {
    const [file] = this.#parts.file.files;
    if (!file) return;
    try {
      const picture = await loadOwn(file);
      this.#take(picture, { place: { row: picture.height >> 1, column: picture.width >> 1 }, zoom: 1, name: "own" });
      this.#parts.status.textContent = this.#ownSentence(picture);
    } catch {
      this.#parts.status.textContent = `“${file.name}” is not a picture that this browser can read. JPEG, PNG and WebP work everywhere.`;
    }
  }

  #ownSentence({ original, width, height }) {
    const kept = original[0] === width ? "shown at its own size" : `made smaller, to ${width} × ${height}`;
    return `Your picture has ${original[0]} × ${original[1]} pixels; it is ${kept}.`;
  }

  #take(picture, { place, zoom, name }) {
    this.#picture = picture;
    this.#channel = null;
    this.dataset.image = name;
    this.#place = stepped(place, { size: picture });
    this.#offerStatistics();
    this.#buildPlanes();
    this.#parts.view.take(picture, { zoom, place: this.#place });
    this.#show();
  }

  #buildPlanes() {
    const names = CHANNEL_NAMES[this.#picture.channels];
    const planes = names.length === 1 ? [] : [["colour", null], ...names.map((name, index) => [name, index])];
    this.#parts.planes.replaceChildren(...planes.map(([name, channel]) => this.#plane(name, channel)));
  }

  #plane(name, channel) {
    const small = element("canvas", { class: "w-plane__picture", width: this.#picture.width, height: this.#picture.height, "aria-hidden": "true" });
    small.getContext("2d").drawImage(rendered(this.#picture, { channel }), 0, 0);
    const press = () => this.#showChannel(channel);
    return element("button", { type: "button", class: "w-plane", "aria-pressed": String(channel === this.#channel), onclick: press }, small, name);
  }

  #showChannel(channel) {
    this.#channel = channel;
    [...this.#parts.planes.children].forEach((plane, index) => plane.setAttribute("aria-pressed", String(index === (channel ?? -1) + 1)));
    this.#parts.view.showChannel(channel);
    this.#show();
  }

  #rescale(scale) {
    this.#scale = scale;
    if (scale === "normalised" && this.#chosen === "none") {
      this.#chosen = this.#picture?.channels === 1 ? "digits" : "imagenet";
      this.#offerStatistics();
    }
    this.#show();
  }

  #move(place) {
    this.#place = place;
    this.#show();
  }

  #press(event) {
    const far = event.shiftKey ? 10 : 1;
    const steps = {
      ArrowUp: { rows: -far }, ArrowDown: { rows: far }, ArrowLeft: { columns: -far }, ArrowRight: { columns: far },
      Home: { columns: -this.#picture.width }, End: { columns: this.#picture.width },
    };
    if (event.key === "+" || event.key === "=") this.#parts.view.zoomBy(1);
    else if (event.key === "-") this.#parts.view.zoomBy(-1);
    else if (steps[event.key]) this.#move(stepped(this.#place, { ...steps[event.key], size: this.#picture }));
    else return;
    event.preventDefault();
  }

  #show() {
    if (!this.#picture) return;
    const shown = { picture: this.#picture, place: this.#place, channel: this.#channel, scale: this.#scale, statistics: this.#statistics[this.#chosen] };
    for (const part of ["view", "loupe", "table", "strips"]) this.#parts[part].show(shown);
    this.#tell();
    this.#remember();
  }

  #tell() {
    const { row, column } = this.#place;
    const values = CHANNEL_NAMES[this.#picture.channels].map((name, channel) => [name, valueAt(this.#picture, { channel, row, column })]);
    this.#parts.voice.say(`Row ${row}, column ${column}: ${values.map(([name, value]) => `${name} ${value}`).join(", ")}`);
    this.dispatchEvent(new CustomEvent("stride:pixel", { bubbles: true, detail: { row, column, values: values.map(([, value]) => value) } }));
  }

  #remember() {
    if (!this.#picture || !this.#touched) return;
    const { row, column } = this.#place;
    const own = this.dataset.image === "own";
    writeState(this.#key, own ? null : [this.dataset.image, row, column, this.#parts.view.zoom].join(","));
  }

  get #touched() {
    return this.matches(":hover, :focus-within");
  }
}

customElements.define("pixel-inspector", PixelInspector);
