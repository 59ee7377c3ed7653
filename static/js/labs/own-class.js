// <li is a class>: one class of a set in the making: its name, its pictures, the ways to get more. Tells its list with "change".

import { folderName } from "./own-classes.js";

const THUMBS = 120;
const TAKE_EVERY_MILLISECONDS = 160;

export class OwnClass {
  /** `take` gives the camera's picture as a promise of a blob; `prepare` makes a file small enough to send. */
  constructor(template, { name = "", take, prepare }) {
    this.element = template.content.firstElementChild.cloneNode(true);
    this.pictures = [];
    this.take = take;
    this.prepare = prepare;
    this.#find();
    this.input.value = name;
    this.#listen();
    this.#count();
  }

  get name() {
    return folderName(this.input.value);
  }

  /** Take over files as pictures of this class, one after the other; a name is kept for sentences. */
  async add(files) {
    for (const file of files) {
      const small = await this.prepare(file);
      this.#put(small ?? file, file.name);
    }
  }

  set isCameraOn(value) {
    this.button.disabled = !value;
  }

  clear() {
    for (const { url } of this.pictures) URL.revokeObjectURL(url);
    this.pictures = [];
    this.thumbs.replaceChildren();
    this.#count();
  }

  #find() {
    const part = (name) => this.element.querySelector(`[data-${name}]`);
    this.input = part("name");
    this.counted = part("count");
    this.button = part("take");
    this.files = part("files");
    this.thumbs = part("thumbs");
    this.remove = part("remove-class");
  }

  #listen() {
    this.input.addEventListener("input", () => this.#tell());
    this.files.addEventListener("change", async () => {
      await this.add(this.files.files);
      this.files.value = "";
    });
    this.thumbs.addEventListener("click", (event) => this.#drop(event.target.closest("button")));
    const { button } = this;
    button.addEventListener("pointerdown", (event) => { if (event.button === 0) this.#hold(); });
    // Held with Space or Enter too; a held key repeats.
    button.addEventListener("keydown", (event) => {
      if ((event.key === " " || event.key === "Enter") && !event.repeat) this.#hold();
      if (event.key === " " || event.key === "Enter") event.preventDefault();
    });
    for (const end of ["pointerup", "pointerleave", "pointercancel", "keyup", "blur"]) button.addEventListener(end, () => this.#release());
    button.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  async #hold() {
    if (this.isHeld) return;
    this.isHeld = true;
    this.button.setAttribute("aria-pressed", "true");
    while (this.isHeld) {
      const blob = await this.take();
      if (blob) this.#put(blob, `${this.pictures.length + 1}.jpg`);
      await new Promise((resolve) => { setTimeout(resolve, TAKE_EVERY_MILLISECONDS); });
    }
  }

  #release() {
    this.isHeld = false;
    this.button.removeAttribute("aria-pressed");
  }

  #put(blob, name) {
    const picture = { blob, name, url: URL.createObjectURL(blob) };
    this.pictures.push(picture);
    this.thumbs.prepend(this.#thumb(picture));
    while (this.thumbs.children.length > THUMBS) this.thumbs.lastElementChild.remove();
    this.#count();
  }

  #thumb(picture) {
    const line = document.createElement("li");
    const button = document.createElement("button");
    const image = document.createElement("img");
    button.type = "button";
    button.className = "own__thumb";
    button.setAttribute("aria-label", `Delete picture ${this.pictures.indexOf(picture) + 1}, ${picture.name}`);
    button.title = "Delete";
    button.picture = picture;
    image.src = picture.url;
    image.alt = "";
    image.width = 56;
    image.height = 56;
    button.append(image);
    line.append(button);
    return line;
  }

  #drop(button) {
    if (!button?.picture) return;
    const line = button.parentElement;
    const next = line.nextElementSibling ?? line.previousElementSibling;
    this.pictures = this.pictures.filter((picture) => picture !== button.picture);
    URL.revokeObjectURL(button.picture.url);
    line.remove();
    (next?.querySelector("button") ?? this.input).focus();
    this.#count();
  }

  #count() {
    const count = this.pictures.length;
    this.counted.textContent = count === 1 ? "1 picture" : `${count.toLocaleString("en")} pictures`;
    this.#tell();
  }

  #tell() {
    const name = this.input.value.trim() || "this class";
    this.button.setAttribute("aria-label", `Hold to take pictures of ${name}`);
    this.element.dispatchEvent(new Event("own-change", { bubbles: true }));
  }
}
