// Softmax in numbers of 32 bits, as the formula is written and as libraries compute it, side by side.
import { element } from "./element.js";

const HEADS = ["class", "eᶻ", "share", "eᶻ⁻ᵐᵃˣ", "share"];

function number(value) {
  if (Number.isNaN(value)) return "nan";
  if (value === Infinity) return "inf";
  if (value === 0) return "0";
  return value >= 1e5 || value < 1e-4 ? value.toExponential(2).replace("-", "−").replace("+", "") : value.toPrecision(4);
}

/** Returns {node, show({written, computed})}. */
export function overflowTable({ classes }) {
  const table = element("table", { class: "w-table" });
  const verdict = element("p", {});
  const node = element("div", { class: "w-softmax__overflow" }, element("div", { class: "w-scroll", tabindex: "0", role: "region", "aria-label": "Softmax in numbers of 32 bits" }, table), verdict);
  const row = (head, cells) => element("tr", {}, element("th", { scope: "row", text: head }), cells.map((text) => element("td", { class: "numeric", text })));
  return {
    node,
    show({ written, computed }) {
      const body = classes.map((name, place) => row(name, [written.powers[place], written.shares[place], computed.powers[place], computed.shares[place]].map(number)));
      const sums = row("sum", [number(written.total), "", number(computed.total), ""]);
      const groups = element("tr", {}, element("td", {}), element("th", { scope: "colgroup", colspan: 2, class: "numeric", text: "as the formula says" }), element("th", { scope: "colgroup", colspan: 2, class: "numeric", text: "largest taken off first" }));
      const heads = element("tr", {}, HEADS.map((text, place) => element("th", { scope: "col", class: place ? "numeric" : null, text })));
      table.replaceChildren(element("thead", {}, groups, heads), element("tbody", {}, body, sums));
      verdict.textContent = verdictOn(written);
    },
  };
}

function verdictOn({ shares, total }) {
  if (!shares.some(Number.isNaN)) return "Both ways give the same shares. Now add 100 to every logit.";
  const why = total === 0 ? "Every power is so small that 32 bits round it to 0, and 0 divided by 0 is not a number (nan)." : "A power is above 3.4 · 10³⁸, the largest number that 32 bits hold. It becomes infinite, and infinite divided by infinite is not a number (nan).";
  return `${why} With the largest logit taken off first, the largest power is 1, and the shares come out.`;
}
