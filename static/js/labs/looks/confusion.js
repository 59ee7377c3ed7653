// Who is taken for whom: the confusion matrix as a table whose cells open their images.

import { css, inkOn, mix, parseColour, token } from "../../colour.js";
import { percent } from "../../percent.js";
import { made, picture, table } from "./drawing.js";
import { worstMistakes } from "./reading.js";

const MOST_CLASSES = 20;
const MOST_MISTAKES = 30;
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** Show `data` ({counts, examples, accuracy}) in the section `root`; `chosen` remembers which cell is open. */
export function showConfusion(root, { confusion: data }, { classes, sheet }) {
  root.hidden = !data;
  if (!data) return;
  const isWide = classes.length > MOST_CLASSES;
  const told = isWide
    ? `The most frequent mistakes. Right on ${percent(data.accuracy)} of the validation images.`
    : `Rows are what an image is, columns what it was taken for. Right on ${percent(data.accuracy)}, the diagonal. A count opens its images.`;
  root.querySelector("[data-words]").textContent = told;
  const body = root.querySelector("[data-body]");
  const focused = body.contains(document.activeElement) ? document.activeElement.dataset.cell : null;
  const open = (label, guess) => openCell(root, { data, classes, sheet, label, guess });
  body.replaceChildren(isWide ? mistakes(data, classes, open) : matrix(data, classes, open, root.dataset.cell));
  if (focused) body.querySelector(`[data-cell="${focused}"]`)?.focus();
  if (root.dataset.cell) open(...root.dataset.cell.split(" ").map(Number));
}

function matrix({ counts }, classes, open, chosen) {
  const highest = counts.map((row) => Math.max(1, row.reduce((sum, count) => sum + count, 0)));
  const head = made("tr", {}, made("td", {}, ""), ...classes.map((name) => made("th", { scope: "col" }, name)));
  const rows = counts.map((row, label) =>
    made("tr", {}, made("th", { scope: "row" }, classes[label]), ...row.map((count, guess) => cell({ count, label, guess, share: count / highest[label], classes, open }))),
  );
  const made_ = made("table", { className: "confusion" }, made("thead", {}, head), made("tbody", {}, ...rows));
  rove(made_, chosen);
  return made_;
}

function cell({ count, label, guess, share, classes, open }) {
  const where = made("td", {});
  // From the page to blue; the root, so that a single mistake among hundreds can be seen.
  const colour = mix(parseColour(token("--color-zero")), parseColour(token("--color-positive")), Math.sqrt(share));
  where.style.backgroundColor = css(colour);
  where.style.color = css(inkOn(colour));
  const words = label === guess ? `${classes[label]}: ${count} right` : `${classes[label]} taken for ${classes[guess]}: ${count}`;
  const button = made("button", { type: "button", "data-cell": `${label} ${guess}`, "aria-label": words, tabindex: "-1" }, count || made("span", { "aria-hidden": "true" }, "·"));
  button.addEventListener("click", () => open(label, guess));
  where.append(button);
  return where;
}

// One stop of the Tab key for the whole matrix; arrows go from cell to cell.
function rove(grid, chosen) {
  const first = grid.querySelector(`[data-cell="${chosen ?? "0 0"}"]`) ?? grid.querySelector("[data-cell]");
  first.tabIndex = 0;
  grid.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || !event.target.dataset.cell) return;
    const [label, guess] = event.target.dataset.cell.split(" ").map(Number);
    const next = grid.querySelector(`[data-cell="${label + step[0]} ${guess + step[1]}"]`);
    if (!next) return;
    event.preventDefault();
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}

function mistakes({ counts }, classes, open) {
  const rows = worstMistakes(counts, MOST_MISTAKES).map(({ label, guess, count }) => {
    const button = made("button", { type: "button", className: "button button--quiet button--small", "data-cell": `${label} ${guess}` }, String(count));
    button.addEventListener("click", () => open(label, guess));
    return [classes[label], classes[guess], button];
  });
  return table(["It is", "Taken for", "Images"], rows);
}

function openCell(root, { data, classes, sheet, label, guess }) {
  root.dataset.cell = `${label} ${guess}`;
  for (const button of root.querySelectorAll("[data-cell]")) button.setAttribute("aria-pressed", button.dataset.cell === root.dataset.cell);
  const places = data.examples?.find(([is, taken]) => is === label && taken === guess)?.slice(2) ?? [];
  const count = data.counts[label][guess];
  const images = count === 1 ? "1 image of" : `${count} images of`;
  const here = places.length && places.length < count ? `, ${places.length} of them here` : "";
  const words = label === guess ? `${images} “${classes[label]}” named rightly; only mistakes are kept as pictures.` : `${images} “${classes[label]}” taken for “${classes[guess]}”${here}.`;
  const shown = sheet.image ? places.map((place) => picture(sheet, place)) : [];
  root.querySelector("[data-more]").replaceChildren(made("p", { className: "small" }, words), made("div", { className: "pictures" }, ...shown));
}
