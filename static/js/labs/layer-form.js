// The fields of one layer, and what can be done with it. Numbers are sent as they are typed: the server says what is wrong.
import { element, freshId } from "../widgets/parts/element.js";

const LABELS = { out: "Filters or units", kernel: "Kernel", stride: "Stride", padding: "Padding", dilation: "Dilation", groups: "Groups", bias: "Bias", how: "How", size: "Size", p: "Probability", whole_channels: "Whole channels", patch: "Patch", heads: "Heads", index: "Index" };

/** Elements for a layer of `kind` ({title, fields}); `set(field, value)` hears a change, `acts` what can be done with the layer, by label. */
export function layerForm({ kind, layer, set, acts }) {
  const fields = kind.fields.map((field) => control(field, layer[field.name] ?? field.usual, set));
  const button = (label, press) => element("button", { type: "button", class: "button button--quiet button--small", onclick: press }, label);
  return [
    element("h2", { class: "builder__title", text: kind.title }),
    fields.length ? element("div", { class: "builder__fields" }, fields) : element("p", { class: "small muted", text: "It has nothing to set." }),
    element("div", { class: "row" }, Object.entries(acts).map(([label, press]) => button(label, press))),
  ];
}

function control({ name, form, usual, choices }, value, set) {
  const id = freshId("layer-field");
  const input = form === "flag" || form === "choice" ? list(id, form, { choices, value }) : element("input", { id, inputmode: form === "real" ? "decimal" : "numeric", autocomplete: "off", value: value ?? "" });
  input.addEventListener("change", () => {
    const typed = read(input.value, form);
    set(name, typed === usual || typed === "" ? undefined : typed);
  });
  return element("div", { class: "field" }, element("label", { for: id, text: LABELS[name] ?? name }), input);
}

function list(id, form, { choices, value }) {
  const options = form === "flag" ? [["true", "yes"], ["false", "no"]] : choices.map((choice) => [choice, choice]);
  return element("select", { id }, options.map(([option, text]) => element("option", { value: option, text, selected: option === String(value) })));
}

/** What was typed as the server takes it; what is no number goes as it is, for the server's sentence to quote. */
function read(text, form) {
  if (form === "flag") return text === "true";
  const typed = text.trim();
  return form === "choice" || typed === "" || !Number.isFinite(Number(typed)) ? typed : Number(typed);
}
