// Small parts of pages that the looks into a network are made of.

/** An element with a class and content. */
export function made(name, { className = "", ...attributes } = {}, ...content) {
  const element = document.createElement(name);
  if (className) element.className = className;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...content);
  return element;
}

/** Put pixels on a canvas of their own size. */
export function paint(canvas, rgba, { width, height }) {
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d").putImageData(new ImageData(rgba, width, height), 0, 0);
}

/** A canvas with one picture out of the sheet of a data set; a plain square where there is none. */
export function picture(sheet, place) {
  const canvas = made("canvas", { className: "picture", "aria-hidden": "true" });
  Object.assign(canvas, { width: sheet.width, height: sheet.height });
  const left = (place % sheet.columns) * sheet.width;
  const top = Math.floor(place / sheet.columns) * sheet.height;
  if (sheet.image) canvas.getContext("2d").drawImage(sheet.image, left, top, sheet.width, sheet.height, 0, 0, sheet.width, sheet.height);
  return canvas;
}

/** A table from heads and rows of texts or elements; the first cell of each row names it. */
export function table(heads, rows, className = "table") {
  const head = made("tr", {}, ...heads.map((text, index) => made("th", { scope: "col", className: index ? "numeric" : "" }, text)));
  const lines = rows.map((cells) => made("tr", {}, ...cells.map((content, index) => (index ? made("td", { className: "numeric" }, content) : made("th", { scope: "row" }, content)))));
  return made("table", { className }, made("thead", {}, head), made("tbody", {}, ...lines));
}

const SVG = "http://www.w3.org/2000/svg";

/** A small line as a picture, with a dot at one of its points. */
export function smallLine(points, { width, height, dot }) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: `0 -2 ${width} ${height + 4}`, class: "small-line", "aria-hidden": "true", preserveAspectRatio: "none" })) svg.setAttribute(key, value);
  const line = document.createElementNS(SVG, "polyline");
  line.setAttribute("points", points);
  svg.append(line);
  if (dot) {
    const mark = document.createElementNS(SVG, "circle");
    for (const [key, value] of Object.entries({ cx: dot[0], cy: dot[1], r: 2.5 })) mark.setAttribute(key, value);
    svg.append(mark);
  }
  return svg;
}
