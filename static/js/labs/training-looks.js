// <training-looks address>: what the network sees as it learns. Fetched when someone comes near; one slider moves all of
// it through the epochs, and follows the run until it is moved.

import { onThemeChange } from "../colour.js";
import { showConfusion } from "./looks/confusion.js";
import { showFilters } from "./looks/filters.js";
import { showLayers } from "./looks/layers.js";
import { showProbes } from "./looks/probes.js";
import { withSnapshots } from "./looks/reading.js";

const SHOWN = { probe: showProbes, confusion: showConfusion, filters: showFilters, layers: showLayers };
const NEAR = "400px";
const FRAME_MS = 350;

class TrainingLooks extends HTMLElement {
  connectedCallback() {
    this.entries = [];
    this.early = [];
    this.isFollowing = true;
    this.slider = this.querySelector("[data-epoch]");
    this.slider.addEventListener("input", () => this.#move(Number(this.slider.value)));
    this.play = this.querySelector("[data-play]");
    this.play.addEventListener("click", () => this.#toggle());
    this.saved = new Set((this.getAttribute("saved") ?? "").split(" ").filter(Boolean).map(Number));
    this.branch = this.querySelector("[data-branch]");
    this.branch?.addEventListener("click", () => branchFrom(this.entries[Number(this.slider.value)].step));
    this.onSaw = ({ detail }) => this.#take(detail.events);
    document.addEventListener("run-saw", this.onSaw);
    this.onStates = ({ detail }) => this.#keep(detail.steps);
    document.addEventListener("run-states", this.onStates);
    this.stopTheme = onThemeChange(() => this.#show());
    this.near = new IntersectionObserver(([entry]) => entry.isIntersecting && this.#fetch(), { rootMargin: NEAR });
    this.near.observe(this);
  }

  disconnectedCallback() {
    document.removeEventListener("run-saw", this.onSaw);
    document.removeEventListener("run-states", this.onStates);
    this.stopTheme();
    this.near.disconnect();
    clearInterval(this.timer);
  }

  async #fetch() {
    this.near.disconnect();
    try {
      const reply = await fetch(this.getAttribute("address"), { headers: { Accept: "application/json" } });
      if (!reply.ok) throw new Error(String(reply.status));
      const { epochs, ...about } = await reply.json();
      this.about = about;
      this.sheet = { image: null, ...about };
      this.#take([]);
      this.entries = withSnapshots(epochs, this.early);
      this.#changed();
      if (about.pictures) this.#load(about.pictures);
    } catch {
      this.querySelector("[data-waiting]").textContent = "What the network saw did not arrive. Reload the page to try again.";
      // Away from the network: it comes by itself when the network does.
      if (!navigator.onLine) addEventListener("online", () => this.isConnected && this.#fetch(), { once: true });
    }
  }

  #load(address) {
    const image = new Image();
    image.addEventListener("load", () => {
      this.sheet = { ...this.sheet, image };
      this.#show();
    });
    image.src = address;
  }

  // Until the page has fetched what came before, what comes now waits.
  #take(events) {
    if (!this.about) {
      this.early.push(...events);
      return;
    }
    const entries = withSnapshots(this.entries, events);
    if (entries === this.entries) return;
    this.entries = entries;
    this.#changed();
    if (!this.about.pictures) this.#askForPictures();
  }

  // The first run on a server opens before a worker has kept any pictures: they come with the first look.
  async #askForPictures() {
    const reply = await fetch(this.getAttribute("address"), { headers: { Accept: "application/json" } }).catch(() => null);
    const pictures = reply?.ok ? (await reply.json()).pictures : null;
    if (!pictures || this.about.pictures) return;
    this.about.pictures = pictures;
    this.#load(pictures);
  }

  #changed() {
    const last = this.entries.length - 1;
    this.querySelector("[data-waiting]").hidden = last >= 0;
    this.querySelector("[data-looks]").hidden = last < 0;
    this.slider.max = Math.max(0, last);
    if (this.isFollowing) this.slider.value = last;
    this.#mark();
    this.#show();
  }

  // Other states are kept than when this page came.
  #keep(steps) {
    this.saved = new Set(steps);
    this.#mark();
    this.#show();
  }

  // A tick where the state was kept: from there the run can be branched.
  #mark() {
    const places = this.entries.flatMap((entry, place) => (this.saved.has(entry.step) ? [place] : []));
    this.querySelector("#looks-saved").replaceChildren(...places.map((place) => new Option("", place)));
  }

  #move(place) {
    this.isFollowing = place === this.entries.length - 1;
    this.#show();
  }

  #show() {
    const entry = this.entries[Number(this.slider.value)];
    if (!entry) return;
    const isSaved = this.saved.has(entry.step);
    if (this.branch) this.branch.hidden = !isSaved;
    const words = `Epoch ${entry.epoch}, step ${entry.step.toLocaleString("en")}${isSaved ? ", kept" : ""}`;
    this.querySelector("[data-epoch-words]").textContent = words;
    this.slider.setAttribute("aria-valuetext", words);
    const about = { classes: this.about.classes, sheet: this.sheet, entries: this.entries };
    for (const [name, show] of Object.entries(SHOWN)) show(this.querySelector(`[data-look="${name}"]`), entry, about);
    this.dispatchEvent(new CustomEvent("looked", { bubbles: true, detail: { epoch: entry.epoch } }));
  }

  #toggle() {
    const isPlaying = this.timer === undefined;
    this.play.setAttribute("aria-pressed", isPlaying);
    this.play.textContent = isPlaying ? this.play.dataset.on : this.play.dataset.off;
    clearInterval(this.timer);
    this.timer = undefined;
    if (!isPlaying) return;
    if (Number(this.slider.value) === this.entries.length - 1) this.slider.value = 0;
    this.#move(Number(this.slider.value));
    this.timer = setInterval(() => this.#step(), FRAME_MS);
  }

  #step() {
    const next = Number(this.slider.value) + 1;
    if (next >= this.entries.length) {
      this.#toggle();
      return;
    }
    this.slider.value = next;
    this.#move(next);
  }
}

// The form stands with the others that ask something of the run.
function branchFrom(step) {
  const form = document.querySelector("[data-branching]");
  form.open = true;
  const choice = form.querySelector("[name=step]");
  choice.value = String(step);
  choice.focus();
}

customElements.define("training-looks", TrainingLooks);
