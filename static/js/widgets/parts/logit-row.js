// One class of the softmax explorer: whether it is the right one, its logit with slider and field, its probability, its slope.
import { element } from "./element.js";

const SLIDER = 12;
const fixed = (value) => value.toFixed(4).replace("-", "−");

/** Returns {node, set(logit), show({share, pull})}; `set(logit)` and `choose()` of the options hear the hand. */
export function logitRow({ name, group, isTarget, logit, limit, set, choose }) {
  const radio = element("input", { type: "radio", name: group, checked: isTarget, onchange: choose });
  const slider = element("input", { type: "range", min: -SLIDER, max: SLIDER, step: 0.1, value: logit, "aria-label": `logit of ${name}` });
  const field = element("input", { type: "number", min: -limit, max: limit, step: 0.5, value: logit, inputmode: "decimal", "aria-label": `logit of ${name}, as a number` });
  slider.addEventListener("input", () => { field.value = slider.value; set(Number(slider.value)); });
  field.addEventListener("input", () => { if (field.value !== "" && field.validity.valid) { slider.value = field.value; set(Number(field.value)); } });
  field.addEventListener("change", () => { field.value = Math.min(limit, Math.max(-limit, Number(field.value) || 0)); slider.value = field.value; set(Number(field.value)); });
  const bar = element("span", { class: "w-softmax__fill" });
  const share = element("span", { class: "numeric" });
  const pull = element("span", { class: "w-softmax__pull" });
  const slope = element("span", { class: "numeric" });
  const node = element(
    "div",
    { class: "w-softmax__row" },
    element("label", { class: "w-softmax__name" }, radio, element("span", { text: name })),
    element("div", { class: "w-softmax__logit" }, slider, field),
    element("div", { class: "w-softmax__share" }, element("span", { class: "w-softmax__mark", text: "p" }), element("span", { class: "w-softmax__track" }, bar), share),
    element("div", { class: "w-softmax__slope" }, element("span", { class: "w-softmax__mark", text: "slope" }), element("span", { class: "w-softmax__track w-softmax__track--middle" }, pull), slope),
  );
  return {
    node,
    set: (value) => { field.value = value; slider.value = value; },
    show(state) {
      bar.style.inlineSize = `${state.share * 100}%`;
      share.textContent = state.share.toFixed(4);
      const half = Math.min(1, Math.abs(state.pull)) * 50;
      pull.style.inlineSize = `${half}%`;
      pull.style.insetInlineStart = state.pull < 0 ? `${50 - half}%` : "50%";
      pull.dataset.sign = state.pull < 0 ? "negative" : "positive";
      slope.textContent = fixed(state.pull);
    },
  };
}
