// Strokes of a pen and what can be done with them; digits that are drawn for those who do not draw. Pure.
// A stroke is {width, points: [[x, y], ...]} with coordinates and width as shares of the side, 0 to 1.

export const emptyDrawing = () => ({ strokes: [] });

export function begin(drawing, point, width) {
  return { strokes: [...drawing.strokes, { width, points: [point] }] };
}

export function extend(drawing, points) {
  const last = drawing.strokes.at(-1);
  return { strokes: [...drawing.strokes.slice(0, -1), { ...last, points: [...last.points, ...points] }] };
}

export function undo(drawing) {
  return { strokes: drawing.strokes.slice(0, -1) };
}

/** Midpoints as ends and points as controls make a smooth line: [["M", x, y], ["Q", cx, cy, x, y], ..., ["L", x, y]]. */
export function path(points) {
  const [first, ...rest] = points;
  const parts = [["M", ...first]];
  // A line of no length is not drawn at all: a dot is a very short one.
  if (rest.length === 0) return [...parts, ["L", first[0] + 0.001, first[1]]];
  for (let index = 0; index < rest.length - 1; index += 1) {
    const [x, y] = rest[index];
    const [nextX, nextY] = rest[index + 1];
    parts.push(["Q", x, y, (x + nextX) / 2, (y + nextY) / 2]);
  }
  return [...parts, ["L", ...rest.at(-1)]];
}

const arc = (cx, cy, rx, ry, from, to, count = 24) =>
  Array.from({ length: count + 1 }, (_, index) => {
    const angle = ((from + ((to - from) * index) / count) * Math.PI) / 180;
    return [cx + rx * Math.cos(angle), cy + ry * Math.sin(angle)];
  });

// Angles run clockwise from the right, as the screen's y does.
const SAMPLES = [
  [arc(0.5, 0.5, 0.19, 0.3, -90, 270)],
  [[[0.4, 0.3], [0.53, 0.2], [0.53, 0.8]]],
  [[...arc(0.5, 0.36, 0.18, 0.16, -165, 40), [0.34, 0.78], [0.7, 0.78]]],
  [[...arc(0.49, 0.35, 0.16, 0.15, -150, 85), ...arc(0.49, 0.65, 0.18, 0.15, -85, 150)]],
  [[[0.56, 0.2], [0.32, 0.58], [0.72, 0.58]], [[0.6, 0.42], [0.6, 0.82]]],
  [[[0.66, 0.21], [0.39, 0.21], [0.37, 0.46], ...arc(0.48, 0.61, 0.19, 0.18, -110, 140)]],
  [[[0.6, 0.19], [0.42, 0.4], ...arc(0.5, 0.63, 0.16, 0.17, 180, -180)]],
  [[[0.32, 0.22], [0.69, 0.22], [0.46, 0.8]]],
  [[...arc(0.5, 0.35, 0.14, 0.14, 90, -270), ...arc(0.5, 0.65, 0.17, 0.16, -90, 270)]],
  [[...arc(0.49, 0.37, 0.16, 0.16, 0, -360), [0.65, 0.37], [0.6, 0.82]]],
];

/** A digit 0 to 9 as someone might draw it. */
export function sample(digit, width) {
  return { strokes: SAMPLES[digit].map((points) => ({ width, points })) };
}
