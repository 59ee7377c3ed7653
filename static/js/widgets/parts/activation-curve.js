// The curve of an activation with a point where the neuron stands now.
import { activate } from "../../arithmetic/neuron.js";
import { drawn } from "./element.js";

const WIDTH = 200;
const HEIGHT = 110;
const REACH = 4; // z from -4 to 4 is drawn; a point beyond stays at the border
// What each curve needs to be seen whole: [lowest, highest] output drawn.
const RANGES = { none: [-REACH, REACH], step: [-0.25, 1.25], relu: [-0.8, REACH], sigmoid: [-0.25, 1.25] };

const x = (z) => ((z + REACH) / (2 * REACH)) * WIDTH;
const y = (output, [low, top]) => HEIGHT - ((output - low) / (top - low)) * HEIGHT;
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/** Returns {node, show({name, z})}. */
export function activationCurve() {
  const node = drawn("svg", { class: "w-curve", viewBox: `-4 -6 ${WIDTH + 8} ${HEIGHT + 22}`, role: "img", "aria-label": "The activation’s curve" });
  return { node, show: (state) => { node.replaceChildren(...pieces(state)); } };
}

function pieces({ name, z }) {
  const range = RANGES[name];
  const output = clamp(activate(name, z), ...range);
  return [
    drawn("path", { class: "w-curve__axis", d: `M0 ${y(0, range)}H${WIDTH}M${x(0)} 0V${HEIGHT}` }),
    drawn("path", { class: "w-curve__line", d: line(name, range) }),
    drawn("path", { class: "w-curve__drop", d: `M${x(clamp(z, -REACH, REACH))} ${y(0, range)}V${y(output, range)}` }),
    drawn("circle", { class: "w-curve__point", cx: x(clamp(z, -REACH, REACH)), cy: y(output, range), r: 5 }),
    drawn("text", { class: "w-curve__text", x: WIDTH, y: y(0, range) + 13, "text-anchor": "end" }, "z"),
  ];
}

function line(name, range) {
  const points = [];
  for (let step = 0; step <= 160; step += 1) {
    const z = -REACH + (step / 160) * 2 * REACH;
    points.push(`${x(z).toFixed(1)} ${clamp(y(activate(name, z), range), -2, HEIGHT + 2).toFixed(1)}`);
  }
  return `M${points.join("L")}`;
}
