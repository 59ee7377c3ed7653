// <several-values>: of the controls for several values of a setting, shows those of the setting that was chosen. All of them
// are sent; the server reads the chosen one's.

class SeveralValues extends HTMLElement {
  connectedCallback() {
    this.choice = this.querySelector("select[name=several]");
    this.help = this.querySelector(".field__help");
    this.choice.addEventListener("change", () => this.#show());
    this.#show();
  }

  #show() {
    for (const part of this.querySelectorAll("[data-several]")) part.hidden = part.dataset.several !== this.choice.value;
    this.help.hidden = this.choice.value === "";
  }
}

customElements.define("several-values", SeveralValues);
