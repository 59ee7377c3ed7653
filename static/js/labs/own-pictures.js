// <own-pictures most-bytes="250000000">: gathers pictures class by class, from the camera, files or a folder, and sends them as one zip.
// Without it the form sends a zip that somebody packed; both take the same way.

import { Camera, shrunk } from "./camera.js";
import { OwnClass } from "./own-class.js";
import { advice, byFolder, LEAST } from "./own-classes.js";
import { zipParts } from "./zip.js";

// A smaller file is sent as it is.
const LARGE_BYTES = 200_000;
const FIRST_CLASSES = 2;

class OwnPictures extends HTMLElement {
  #classes = [];
  #isSent = false;

  connectedCallback() {
    const part = (name) => this.querySelector(`[data-${name}]`);
    this.parts = Object.fromEntries(
      ["problems", "gather", "camera", "camera-said", "view", "off", "classes", "add", "advice", "folder", "send", "progress", "bar", "progress-said", "zip-label"].map((name) => [name, part(name)]),
    );
    this.form = this.querySelector("form");
    this.zip = this.form.elements.namedItem("zip");
    this.camera = new Camera(this.parts.view);
    this.parts.gather.hidden = false;
    this.parts["zip-label"].textContent = "Or a zip with one folder per class";
    for (let number = 0; number < FIRST_CLASSES; number += 1) this.#add();
    this.#listen();
  }

  disconnectedCallback() {
    this.camera.turnOff();
  }

  #listen() {
    const { parts } = this;
    parts.camera.addEventListener("click", () => this.#toggleCamera());
    parts.add.addEventListener("click", () => this.#add().input.focus());
    parts.folder.addEventListener("change", async () => {
      await this.#take(byFolder(parts.folder.files));
      parts.folder.value = "";
    });
    this.addEventListener("own-change", () => this.#advise());
    this.addEventListener("click", (event) => this.#remove(event.target.closest("[data-remove-class]")));
    this.addEventListener("dragover", (event) => event.preventDefault());
    this.addEventListener("drop", (event) => this.#drop(event));
    this.form.addEventListener("submit", (event) => this.#submit(event));
    window.addEventListener("beforeunload", (event) => { if (!this.#isSent && this.#counts().some(({ count }) => count)) event.preventDefault(); });
  }

  #add(name = "") {
    const made = new OwnClass(this.querySelector("template[data-class]"), { name, take: () => this.camera.take(), prepare: small });
    made.isCameraOn = this.camera.isOn;
    this.#classes.push(made);
    this.parts.classes.append(made.element);
    this.#advise();
    return made;
  }

  #remove(button) {
    const found = this.#classes.find(({ remove }) => remove === button);
    if (!found) return;
    found.clear();
    found.element.remove();
    this.#classes = this.#classes.filter((one) => one !== found);
    this.#advise();
    this.parts.add.focus();
  }

  /** Put files by class, as `byFolder` finds them, into the classes of these names; empty ones without a name are filled first. */
  async #take(found) {
    for (const [name, files] of found) {
      const there = this.#classes.find((one) => one.input.value.trim() === name) ?? this.#classes.find((one) => !one.input.value.trim() && !one.pictures.length) ?? this.#add();
      there.input.value ||= name;
      await there.add(files);
    }
    this.#advise();
  }

  async #drop(event) {
    event.preventDefault();
    const [only, ...others] = event.dataTransfer.files;
    if (only && !others.length && /\.zip$/i.test(only.name)) {
      this.zip.files = event.dataTransfer.files;
      return;
    }
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const found = (await Promise.all(entries.map((entry) => walked(entry)))).flat();
    await this.#take(asFiles(byFolder(found, ({ path }) => path)));
  }

  async #toggleCamera() {
    const { camera, "camera-said": said, view, off } = this.parts;
    try {
      if (this.camera.isOn) this.camera.turnOff();
      else await this.camera.turnOn();
      said.textContent = this.camera.isOn ? "The camera is on. Name a class, then hold its “Take” button; turn and move the thing while you hold." : "The camera is off.";
    } catch (error) {
      said.textContent = error.message;
    }
    const { isOn } = this.camera;
    camera.setAttribute("aria-pressed", String(isOn));
    camera.textContent = isOn ? "Turn the camera off" : "Turn the camera on";
    view.hidden = !isOn;
    off.hidden = isOn;
    for (const one of this.#classes) one.isCameraOn = isOn;
  }

  #counts() {
    return this.#classes.map(({ name, pictures }) => ({ name: name || "a class without a name", count: pictures.length }));
  }

  #advise() {
    const counts = this.#counts();
    const sentences = counts.some(({ count }) => count) ? advice(counts) : [];
    const lines = sentences.map((sentence) => Object.assign(document.createElement("p"), { textContent: sentence, className: "small" }));
    this.parts.advice?.replaceChildren(...lines);
  }

  /** What keeps the gathered classes from being sent: sentences, mostly none. */
  #faults() {
    const names = this.#classes.map(({ name }) => name);
    if (names.some((name) => !name)) return ["Every class needs a name. Name it, or remove it."];
    if (new Set(names).size < names.length) return ["Two classes have the same name. Give each its own."];
    const counts = this.#counts();
    return counts.length < 2 || counts.some(({ count }) => count < LEAST) ? advice(counts) : [];
  }

  async #submit(event) {
    event.preventDefault();
    const body = new FormData(this.form);
    if (!this.zip.files.length) {
      const faults = this.#faults();
      if (faults.length) return this.#refuse(faults);
      try {
        body.set("zip", await this.#packed(), "pictures.zip");
      } catch (error) {
        return this.#refuse([error.message]);
      }
    }
    if (body.get("zip").size > Number(this.getAttribute("most-bytes"))) return this.#refuse(["These are more bytes than may be sent at once: bring fewer pictures, or smaller ones."]);
    return this.#send(body);
  }

  async #packed() {
    const files = [];
    for (const { name, pictures } of this.#classes) {
      for (const [place, picture] of pictures.entries()) {
        const original = picture.name.replaceAll(/[/\\:]/g, "-").replace(/^\.+/, "");
        files.push({ name: `${name}/${String(place + 1).padStart(4, "0")} ${original}`, bytes: new Uint8Array(await picture.blob.arrayBuffer()) });
      }
    }
    return new Blob(zipParts(files), { type: "application/zip" });
  }

