// The table that says what the charts draw, and the keys beside the charts.

import { percent as written } from "../percent.js";

export const percent = (share) => (share == null ? "–" : written(share));
export const decimals = (value) => (value == null ? "not a number" : value.toFixed(4));

/** A row of the table of epochs. */
export function epochRow(epoch) {
  const line = document.createElement("tr");
  const values = [
    epoch.epoch, decimals(epoch.train_loss), decimals(epoch.validation_loss), percent(epoch.train_metric),
    percent(epoch.validation_metric), epoch.seconds?.toFixed(1) ?? "–",
  ];
  values.forEach((value, index) => {
    const cell = document.createElement(index ? "td" : "th");
    if (!index) cell.scope = "row";
    cell.className = "numeric";
    cell.textContent = value;
    line.append(cell);
  });
  return line;
}

/** What happened, as items of a list; `lessons` maps ids to {title, url}. */
export function happeningItem({ step, words, lesson }, lessons) {
  const item = document.createElement("li");
  const place = document.createElement("span");
  place.className = "happenings__step";
  place.textContent = `Step ${step.toLocaleString("en")}`;
  item.append(place, " ", words);
  if (lessons[lesson]) {
    const link = document.createElement("a");
    link.href = lessons[lesson].url;
    link.textContent = lessons[lesson].title;
    item.append(" ", link);
  }
  return item;
}

/** One key of a legend, with room for a value. */
export function legendKey({ name, colour, alpha }) {
  const key = document.createElement("span");
  key.className = `key key--${colour.replace("--color-", "")}${alpha === undefined ? "" : " key--raw"}`;
  key.append(name, document.createElement("b"));
  return key;
}
