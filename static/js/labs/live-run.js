// <live-run>: one run, live. Starts from the frame that the page came with, follows it by socket or poll, and says it
// in words, on charts, in a table and in the title. Everything it shows is read from the log (points.js).

import { tieTools } from "./chart-tools.js";
import { Curves } from "./curves.js";
import { tieNotice } from "./end-notice.js";
import { decimals, epochRow, happeningItem, legendKey, percent } from "./epoch-table.js";
import { happenings } from "./happenings.js";
import { apply, counted, emptyLog, hasEnded } from "./points.js";
import "./run-action.js";
import { RunStream } from "./stream.js";
import { secondsOfAnEpoch, stateWords } from "./words.js";

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

class LiveRun extends HTMLElement {
  connectedCallback() {
    const source = this.querySelector('script[type="application/json"]');
    if (!source || this.log) return;
    this.start = JSON.parse(source.textContent);
    this.log = emptyLog();
    this.pace = { at: performance.now(), step: 0 };
    this.wasTitle = document.title;
    apply(this.log, this.start.frame);
    this.pace.step = counted(this.log).lastStep;
    this.#makeCurves();
    this.#listen();
    this.#show();
    if (!hasEnded(this.log)) this.#follow();
  }

  /** The points that count, as the charts show them. */
  get points() {
    return counted(this.log);
  }

  disconnectedCallback() {
    this.stream?.close();
    this.curves?.destroy();
    clearInterval(this.clock);
    document.removeEventListener("visibilitychange", this.onVisibility);
    document.removeEventListener("run-acted", this.onActed);
  }

