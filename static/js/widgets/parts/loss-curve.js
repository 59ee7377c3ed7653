// The curve −log p with a point where the right class stands now.
import { drawn } from "./element.js";

const WIDTH = 220;
const HEIGHT = 120;
const TOP = 5; // a loss above this stays at the border

const x = (share) => share * WIDTH;
const y = (loss) => HEIGHT - (Math.min(loss, TOP) / TOP) * HEIGHT;

/** Returns {node, show({share, loss})}. */
export function lossCurve() {
  const node = drawn("svg", { class: "w-curve", viewBox: `-14 -6 ${WIDTH + 22} ${HEIGHT + 24}`, role: "img", "aria-label": "The loss against the probability of the right class" });
  const line = Array.from({ length: 120 }, (_, step) => (step + 1) / 120).filter((share) => -Math.log(share) <= TOP).map((share) => `${x(share).toFixed(1)} ${y(-Math.log(share)).toFixed(1)}`);
  const frame = [
    drawn("path", { class: "w-curve__axis", d: `M0 ${HEIGHT}H${WIDTH}M0 0V${HEIGHT}` }),
    drawn("path", { class: "w-curve__line", d: `M${line.join("L")}` }),
    drawn("text", { class: "w-curve__text", x: WIDTH, y: HEIGHT + 15, "text-anchor": "end" }, "p of the right class"),
    drawn("text", { class: "w-curve__text", x: 6, y: 8 }, "loss"),
  ];
  return {
    node,
    show({ share, loss }) {
      node.replaceChildren(...frame, drawn("path", { class: "w-curve__drop", d: `M${x(share)} ${HEIGHT}V${y(loss)}H0` }), drawn("circle", { class: "w-curve__point", cx: x(share), cy: y(loss), r: 5 }));
    },
  };
}