  #send(body) {
    const { send, progress, bar, "progress-said": said } = this.parts;
    const request = new XMLHttpRequest();
    send.disabled = true;
    progress.hidden = false;
    said.textContent = "Sending…";
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      bar.value = loaded / total;
      said.textContent = loaded < total ? `${(loaded / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB sent` : "Reading the pictures…";
      if (loaded === total) bar.removeAttribute("value");
    });
    request.addEventListener("load", () => this.#answered(request));
    request.addEventListener("error", () => this.#refuse(["The connection broke off. Your pictures are still here: press the button again."]));
    request.responseType = "document";
    request.open("POST", this.form.action);
    request.send(body);
  }

  #answered(request) {
    if (new URL(request.responseURL).pathname !== new URL(this.form.action).pathname) {
      this.#isSent = true;
      window.location.assign(request.responseURL);
      return;
    }
    const said = [...(request.response?.querySelectorAll("[data-problems] li") ?? [])].map(({ textContent }) => textContent);
    this.#refuse(said.length ? said : ["The server did not take them. Your pictures are still here: try again in a moment."]);
  }

  #refuse(sentences) {
    const { problems, send, progress } = this.parts;
    const title = Object.assign(document.createElement("p"), { className: "notice__title", textContent: "Not taken yet. Your pictures are still here." });
    const list = document.createElement("ul");
    list.append(...sentences.map((sentence) => Object.assign(document.createElement("li"), { textContent: sentence })));
    const notice = Object.assign(document.createElement("div"), { className: "notice notice--error" });
    notice.append(title, list);
    problems.replaceChildren(notice);
    problems.scrollIntoView({ block: "nearest" });
    send.disabled = false;
    progress.hidden = true;
  }
}

function small(file) {
  return file.size > LARGE_BYTES ? shrunk(file) : null;
}

function asFiles(found) {
  return new Map([...found].map(([name, entries]) => [name, entries.map(({ file }) => file)]));
}

/** Every file under a dropped entry: [{path, file}]. */
async function walked(entry) {
  if (entry.isFile) return [{ path: entry.fullPath, file: await new Promise((resolve, reject) => { entry.file(resolve, reject); }) }];
  const reader = entry.createReader();
  const found = [];
  // A reader hands out a hundred entries at a time, and none at the end.
  for (let some = await read(reader); some.length; some = await read(reader)) found.push(...(await Promise.all(some.map((one) => walked(one)))));
  return found.flat();
}

function read(reader) {
  return new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
}

customElements.define("own-pictures", OwnPictures);