  #makeCurves() {
    const plot = (what) => this.querySelector(`[data-chart="${what}"] [data-plot]`);
    this.curves = new Curves(
      { loss: plot("loss"), metric: plot("metric") },
      {
        goal: this.start.goal,
        prediction: this.start.prediction,
        branches: this.start.branches ?? [],
        stepsPerEpoch: () => this.log.started?.steps_per_epoch ?? 0,
        total: () => this.start.epochs * (this.log.started?.steps_per_epoch ?? 0),
        onHover: (what, point) => this.#legend(what, point),
        onCursor: (text) => { this.querySelector("[data-readout]").textContent = text; },
        onZoom: (range) => { this.querySelector("[data-whole]").hidden = range === null; },
      },
    );
  }

  #follow() {
    this.stream = new RunStream({
      socket: this.start.socket,
      events: this.start.events,
      after: () => this.log.seq,
      onFrame: (frame) => this.#take(frame),
      onStatus: (status) => this.#link(status),
    });
    this.stream.open();
    // Words hold a time that is left, so they change without any frame.
    this.clock = setInterval(() => this.#say(), 1000);
  }

  #take(frame) {
    const hadStarted = this.log.started !== null;
    if (!apply(this.log, frame)) return;
    // What was asked for has come about, or somebody else was first.
    if (this.log.state !== "running") this.isStopping = this.isPausing = false;
    this.#showSoon();
    const events = frame.events.filter((event) => event?.type === "snapshot");
    if (events.length) this.dispatchEvent(new CustomEvent("run-saw", { bubbles: true, detail: { events } }));
    if (frame.events.some((event) => event?.type === "checkpoint")) this.dispatchEvent(new CustomEvent("run-kept", { bubbles: true }));
    if (!hadStarted && this.log.started && !hasEnded(this.log)) this.#fetchOutcome();
    if (hasEnded(this.log)) this.#end();
  }

  #showSoon() {
    if (this.isDue) return;
    this.isDue = true;
    // A hidden tab paints nothing, but its title must go on.
    if (document.hidden) setTimeout(() => this.#show(), 250);
    else requestAnimationFrame(() => this.#show());
  }

  #show() {
    this.isDue = false;
    const view = counted(this.log);
    this.curves.draw(view);
    this.#say();
    this.#table(view.epochs);
    this.#sums(view.epochs.at(-1));
    this.#happenings(view.events);
    this.#legends();
    this.dispatchEvent(new CustomEvent("run-drawn", { bubbles: true, detail: { seq: this.log.seq, step: view.lastStep, epochs: view.epochs.length } }));
  }

  #legends() {
    for (const what of ["loss", "metric"]) this.#legend(what, null);
  }

  #say() {
    const view = counted(this.log);
    const facts = this.#facts(view);
    const words = stateWords(facts);
    const place = this.querySelector("[data-state]");
    if (place.textContent !== capital(words)) place.textContent = capital(words);
    this.#announce(words, facts);
    this.#progress(view.lastStep, facts);
    this.#offer(facts);
    this.#title(words);
  }

  #facts(view) {
    const stepsPerEpoch = this.log.started?.steps_per_epoch ?? 0;
    return {
      state: this.log.state,
      reason: this.log.reason,
      losses: this.log.losses,
      stopping: this.log.stopping || this.isStopping,
      pausing: this.log.pausing || this.isPausing,
      waiting: this.log.waiting,
      epochs: this.start.epochs,
      step: view.lastStep,
      stepsPerEpoch,
      secondsLeft: this.#secondsLeft(view, stepsPerEpoch),
    };
  }

  #secondsLeft(view, stepsPerEpoch) {
    if (!stepsPerEpoch) return null;
    const left = this.start.epochs * stepsPerEpoch - view.lastStep;
    const pace = secondsOfAnEpoch(view.epochs.map(({ seconds }) => seconds));
    if (pace) return (left * pace) / stepsPerEpoch;
    const seen = view.lastStep - this.pace.step;
    return seen > 0 ? (left * (performance.now() - this.pace.at)) / 1000 / seen : null;
  }

  // A screen reader hears changes of state and closed epochs, not every second that passes.
  #announce(words, { state, stopping, losses }) {
    const epochs = counted(this.log).epochs;
    const key = [state, stopping, losses, epochs.length].join(" ");
    if (key === this.said) return;
    const isFirst = this.said === undefined;
    this.said = key;
    if (isFirst) return;
    const last = epochs.at(-1);
    const so = last ? `. Epoch ${last.epoch}: validation accuracy ${percent(last.validation_metric)}` : "";
    this.querySelector("[data-announce]").textContent = `${capital(words)}${so}.`;
  }

  #progress(step, { epochs, stepsPerEpoch }) {
    const bar = this.querySelector("[data-progress]");
    bar.hidden = hasEnded(this.log);
    if (stepsPerEpoch) bar.value = Math.min(1, step / (epochs * stepsPerEpoch));
  }

  // What may be asked of it depends on where it stands. A run that waits is taken back; one that trains ends after its
  // step and stays usable.
  #offer({ state, stopping }) {
    for (const part of document.querySelectorAll("[data-when]")) {
      part.hidden = stopping || !part.dataset.when.split(" ").includes(state);
    }
    const button = this.querySelector("[data-stop] button");
    const name = button?.dataset[this.log.state === "running" ? "running" : "queued"];
    if (button && button.textContent !== name) button.textContent = name;
  }

  #title(words) {
    if (this.classList.contains("run--taster") && !document.hidden) document.title = this.wasTitle;
    else document.title = `${capital(words)} · ${this.start.title}`;
  }

  #table(epochs) {
    const body = this.querySelector("[data-epochs]");
    // Rows are only ever added, unless a later attempt took some back.
    if (epochs.length < body.rows.length || this.tableOf !== this.log.attempt) body.replaceChildren();
    this.tableOf = this.log.attempt;
    for (const epoch of epochs.slice(body.rows.length)) body.append(epochRow(epoch));
  }

  #happenings(events) {
    const place = this.querySelector("[data-happenings]");
    const told = place ? happenings(events) : [];
    if (!place || place.childElementCount === told.length) return;
    place.replaceChildren(...told.map((each) => happeningItem(each, this.start.lessons ?? {})));
    place.closest("[data-happened]").hidden = told.length === 0;
  }

  #sums(last) {
    if (!last) return;
    this.querySelector('[data-sum="metric"]').textContent = percent(last.validation_metric);
    this.querySelector('[data-sum="loss"]').textContent = decimals(last.validation_loss);
  }

  #legend(what, point) {
    const place = this.querySelector(`[data-chart="${what}"] [data-legend]`);
    const keys = this.curves.legend(what);
    if (place.childElementCount !== keys.length + 1) place.replaceChildren(...keys.map(legendKey), document.createElement("span"));
    keys.forEach((key, index) => {
      const value = point?.values[index];
      place.children[index].lastChild.textContent = value == null ? "" : ` ${key.format(value)}`;
    });
    place.lastChild.textContent = point ? `${point.axis} ${point.x}` : "";
  }

  #link(status) {
    const place = this.querySelector("[data-link]");
    const words = {
      reconnecting: "Reconnecting. The run goes on; its numbers come every two seconds until then.",
      gone: "This run is no longer here for you. Reload the page.",
    };
    place.hidden = status === "live";
    place.textContent = words[status] ?? "";
  }

  #listen() {
    tieTools(this, this.curves, { onChange: () => this.#legends() });
    this.tellEnd = tieNotice(this.querySelector("[data-notice]"));
    this.onActed = ({ detail }) => this.#acted(detail);
    document.addEventListener("run-acted", this.onActed);
    this.onVisibility = () => this.#say();
    document.addEventListener("visibilitychange", this.onVisibility);
  }

  // The row says it too, with the next frame; the person who asked should not wait for that.
  #acted({ act, answer }) {
    if (act === "stop") this.isStopping = this.log.state === "running";
    if (act === "pause") this.isPausing = this.log.state === "running";
    if (act === "about") this.#name(answer);
    this.#say();
  }

  #name({ title, notes }) {
    const place = document.querySelector("[data-run-title]");
    if (place && title) place.textContent = title;
    if (title) this.start.title = title;
    const text = document.querySelector("[data-run-notes]");
    if (!text) return;
    text.textContent = notes ?? "";
    text.hidden = !notes;
    text.parentElement.querySelector("details").open = false;
  }

  // What only the server can say: the goal as judged, the device, where to go from here.
  async #fetchOutcome() {
    try {
      const reply = await fetch(this.start.outcome);
      if (reply.ok) this.querySelector("[data-outcome]").innerHTML = await reply.text();
    } catch {
      // The curves are all here; a reload brings the rest.
    }
  }

  async #end() {
    this.stream?.close();
    clearInterval(this.clock);
    this.querySelector("[data-link]").hidden = true;
    this.tellEnd(this.start.title, `${capital(stateWords(this.#facts(counted(this.log))))}.`);
    await this.#fetchOutcome();
    this.dispatchEvent(new CustomEvent("run-ended", { bubbles: true, detail: { state: this.log.state } }));
  }
}

customElements.define("live-run", LiveRun);
