// <run-action act address>: a form that asks something of a run, without leaving the page. The address is the API's; what
// it answers is told by the event "run-acted" {act, answer}; a refusal stands under the form in its own words. Without
// this script the form posts to a page that does the same.

const FLAGS = { true: true, false: false };
const typed = (text) => FLAGS[text] ?? (text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text);

// What the API wants to hear, from what the form holds.
const BODIES = {
  rate: ({ value }) => ({ value: typed(value) }),
  branch: ({ step, ...fields }) => ({ step: Number(step), fields: typedAll(fields) }),
  twin: ({ field, ...values }) => ({ field, value: typed(values[`value_${field}`]) }),
  again: ({ count }) => ({ count: typed(count) }),
  about: ({ title, notes }) => ({ title, notes }),
};

const typedAll = (fields) => Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, typed(text)]));

class RunAction extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.fault = this.querySelector("[data-fault]");
    this.form.addEventListener("submit", (event) => this.#send(event));
    this.#offerOne();
  }

  // Of several controls for a value, the one of the field that was chosen.
  #offerOne() {
    const parts = [...this.querySelectorAll("[data-value-of]")];
    if (!parts.length) return;
    const choice = this.form.elements.field;
    const show = () => parts.forEach((part) => { part.hidden = part.dataset.valueOf !== choice.value; });
    choice.addEventListener("change", show);
    show();
  }

  async #send(event) {
    event.preventDefault();
    const { csrfmiddlewaretoken: token, ...values } = Object.fromEntries(new FormData(this.form));
    this.#busy(true);
    try {
      const reply = await fetch(this.getAttribute("address"), {
        method: this.getAttribute("method") ?? "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token, Accept: "application/json" },
        body: JSON.stringify(BODIES[this.getAttribute("act")]?.(values) ?? {}),
      });
      this.#hear(reply.status, await read(reply));
    } catch {
      this.#say("This did not reach the server. Try again.");
    } finally {
      this.#busy(false);
    }
  }

  #hear(status, answer) {
    if (status >= 400) {
      this.#say(sentence(answer) ?? `The server refused this (${status}). Reload the page and try again.`);
      return;
    }
    this.#say("");
    if (status === 201) location.assign(answer.url ?? `/groups/${answer.group}/`);
    else this.dispatchEvent(new CustomEvent("run-acted", { bubbles: true, detail: { act: this.getAttribute("act"), answer } }));
  }

  #busy(isBusy) {
    for (const button of this.form.querySelectorAll("button")) button.disabled = isBusy;
  }

  #say(text) {
    this.fault.textContent = text;
    this.fault.hidden = text === "";
  }
}

async function read(reply) {
  try {
    return await reply.json();
  } catch {
    return {};
  }
}

const sentence = ({ error, errors }) => error ?? (errors ? Object.values(errors).join(" ") : undefined);

customElements.define("run-action", RunAction);
