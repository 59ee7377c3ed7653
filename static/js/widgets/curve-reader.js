// <curve-reader>: recorded runs, one by one, to be named: what is wrong with this one? Each answer is explained.
// Fires "stride:named" with {run, isRight}. Keeps the run and the answers in the address.
import { smoothed } from "../arithmetic/curves.js";
import { readState, writeState } from "../hash-state.js";
import { percent } from "../percent.js";
import { announcer } from "./parts/announcer.js";
import { button, segments } from "./parts/controls.js";
import { CASES, VERDICTS, two } from "./parts/curve-cases.js";
import { curveChart } from "./parts/curve-chart.js";
import { element, freshId } from "./parts/element.js";

const RUNS = new URL("../../data/curves.json", import.meta.url).href;
const REACH = 2; // epochs on each side that a trend is drawn from
const OPEN = "-";

class CurveReader extends HTMLElement {
  #runs = null;
  #at = 0;
  #answers = CASES.map(() => null);
  #shows = "loss";
  #isLog = false;
  #parts = {};

  connectedCallback() {
    if (this.#parts.status) return;
    this.#parts.status = element("p", { class: "w-status", role: "status", text: "The curves are on their way." });
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
      this.#runs = await recorded();
    } catch (error) {
      this.#parts.status.replaceChildren(`${error.message} `, button("Try again", () => this.#start()));
      return;
    }
    this.#recall();
    this.#build();
    this.#show();
  }

