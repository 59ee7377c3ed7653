// Where the playground's pictures come from: a photo, a digit, a file of the reader's own, or the webcam. Nothing leaves the page.
import { button, segments } from "./controls.js";
import { element } from "./element.js";
import { colourAt, loadOwn, loadSample } from "./picture.js";
import { startWebcam } from "./webcam.js";

const SAMPLES = {
  photo: { title: "Photo of a tower above a lake", url: new URL("../../../images/china.webp", import.meta.url).href, place: { row: 300, column: 300 } },
  digit: { title: "Handwritten digit", url: new URL("../../../data/digit.json", import.meta.url).href, place: { row: 3, column: 2 } },
};
const CHOICES = [["photo", "photo"], ["digit", "digit"], ["own", "your own"], ["webcam", "webcam"]];
const DIGIT_ZOOM = 8; // an 8 x 8 digit is drawn larger, so that a kernel meets strokes and not single pixels

/** `picture({rgba, width, height, place, isLive})` hears each picture, `status(text)` what to say. Returns {node, start, stop}. */
export function pictureSource({ picture, status }) {
  let stopCamera = null;
  let wanted = "photo";
  const stop = () => { stopCamera?.(); stopCamera = null; };
  const file = element("input", { type: "file", accept: "image/*", "aria-label": "A picture from your device", onchange: readFile });
  const own = element("p", { class: "w-own", hidden: true }, file, element("span", { class: "w-quiet", text: "Read in this page. It is not sent anywhere." }));
  const live = element("p", { class: "w-own", hidden: true }, button("Stop the webcam", () => choose("photo")), element("span", { class: "w-quiet", text: " Each frame is worked out in this page and forgotten." }));
  const choices = segments({ legend: "picture", options: CHOICES, value: "photo", pick: choose });
  document.addEventListener("visibilitychange", () => { if (document.hidden && stopCamera) choose("photo"); });

  async function choose(name) {
    stop();
    wanted = name;
    choices.set(name);
    own.hidden = name !== "own";
    live.hidden = name !== "webcam";
    status("");
    if (SAMPLES[name]) await loadOne(name);
    if (name === "webcam") await openCamera();
  }

  async function loadOne(name) {
    try {
      const sample = await loadSample(SAMPLES[name].url, SAMPLES[name]);
      if (wanted === name) picture({ ...rgbaOf(sample, name === "digit" ? DIGIT_ZOOM : 1), place: scaledPlace(SAMPLES[name].place, name === "digit" ? DIGIT_ZOOM : 1), isLive: false });
    } catch (error) {
      status(`${error.message} Check the connection and choose the picture again.`);
    }
  }

  async function readFile() {
    const [chosen] = file.files;
    if (!chosen) return;
    try {
      const read = await loadOwn(chosen);
      picture({ ...rgbaOf(read, 1), isLive: false });
      status(`Your picture is shown with ${read.width} × ${read.height} pixels.`);
    } catch {
      status(`“${chosen.name}” is not a picture that this browser can read. JPEG, PNG and WebP work everywhere.`);
    }
  }

  async function openCamera() {
    status("The camera is starting.");
    try {
      const stopThis = await startWebcam((frame) => picture({ ...frame, isLive: true }));
      if (wanted !== "webcam") stopThis();
      else [stopCamera] = [stopThis, status("")];
    } catch (error) {
      if (wanted !== "webcam") return;
      await choose("photo");
      status(error.message);
    }
  }

  return { node: element("div", {}, element("div", { class: "w-bar" }, choices.node, own, live)), start: () => loadOne("photo"), stop };
}

function scaledPlace({ row, column }, zoom) {
  return { row: row * zoom + (zoom >> 1), column: column * zoom + (zoom >> 1) };
}

/** A picture's colours as RGBA bytes, each pixel drawn `zoom` times as large. */
function rgbaOf(source, zoom) {
  const [width, height] = [source.width * zoom, source.height * zoom];
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const colour = colourAt(source, { row: Math.floor(row / zoom), column: Math.floor(column / zoom) });
      rgba.set([...colour, 255], (row * width + column) * 4);
    }
  }
  return { rgba, width, height };
}
