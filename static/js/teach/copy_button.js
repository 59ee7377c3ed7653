// <copy-button for="id" done failed hidden><button></button></copy-button>: copies the text of the element named.
class CopyButton extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    const text = button.textContent;
    this.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      button.textContent = this.getAttribute((await this.#copy()) ? "done" : "failed");
      setTimeout(() => (button.textContent = text), 4000);
    });
  }

  async #copy() {
    const source = document.getElementById(this.getAttribute("for"));
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      return true;
    } catch {
      // Without HTTPS (a class on its own network) there is no clipboard API: select, and copy as the browser does.
      getSelection().selectAllChildren(source);
      return document.execCommand("copy");
    }
  }
}

customElements.define("copy-button", CopyButton);
