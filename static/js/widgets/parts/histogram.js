// A histogram with its mean and its spread drawn in; several share one axis so that they can be compared.
import { histogram } from "../../arithmetic/normalising.js";
import { drawn } from "./element.js";

const WIDTH = 320;
const HEIGHT = 96;
const FOOT = 22;
const BINS = 32;

/** Returns {node, show({numbers, mean, deviation, low, high, label})}. */
export function histogramChart() {
  const node = drawn("svg", { class: "w-histogram", viewBox: `0 0 ${WIDTH} ${HEIGHT + FOOT}`, role: "img" });
  return {
    node,
    show(state) {
      node.setAttribute("aria-label", state.label);
      node.replaceChildren(...pieces(state));
    },
  };
}

function pieces({ numbers, mean, deviation, low, high }) {
  const x = (value) => ((Math.min(high, Math.max(low, value)) - low) / (high - low)) * WIDTH;
  const counts = histogram(numbers, { low, high, bins: BINS });
  const tallest = Math.max(...counts);
  const wide = WIDTH / BINS;
  const bars = counts.flatMap((count, place) => {
    const tall = (count / tallest) * (HEIGHT - 14);
    return count ? [drawn("rect", { class: "w-histogram__bar", x: place * wide + 0.5, y: HEIGHT - tall, width: wide - 1, height: tall })] : [];
  });
  const marks = [];
  for (let mark = Math.ceil(low); mark <= high; mark += 1) marks.push(mark);
  const every = Math.ceil(marks.length / 9);
  return [
    drawn("rect", { class: "w-histogram__spread", x: x(mean - deviation), y: 0, width: x(mean + deviation) - x(mean - deviation), height: HEIGHT }),
    ...bars,
    drawn("path", { class: "w-histogram__axis", d: `M0 ${HEIGHT}H${WIDTH}` }),
    drawn("path", { class: "w-histogram__zero", d: `M${x(0)} 0V${HEIGHT}` }),
    drawn("path", { class: "w-histogram__mean", d: `M${x(mean)} 0V${HEIGHT}` }),
    ...marks.filter((mark) => mark % every === 0).map((mark) => drawn("text", { class: "w-histogram__text", x: Math.min(WIDTH - 8, Math.max(8, x(mark))), y: HEIGHT + 15, "text-anchor": "middle" }, String(mark).replace("-", "−"))),
  ];
}
