// <train-taster>: Train on the front page, without leaving it. The charts' code is fetched when the button is first
// touched; without this script the form posts and the run's own page opens.

const loadCharts = () => import("./live-run.js");

class TrainTaster extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.place = this.querySelector("[data-place]");
    for (const sign of ["pointerenter", "focusin", "touchstart"]) {
      this.form.addEventListener(sign, loadCharts, { once: true, passive: true });
    }
    this.form.addEventListener("submit", (event) => this.#train(event));
    this.addEventListener("run-ended", () => this.#again());
  }

  async #train(event) {
    event.preventDefault();
    const button = this.form.querySelector("button");
    button.disabled = true;
    try {
      const [reply] = await Promise.all([this.#post(), loadCharts()]);
      this.place.innerHTML = await reply.text();
      if (!reply.ok) button.disabled = false;
      this.form.hidden = reply.ok;
    } catch {
      button.disabled = false;
      this.place.textContent = "The server did not answer. Try again in a moment.";
    }
  }

  #post() {
    // The partial that htmx would ask for: the run without the page around it.
    return fetch(this.form.action, { method: "POST", body: new FormData(this.form), headers: { "HX-Request": "true" } });
  }

  #again() {
    const button = this.form.querySelector("button");
    button.disabled = false;
    button.textContent = button.dataset.again ?? "Train another one";
    button.classList.add("button--quiet");
    this.form.hidden = false;
    this.append(this.form);
  }
}

customElements.define("train-taster", TrainTaster);
