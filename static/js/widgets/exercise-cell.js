// <exercise-cell key told>: a function to write in Python and to try in the page. Holds the code that everyone starts from.
// Nothing is fetched before it is touched, and nothing is told to the server.
// Fires "stride:tried" with {key, right} after a run.
import { KeptCode, isRight, spoken, summary } from "../exercise/words.js";
import { announcer } from "./parts/announcer.js";
import { element } from "./parts/element.js";

const HINT = "Escape, then Tab, leaves the code. It runs in your browser and is kept there; it counts for no mark.";
const LOST = "could not be fetched. Check the connection, then try again; what you typed is kept.";

class ExerciseCell extends HTMLElement {
  #parts = {};
  #start = "";
  #kept = null;
  #editor = null;
  #editing = null;
  #loader = null;

  connectedCallback() {
    if (this.#parts.run) return;
    const shown = this.querySelector("pre");
    this.#start = shown.textContent;
    this.#kept = new KeptCode(() => localStorage, this.getAttribute("key"));
    const code = this.#kept.read();
    if (code !== null) shown.textContent = code;
    this.#build(shown);
  }

  #build(shown) {
    const parts = this.#parts;
    parts.shown = shown;
    parts.code = this.querySelector(".highlight");
    parts.run = element("button", { type: "button", class: "w-button w-button--go", text: "Run the tests", onclick: () => this.#run() });
    parts.again = element("button", { type: "button", class: "w-button", text: "Start again", onclick: () => this.#ask(true) });
    parts.sure = this.#question();
    parts.state = element("p", { class: "exercise__state" });
    parts.tests = element("ul", { class: "exercise__tests", role: "list" });
    parts.printed = element("pre", { class: "exercise__printed", tabindex: "0", hidden: true, "aria-label": "What the code printed" });
    parts.voice = announcer();
    this.querySelector(".exercise__needs")?.remove();
    this.append(
      element("div", { class: "exercise__below" }, element("div", { class: "w-row" }, parts.run, parts.again), parts.sure, element("p", { class: "w-quiet", text: HINT })),
      element("div", { class: "exercise__outcome" }, parts.state, parts.tests, parts.printed),
      parts.voice.node,
    );
    for (const touch of ["focus", "click"]) shown.addEventListener(touch, () => this.#edit().catch(() => null));
  }

  #question() {
    return element(
      "div",
      { class: "exercise__sure", role: "group", "aria-label": "Start again", hidden: true },
      element("p", { text: "Put the code back to what it was in the beginning? What you typed is lost." }),
      element(
        "div",
        { class: "w-row" },
        element("button", { type: "button", class: "w-button", text: "Yes, start again", onclick: () => this.#restart() }),
        element("button", { type: "button", class: "w-button", text: "No, keep it", onclick: () => this.#ask(false) }),
      ),
    );
  }

  get #code() {
    return this.#editor ? this.#editor.text() : this.#parts.shown.textContent;
  }

  /** Fetch the editor and put it in place of the plain code; once. */
  #edit() {
    this.#editing ??= this.#makeEditor().catch((error) => {
      this.#editing = null;
      this.#say(`The editor ${LOST}`, "bad");
      throw error;
    });
    return this.#editing;
  }

  async #makeEditor() {
    const { makeEditor } = await import("../exercise/editor.js");
    const { shown, code } = this.#parts;
    const had = shown === document.activeElement;
    const parent = element("div", { class: "exercise__editor" });
    code.replaceWith(parent);
    const label = `Your code for ${this.#told.function}. Escape, then Tab, leaves it.`;
    this.#editor = makeEditor({ parent, text: shown.textContent, label, changed: (text) => this.#changed(text) });
    if (had) this.#editor.focus();
  }

  get #told() {
    return JSON.parse(this.getAttribute("told"));
  }

  #changed(text) {
    this.#kept.write(text, this.#start);
    this.#python().then((python) => python.load()).catch(() => null); // so that it is there when the tests are run
  }

  #python() {
    this.#loader ??= import("../exercise/python.js").catch((error) => {
      this.#loader = null;
      throw error;
    });
    return this.#loader.then(({ python }) => python);
  }

  async #run() {
    const { run, printed, tests } = this.#parts;
    run.disabled = true;
    tests.replaceChildren();
    printed.hidden = true;
    printed.textContent = "";
    this.#say("Fetching Python: a few megabytes, the first time.");
    try {
      this.#edit().catch(() => null);
      const python = await this.#python();
      await python.load();
      this.#say("Running…");
      this.#show(await python.run(this.#code, this.getAttribute("told"), (text) => this.#print(text)));
    } catch {
      this.#say(`Python ${LOST}`, "bad");
    } finally {
      run.disabled = false;
    }
  }

  #print(text) {
    this.#parts.printed.hidden = false;
    this.#parts.printed.textContent += text;
  }

  #show(outcome) {
    const right = isRight(outcome);
    this.#say(summary(outcome), right ? "good" : "bad", spoken(outcome));
    this.#parts.tests.replaceChildren(...(outcome.done?.tests ?? []).map(testRow));
    this.dispatchEvent(new CustomEvent("stride:tried", { bubbles: true, detail: { key: this.getAttribute("key"), right } }));
  }

  #say(sentence, state = "", voice = sentence) {
    this.#parts.state.textContent = sentence;
    this.#parts.state.dataset.state = state;
    this.#parts.voice.say(voice);
  }

  #ask(open) {
    const { sure, again } = this.#parts;
    sure.hidden = !open;
    if (open) sure.querySelector("button").focus();
    else again.focus();
  }

  #restart() {
    if (this.#editor) this.#editor.setText(this.#start);
    else this.#parts.shown.textContent = this.#start;
    this.#kept.write(this.#start, this.#start);
    this.#parts.tests.replaceChildren();
    this.#parts.printed.hidden = true;
    this.#say("The code is what it was in the beginning.");
    this.#ask(false);
  }
}

const testRow = (test) =>
  element(
    "li",
    { class: `exercise__test exercise__test--${test.passed ? "right" : "wrong"}` },
    element("b", { text: test.passed ? "✓ Right." : "✗ Not yet." }),
    " ",
    element("span", { text: test.text }),
  );

customElements.define("exercise-cell", ExerciseCell);