  /** The address holds the number of the run and one letter a run: the place of the verdict that was given. */
  #recall() {
    const [at, given = ""] = (readState("curves") ?? "").split(":");
    if (!(Number(at) >= 1 && Number(at) <= CASES.length)) return;
    this.#at = Number(at) - 1;
    this.#answers = CASES.map((_, place) => VERDICTS[given[place]]?.[0] ?? null);
  }

  #keep() {
    const given = this.#answers.map((answer) => (answer === null ? OPEN : VERDICTS.findIndex(([name]) => name === answer)));
    writeState("curves", `${this.#at + 1}:${given.join("")}`);
  }

  #build() {
    const parts = this.#parts;
    parts.voice = announcer();
    parts.chart = curveChart();
    parts.title = element("p", { class: "w-curves__title" });
    parts.shows = segments({ legend: "show", options: [["loss", "loss"], ["metric", "accuracy"]], value: this.#shows, pick: (value) => { this.#shows = value; this.#show(); } });
    parts.scale = segments({ legend: "scale", options: [["linear", "linear"], ["log", "powers of ten"]], value: "linear", pick: (value) => { this.#isLog = value === "log"; this.#show(); } });
    parts.verdicts = element("fieldset", { class: "w-curves__verdicts" });
    parts.said = element("div", { class: "w-curves__said-of", role: "status" });
    parts.numbers = element("div", { class: "w-scroll", tabindex: "0", role: "region", "aria-label": "The numbers of this run" });
    parts.before = button("← run before", () => this.#go(-1));
    parts.next = button("next run →", () => this.#go(1));
    parts.score = element("p", { class: "w-quiet numeric" });
    this.replaceChildren(
      element("div", { class: "w-bar w-bar--tight" }, parts.title, element("div", { class: "w-row" }, parts.before, parts.next)),
      element(
        "div",
        { class: "w-curves" },
        element("div", { class: "w-curves__left" }, parts.chart.node, legend(), element("div", { class: "w-bar" }, parts.shows.node, parts.scale.node)),
        element("div", { class: "w-curves__right" }, parts.verdicts, parts.said),
      ),
      parts.score,
      element("details", { class: "w-curves__numbers" }, element("summary", { text: "The same in numbers" }), parts.numbers),
      parts.voice.node,
    );
  }

  #go(way) {
    this.#at += way;
    this.#shows = "loss";
    this.#isLog = false;
    this.#parts.shows.set("loss");
    this.#parts.scale.set("linear");
    this.#show();
    this.#keep();
    // At either end the button that was pressed is switched off; the focus goes to the other one.
    if (document.activeElement === document.body) (way > 0 ? this.#parts.before : this.#parts.next).focus();
  }

  #answer(verdict) {
    this.#answers[this.#at] = verdict;
    this.#tell();
    this.#draw();
    this.#keep();
    this.dispatchEvent(new CustomEvent("stride:named", { bubbles: true, detail: { run: this.#case.run, isRight: verdict === this.#case.verdict } }));
  }

  get #case() {
    return CASES[this.#at];
  }

  get #run() {
    return this.#runs[this.#case.run];
  }

  get #isRight() {
    return this.#answers[this.#at] === this.#case.verdict;
  }

  #show() {
    const isBroken = "steps" in this.#run;
    this.#parts.title.replaceChildren(element("b", { text: `Run ${this.#at + 1} of ${CASES.length}` }), ": what is wrong with it?");
    this.#parts.before.disabled = this.#at === 0;
    this.#parts.next.disabled = this.#at === CASES.length - 1;
    this.#parts.shows.node.disabled = isBroken;
    this.#parts.scale.node.disabled = this.#shows === "metric";
    this.#parts.verdicts.replaceChildren(element("legend", { text: "Your verdict" }), ...this.#choices());
    this.#draw();
    this.#tell();
    this.#parts.numbers.replaceChildren(isBroken ? stepTable(this.#run) : epochTable(this.#run));
    this.#parts.voice.say(`Run ${this.#at + 1} of ${CASES.length}. ${words(this.#run)}`);
  }

  #choices() {
    const name = freshId("verdict");
    return VERDICTS.map(([value, text]) =>
      element(
        "label",
        { class: "w-curves__verdict" },
        element("input", { type: "radio", name, value, checked: this.#answers[this.#at] === value, onchange: () => this.#answer(value) }),
        element("span", { text }),
      ),
    );
  }

  #draw() {
    const { mark, smooth } = this.#case;
    const run = this.#run;
    const isBroken = "steps" in run;
    const isMetric = this.#shows === "metric" && !isBroken;
    const series = isBroken ? [{ name: "train", values: run.steps }] : [{ name: "train", values: run[`train_${this.#shows}`] }, { name: "validation", values: run[`validation_${this.#shows}`] }];
    if (smooth && this.#isRight) series.push({ name: "trend", values: smoothed(run[`validation_${this.#shows}`], REACH) });
    this.#parts.chart.show({
      series,
      log: this.#isLog && !isMetric,
      unit: isBroken ? "step" : "epoch",
      what: isMetric ? "accuracy" : "loss",
      most: isMetric ? 1 : null,
      percent: isMetric,
      mark: mark && this.#isRight ? mark(run) : null,
      words: words(run),
    });
  }

  #tell() {
    const given = this.#answers[this.#at];
    const right = this.#answers.filter((answer, place) => answer === CASES[place].verdict).length;
    this.#parts.score.textContent = `${right} of ${CASES.length} named.`;
    this.#parts.said.replaceChildren();
    if (given === null) return;
    this.#parts.said.dataset.tone = this.#isRight ? "good" : "again";
    const [, , ifSo] = VERDICTS.find(([name]) => name === given);
    if (!this.#isRight) {
      this.#parts.said.append(element("p", {}, element("b", { text: "Look again. " }), ifSo), element("p", { text: "Is that what you see here?" }));
      return;
    }
    const [seen, remedy] = this.#case.tell(this.#run);
    this.#parts.said.append(element("p", {}, element("b", { text: "Yes. " }), seen), element("p", { text: remedy }), element("p", { class: "w-quiet", text: `The run: ${this.#run.about}.` }));
  }
}

async function recorded() {
  const answer = await fetch(RUNS);
  if (!answer.ok) throw new Error(`The curves could not be loaded (${answer.status}).`);
  return answer.json();
}

function legend() {
  const entry = (name, text) => element("span", { class: `w-curves__key w-curves__key--${name}`, text });
  return element("p", { class: "w-curves__legend" }, entry("train", "training"), entry("validation", "validation"));
}

/** The picture in one sentence, for those who do not see it; it does not give the answer away. */
function words(run) {
  if ("steps" in run) return `Training loss by step: ${run.steps.map(two).join(", ")}.`;
  const ends = ([first, ...rest]) => `from ${two(first)} to ${two(rest.at(-1))}, lowest ${two(Math.min(first, ...rest))}, highest ${two(Math.max(first, ...rest))}`;
  return `${run.train_loss.length} epochs. Training loss ${ends(run.train_loss)}. Validation loss ${ends(run.validation_loss)}.`;
}

function table(titles, rows) {
  const head = element("thead", {}, element("tr", {}, titles.map((text) => element("th", { scope: "col", class: "numeric", text }))));
  const lines = rows.map(([name, ...cells]) => element("tr", {}, element("th", { scope: "row", class: "numeric", text: name }), cells.map((text) => element("td", { class: "numeric", text }))));
  return element("table", { class: "w-table" }, head, element("tbody", {}, lines));
}

function epochTable(run) {
  const rows = run.train_loss.map((loss, place) => [String(place + 1), loss.toPrecision(3), run.validation_loss[place].toPrecision(3), percent(run.train_metric[place]), percent(run.validation_metric[place])]);
  return table(["epoch", "training loss", "validation loss", "training accuracy", "validation accuracy"], rows);
}

function stepTable({ steps }) {
  return table(["step", "training loss"], steps.map((loss, place) => [String(place + 1), loss === null ? "NaN" : two(loss)]));
}

customElements.define("curve-reader", CurveReader);
