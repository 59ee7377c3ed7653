// <schedule-drawing schedule="cosine" rate="0.003" steps="1200" warmup="0">: the learning rate over the run as a line.
// The table that the server put inside says the same and stays below the drawing.
import { wayOf } from "../arithmetic/schedules.js";
import { drawn, element } from "../widgets/parts/element.js";

const WIDTH = 480;
const HEIGHT = 120;
const TOP = 8;

class ScheduleDrawing extends HTMLElement {
  static observedAttributes = ["schedule", "rate", "steps", "warmup"];
  #figure = element("div", { class: "schedule__figure" });

  connectedCallback() {
    if (!this.#figure.isConnected) this.prepend(this.#figure);
    this.#draw();
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#draw();
  }

  #draw() {
    const [rate, steps, warmup] = ["rate", "steps", "warmup"].map((name) => Number(this.getAttribute(name)));
    const way = wayOf(this.getAttribute("schedule"), { rate, steps, warmup });
    const x = (step) => ((step - 1) / Math.max(1, steps - 1)) * WIDTH;
    const y = (height) => TOP + (1 - height / rate) * HEIGHT;
    const line = way.map(([step, height]) => `${x(step).toFixed(1)} ${y(height).toFixed(2)}`).join("L");
    const words = `The learning rate over ${steps} steps: from ${written(way[0][1])} to ${written(way.at(-1)[1])}, at most ${written(Math.max(...way.map(([, height]) => height)))}.`;
    this.#figure.replaceChildren(
      drawn(
        "svg",
        { class: "schedule__plot", viewBox: `0 0 ${WIDTH} ${HEIGHT + 2 * TOP}`, preserveAspectRatio: "none", role: "img", "aria-label": words },
        drawn("path", { class: "schedule__axis", d: `M0 ${y(0)}H${WIDTH}` }),
        drawn("path", { class: "schedule__line", d: `M${line}` }),
      ),
      element("p", { class: "schedule__ends small muted", "aria-hidden": "true" }, element("span", { text: `step 1: ${written(way[0][1])}` }), element("span", { text: `step ${steps.toLocaleString("en")}: ${written(way.at(-1)[1])}` })),
    );
  }
}

/** Three figures, as the table has them. */
const written = (value) => String(Number(value.toPrecision(3)));

customElements.define("schedule-drawing", ScheduleDrawing);
