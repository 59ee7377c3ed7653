// A picture beside what a kernel makes of it: two canvases with one cursor, which stands where the kernel lies.
import { css, diverging, divergingTokens } from "../../colour.js";
import { filtered, paintColours, paintSigned, usualLimit } from "../../arithmetic/filtering.js";
import { element } from "./element.js";

const SHADES = 511; // odd, so that 0 has a shade of its own
const SMALLEST_FRAME = 12;
const OFTEN_READ = { willReadFrequently: true }; // filled from numbers frame by frame, and read again
const SETTLING = 0.8; // how much of the last frame's limit a webcam keeps, so that colours do not flicker

/** Give it {move(place), walk(event)}. Returns {node, show({picture, planes, kernel, isSigned, place, isLive}), mark(place), values, limit}. */
export function filteredView({ move, walk }) {
  const source = element("canvas", { class: "w-filter__canvas", tabindex: "0", role: "application", "aria-label": "Image" });
  const result = element("canvas", { class: "w-filter__canvas", role: "img", "aria-label": "The image after the kernel" });
  const marks = [source, result].map(() => element("span", { class: "w-filter__mark", "aria-hidden": "true" }));
  const [given, made] = [source, result].map((canvas, index) => element("div", { class: "w-filter__frame" }, canvas, marks[index]));
  const legend = element("p", { class: "w-filter__legend numeric" });
  const node = element(
    "div",
    { class: "w-filter" },
    element("div", {}, element("p", { class: "w-label", text: "image" }), given),
    element("div", {}, element("p", { class: "w-label", text: "after the kernel" }), made, legend),
  );
  const view = { node, source, values: null, limit: 1, size: { width: 1, height: 1 }, show, mark };

  for (const canvas of [source, result]) listen(canvas, { move, size: () => view.size });
  source.addEventListener("keydown", walk);

  function show({ picture, planes, kernel, isSigned, isLive = false }) {
    const { width, height } = picture;
    view.size = { width, height };
    for (const canvas of [source, result]) if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    source.getContext("2d", OFTEN_READ).putImageData(new ImageData(picture.rgba, width, height), 0, 0);
    const image = new ImageData(width, height);
    view.values = filtered(planes.grey, { width, height, kernel });
    if (isSigned) showSigned(image, { isLive });
    else paintColours(image.data, ["red", "green", "blue"].map((name) => filtered(planes[name], { width, height, kernel })));
    result.getContext("2d", OFTEN_READ).putImageData(image, 0, 0);
    legend.replaceChildren(...(isSigned ? scale(view.limit) : ["black is 0 or less, white 255 or more"]));
  }

  function showSigned(image, { isLive }) {
    const now = usualLimit(view.values);
    view.limit = isLive && view.limit > 1 ? SETTLING * view.limit + (1 - SETTLING) * now : now;
    paintSigned(image.data, { values: view.values, limit: view.limit, colours: shades() });
  }

  function mark({ row, column }, kernel) {
    const { width, height } = view.size;
    for (const each of marks) {
      each.style.inlineSize = `max(${(kernel.columns / width) * 100}%, ${SMALLEST_FRAME}px)`;
      each.style.insetInlineStart = `${((column + 0.5) / width) * 100}%`;
      each.style.insetBlockStart = `${((row + 0.5) / height) * 100}%`;
    }
  }

  return view;
}

function listen(canvas, { move, size }) {
  const point = (event) => {
    const box = canvas.getBoundingClientRect();
    const { width, height } = size();
    const inside = (share, full) => Math.min(full - 1, Math.max(0, Math.floor(share * full)));
    move({ row: inside((event.clientY - box.top) / box.height, height), column: inside((event.clientX - box.left) / box.width, width) });
  };
  canvas.addEventListener("pointerdown", point);
  canvas.addEventListener("pointermove", (event) => { if (event.pointerType === "mouse" || event.buttons) point(event); });
}

function shades() {
  const map = divergingTokens(1);
  return Array.from({ length: SHADES }, (_, index) => diverging((index / (SHADES - 1)) * 2 - 1, map));
}

function scale(limit) {
  const map = divergingTokens(1);
  const steps = [-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1].map((share) => {
    const step = element("i");
    step.style.backgroundColor = css(diverging(share, map));
    return step;
  });
  const end = Math.round(limit);
  return [`−${end} or less `, element("span", { class: "w-filter__scale", "aria-hidden": "true" }, steps), ` +${end} or more`];
}
