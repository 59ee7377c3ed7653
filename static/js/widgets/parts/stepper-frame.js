// How one example of the convolution stepper stands on the page: stage, the row of play buttons, the sum.
import { button, numberField, segments } from "./controls.js";
import { element } from "./element.js";
import { numberGrid } from "./number-grid.js";

const BIAS_LIMIT = 99;

/** Returns {nodes, parts: {stage, play, turned, bias, sentence}} for the parts that the stepper has made. */
export function stepperFrame({ parts, problem, play, step, pace, bias, reset }) {
  const made = {
    play: button("Play", play, { class: "w-button w-button--go w-step__play" }),
    turned: turnedKernels(problem.kernels),
    bias: numberField({ label: "bias", value: problem.bias, min: -BIAS_LIMIT, max: BIAS_LIMIT, step: 1, change: bias }),
    sentence: element("p", { class: "w-quiet" }),
  };
  const rows = parts.images.map((image, index) => element("div", { class: "w-step__row" }, image.node, sign("∗"), parts.kernels[index].node, made.turned.nodes[index]));
  made.stage = element("div", { class: "w-step__stage" }, element("div", { class: "w-step__rows" }, rows), sign("="), element("div", { class: "w-step__out" }, parts.map.node));
  const paces = segments({ legend: "pace", options: [["places", "place by place"], ["terms", "product by product"]], value: "places", pick: (word) => pace(word === "terms") });
  const transport = element("div", { class: "w-bar w-transport" }, made.play, button("←", () => step(-1), { "aria-label": "One place back" }), button("→", () => step(1), { "aria-label": "One place on" }), paces.node);
  return {
    nodes: [
      element("div", { class: "w-step" }, made.stage),
      element("div", { class: "w-bar" }, transport, made.bias.node, button("undo my changes", reset, { class: "w-button w-step__reset" })),
      parts.sum.node,
      made.sentence,
    ],
    parts: made,
  };
}

/** Beside each kernel, the kernel as it lies on the image when it is turned round. */
function turnedKernels(kernels) {
  const grids = kernels.map(({ columns }) => numberGrid({ columns, label: "Kernel turned by 180 degrees", limit: 1 }));
  const nodes = grids.map(({ node }, index) => element("div", { class: "w-step__figure w-step__turned", hidden: true }, element("p", { class: "w-label", text: index ? " " : "turned by 180°" }), node));
  return {
    nodes,
    show(laid, limit) {
      nodes.forEach((node, index) => {
        node.hidden = laid === null;
        if (laid) grids[index].show(laid[index].values, limit);
      });
    },
  };
}

function sign(text) {
  return element("span", { class: "w-equation__sign", "aria-hidden": "true", text });
}
