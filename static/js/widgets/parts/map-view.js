// A grid of numbers as a picture: ink on paper or the diverging colours, with frames drawn over it.
import { css, diverging, divergingTokens, mix, token } from "../../colour.js";
import { element } from "./element.js";

const CELL = 24; // device pixels a cell; CSS brings the picture to its size
const PAPER = [255, 255, 255];
const INK = [22, 25, 29];

/** Returns {node, canvas, show({grid, limit, frames})}: `limit` null shows ink from 0 to 1; a frame is {row, column, rows, columns, dashed}. */
export function mapView({ title, attributes = {} }) {
  const canvas = element("canvas", { class: "w-map", role: "img", ...attributes });
  const node = element("figure", { class: "w-map-frame" }, element("figcaption", { class: "w-label", text: title }), canvas);
  return {
    node,
    canvas,
    show({ grid, limit = null, frames = [] }) {
      canvas.width = grid.columns * CELL;
      canvas.height = grid.rows * CELL;
      const context = canvas.getContext("2d");
      paint(context, { grid, limit });
      for (const frame of frames) outline(context, frame);
    },
  };
}

function paint(context, { grid, limit }) {
  const map = limit === null ? null : divergingTokens(limit);
  grid.values.forEach((value, index) => {
    context.fillStyle = css(map ? diverging(value, map) : mix(PAPER, INK, value));
    context.fillRect((index % grid.columns) * CELL, Math.floor(index / grid.columns) * CELL, CELL - 1, CELL - 1);
  });
}

function outline(context, { row, column, rows, columns, dashed }) {
  context.setLineDash(dashed ? [10, 8] : []);
  context.strokeStyle = token(dashed ? "--color-muted" : "--color-accent");
  context.lineWidth = dashed ? 3 : 4;
  context.strokeRect(column * CELL + 1, row * CELL + 1, columns * CELL - 3, rows * CELL - 3);
}
