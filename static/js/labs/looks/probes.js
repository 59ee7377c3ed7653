// Twenty validation images, always the same: what the network says about each now, and how that came about.

import { percent as written } from "../../percent.js";
import { made, picture, smallLine, table } from "./drawing.js";
import { argmax, history, sparkline, verdicts } from "./reading.js";

const LINE = { width: 60, height: 18 };
const percent = (share) => written(share, 0);

/** Show the probe images of one entry; `entries` are all epochs, for the lines. */
export function showProbes(root, entry, { classes, sheet, entries }) {
  root.hidden = !entry.probe;
  if (!entry.probe) return;
  const list = root.querySelector("[data-body]");
  const found = verdicts(entry.probe);
  // The buttons stay, so that the focus does; only what stands in them changes.
  if (list.childElementCount !== found.length) list.replaceChildren(...found.map((_, index) => item(root, index)));
  found.forEach((verdict, index) => fill(list.children[index].firstChild, { verdict, index, entry, classes, sheet, entries }));
  root.showOne = (index) => showOne(root, index, { classes, entries });
  if (root.dataset.probe) root.showOne(Number(root.dataset.probe));
}

function item(root, index) {
  const button = made("button", { type: "button", className: "probe", "aria-expanded": "false" });
  button.addEventListener("click", () => {
    root.dataset.probe = root.dataset.probe === String(index) ? "" : index;
    root.showOne(root.dataset.probe === "" ? null : index);
  });
  return made("li", {}, button);
}

function fill(button, { verdict, index, entry, classes, sheet, entries }) {
  const line = history(entries, index);
  const place = line.findIndex(([epoch]) => epoch === entry.epoch);
  const points = sparkline(line, LINE);
  const dot = points.split(" ")[place]?.split(",");
  const [sign, word] = verdict.isRight ? ["✓ ", "Right: "] : ["✕ ", "Wrong: "];
  button.className = `probe${verdict.isRight ? "" : " probe--wrong"}`;
  const caption = made(
    "span",
    { className: "probe__words" },
    made("span", { className: "visually-hidden" }, `${word}a ${classes[verdict.label]} is taken for `),
    made("span", { "aria-hidden": "true" }, sign),
    classes[verdict.guess],
    made("span", { className: "muted" }, ` ${percent(verdict.share)}`),
  );
  button.replaceChildren(picture(sheet, verdict.place), caption, smallLine(points, { ...LINE, dot }));
}

function showOne(root, index, { classes, entries }) {
  const more = root.querySelector("[data-more]");
  root.querySelectorAll(".probe").forEach((button, place) => button.setAttribute("aria-expanded", place === index));
  more.hidden = index === null;
  if (index === null) return;
  const rows = entries.filter(({ probe }) => probe).map(({ epoch, probe }) => {
    const chances = probe.probabilities[index];
    const guess = argmax(chances);
    return [String(epoch), classes[guess], percent(chances[guess]), percent(chances[probe.labels[index]])];
  });
  const label = classes[entries.find(({ probe }) => probe).probe.labels[index]];
  const scroll = made("div", { className: "table-scroll probes__history", tabindex: "0", role: "region", "aria-label": `History of image ${index + 1}` }, table(["Epoch", "Taken for", "Share", `Share of ${label}`], rows));
  more.replaceChildren(made("h4", {}, `Image ${index + 1}: a ${label}`), scroll);
}
