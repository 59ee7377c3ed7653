// The large picture of the pixel inspector: drawn enlarged, with a cursor that follows mouse, finger and keys.
import { ZOOMS, placeUnder, windowAround } from "../../arithmetic/window.js";
import { onThemeChange, token } from "../../colour.js";
import { button } from "./controls.js";
import { element } from "./element.js";
import { rendered } from "./picture.js";

const SMALLEST_CURSOR = 11;

/** `hover(place)` hears pointer moves and taps, `key(event)` hears keys, `zoomed()` a change of enlargement. */
export function pictureView({ hover, key, zoomed }) {
  const canvas = element("canvas", { class: "w-picture", tabindex: "0", role: "application" });
  const state = { picture: null, source: null, zoom: 1, view: null, place: { row: 0, column: 0 } };
  const label = element("output", { class: "w-zoom__label numeric" });
  const smaller = button("−", () => zoomBy(-1), { "aria-label": "Zoom out" });
  const larger = button("+", () => zoomBy(1), { "aria-label": "Zoom in" });
  const zoomNode = element("div", { class: "w-zoom", role: "group", "aria-label": "Enlargement" }, smaller, label, larger);

  function zoomBy(step) {
    const index = Math.min(ZOOMS.length - 1, Math.max(0, ZOOMS.indexOf(state.zoom) + step));
    state.zoom = Math.min(ZOOMS[index], largestZoom(state.picture));
    state.view = windowAround(state.place, { size: state.picture, zoom: state.zoom });
    zoomed();
    draw();
  }

  function draw() {
    if (!state.picture) return;
    const scale = Math.min(window.devicePixelRatio || 1, 2);
    const width = Math.round((canvas.clientWidth || 480) * scale);
    canvas.width = width;
    canvas.height = Math.round((width * state.view.height) / state.view.width);
    paint(canvas.getContext("2d"), { state, cell: width / state.view.width });
    label.textContent = `${state.zoom}×`;
    smaller.disabled = state.zoom === 1;
    larger.disabled = state.zoom >= largestZoom(state.picture);
  }

  function under(event) {
    const box = canvas.getBoundingClientRect();
    return placeUnder({ x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height }, state.view);
  }

  canvas.addEventListener("pointermove", (event) => { if (state.picture && (event.pointerType === "mouse" || event.buttons)) hover(under(event)); });
  canvas.addEventListener("pointerdown", (event) => { if (state.picture) hover(under(event)); });
  canvas.addEventListener("keydown", (event) => { if (state.picture) key(event); });
  new ResizeObserver(draw).observe(canvas);
  onThemeChange(draw);

  return {
    node: element("div", { class: "w-picture-frame" }, canvas),
    zoomNode,
    zoomBy,
    get zoom() { return state.zoom; },
    take(picture, { zoom, place }) {
      Object.assign(state, { picture, place, source: rendered(picture), zoom: Math.min(ZOOMS.includes(zoom) ? zoom : 1, largestZoom(picture)) });
      state.view = windowAround(place, { size: picture, zoom: state.zoom });
      canvas.setAttribute("aria-label", `${picture.title}, ${picture.height} rows by ${picture.width} columns. Arrow keys move by one pixel, with Shift by ten; plus and minus zoom.`);
      canvas.dataset.shape = picture.width === picture.height ? "square" : "wide";
    },
    showChannel(channel) { state.source = rendered(state.picture, { channel }); },
    show({ place }) {
      state.place = place;
      state.view = windowAround(place, { size: state.picture, zoom: state.zoom, before: state.view });
      draw();
    },
  };
}

function largestZoom(picture) {
  return ZOOMS.findLast((zoom) => Math.min(picture.width, picture.height) / zoom >= 6) ?? 1;
}

function paint(context, { state, cell }) {
  const { view, place } = state;
  context.imageSmoothingEnabled = false;
  context.drawImage(state.source, view.left, view.top, view.width, view.height, 0, 0, view.width * cell, view.height * cell);
  const centre = { x: (place.column - view.left + 0.5) * cell, y: (place.row - view.top + 0.5) * cell };
  const side = Math.max(cell, SMALLEST_CURSOR * Math.min(window.devicePixelRatio || 1, 2));
  for (const [line, colour] of [[5, "#ffffff"], [2.5, token("--color-cursor") || "#111111"]]) {
    context.lineWidth = line;
    context.strokeStyle = colour;
    context.strokeRect(centre.x - side / 2, centre.y - side / 2, side, side);
  }
}
