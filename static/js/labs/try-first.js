// <try-first for="lab-form">: asks a worker for something about the settings that the form holds now, and shows it here.
// Its buttons would send the form to their own addresses; this does the same and stays on the page.

const LOOK_AGAIN_MILLISECONDS = 800;
const PARTIAL = { "HX-Request": "true" };

class TryFirst extends HTMLElement {
  // How often each place was asked for something: the draws do not wait for the range test, nor it for them.
  #asked = new WeakMap();

  connectedCallback() {
    this.form = document.getElementById(this.getAttribute("for"));
    this.addEventListener("click", (event) => this.#press(event));
    this.addEventListener("submit", (event) => this.#mark(event));
  }

  #press(event) {
    const button = event.target.closest("button[formaction]");
    const use = event.target.closest("[data-use-rate]");
    if (button) this.#ask(event, button);
    else if (use) this.#use(event, use.dataset.useRate);
    else if (event.target.closest("[data-use-rates]")) this.#useSeveral(event, event.target.closest("[data-use-rates]").dataset.useRates);
  }

  #ask(event, button) {
    event.preventDefault();
    const place = this.querySelector(`[data-place="${button.value}"]`);
    this.#follow(fetch(button.formAction, { method: "POST", body: new FormData(this.form), headers: PARTIAL }), place);
  }

  #mark(event) {
    event.preventDefault();
    this.#follow(fetch(event.target.action, { method: "POST", body: new FormData(event.target), headers: PARTIAL }), event.target.closest("[data-place]"));
  }

  /** Show an answer, and look again while it says that it is in the making. A newer question in its place makes it stop. */
  async #follow(answer, place) {
    const mine = (this.#asked.get(place) ?? 0) + 1;
    this.#asked.set(place, mine);
    const hadFocus = place.contains(document.activeElement);
    try {
      let text = await (await answer).text();
      while (this.isConnected && mine === this.#asked.get(place)) {
        place.innerHTML = text;
        const preview = place.querySelector("[data-preview]");
        if (!["queued", "working"].includes(preview?.dataset.state)) {
          // What was pressed is gone: whoever is still there goes on with what came in its place.
          if (hadFocus && document.activeElement === document.body) place.querySelector("a, button, input:not([type=hidden])")?.focus();
          return;
        }
        await new Promise((resolve) => { setTimeout(resolve, LOOK_AGAIN_MILLISECONDS); });
        text = await (await fetch(preview.dataset.preview, { headers: PARTIAL })).text();
      }
    } catch {
      place.textContent = "The server did not answer. Ask again in a moment.";
    }
  }

  /** Ask the form for a run at each of several rates, and lead there. */
  #useSeveral(event, rates) {
    const setting = this.form.elements.namedItem("several");
    const values = this.form.elements.namedItem("several_learning_rate");
    if (!setting || !values) return;
    event.preventDefault();
    setting.closest("details").open = true;
    setting.value = "learning_rate";
    setting.dispatchEvent(new Event("change", { bubbles: true }));
    values.value = rates;
    values.dispatchEvent(new Event("change", { bubbles: true }));
    values.focus();
  }

  #use(event, rate) {
    const field = this.form.elements.namedItem("learning_rate");
    if (!field) return;
    event.preventDefault();
    field.value = rate;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  }
}

customElements.define("try-first", TryFirst);
