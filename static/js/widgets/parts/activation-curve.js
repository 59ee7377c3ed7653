// The curve of an activation with a point where the neuron stands now.
import { activate } from "../../arithmetic/neuron.js";
import { drawn } from "./element.js";

const WIDTH = 200;
const HEIGHT = 110;
const REACH = 4; // z from -4 to 4 is drawn; a point beyond stays at the border
const TOP = 2.2;

const x = (z) => ((z + REACH) / (2 * REACH)) * WIDTH;
const y = (output, low) => HEIGHT - ((output - low) / (TOP - low)) * HEIGHT;
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/** Returns {node, show({name, z})}. */
export function activationCurve() {
  const node = drawn("svg", { class: "w-curve", viewBox: `-4 -6 ${WIDTH + 8} ${HEIGHT + 22}`, role: "img", "aria-label": "The activation’s curve" });
  return { node, show: (state) => { node.replaceChildren(...pieces(state)); } };
}

function pieces({ name, z }) {
  const low = name === "none" ? -TOP : -0.4;
  const output = clamp(activate(name, z), low, TOP);
  return [
    drawn("path", { class: "w-curve__axis", d: `M0 ${y(0, low)}H${WIDTH}M${x(0)} 0V${HEIGHT}` }),
    drawn("path", { class: "w-curve__line", d: line(name, low) }),
    drawn("path", { class: "w-curve__drop", d: `M${x(clamp(z, -REACH, REACH))} ${y(0, low)}V${y(output, low)}` }),
    drawn("circle", { class: "w-curve__point", cx: x(clamp(z, -REACH, REACH)), cy: y(output, low), r: 5 }),
    drawn("text", { class: "w-curve__text", x: WIDTH, y: y(0, low) + 13, "text-anchor": "end" }, "z"),
  ];
}

function line(name, low) {
  const points = [];
  for (let step = 0; step <= 160; step += 1) {
    const z = -REACH + (step / 160) * 2 * REACH;
    points.push(`${x(z).toFixed(1)} ${clamp(y(activate(name, z), low), -2, HEIGHT + 2).toFixed(1)}`);
  }
  return `M${points.join("L")}`;
}
