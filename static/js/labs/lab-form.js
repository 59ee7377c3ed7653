// Ties the sentences that arrive while someone types to their controls, for screen readers and for the red border, and
// copies the address that opens this form with these settings.

function tie(field) {
  const isBad = !field.querySelector(".field__error").hidden;
  field.classList.toggle("field--error", isBad);
  for (const control of field.querySelectorAll("input, select")) {
    if (isBad) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
}

document.addEventListener("htmx:afterRequest", () => document.querySelectorAll("[data-knob]").forEach(tie));

const link = document.querySelector("[data-settings-link]");
const said = document.querySelector("[data-settings-said]");

/** What the form holds now, as an address; a prediction is nobody else's, and of several values only those asked for count. */
function address(form) {
  const several = form.elements.several?.value;
  const isSaid = (name) => name !== "csrfmiddlewaretoken" && !name.startsWith("predict_") && (!name.startsWith("several") || (several && ["several", `several_${several}`].includes(name)));
  const fields = [...new FormData(form)].filter(([name]) => isSaid(name));
  return `${location.origin}${location.pathname}?${new URLSearchParams(fields)}`;
}

// navigator.clipboard is there on https and localhost alone; a class may be served over http in its own room.
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = Object.assign(document.createElement("textarea"), { value: text, readOnly: true, className: "visually-hidden" });
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (!isCopied) throw new Error("The browser does not let pages copy.");
}

// The builder begins with what the form holds now.
document.querySelector("[data-settings-carry]")?.addEventListener("click", (event) => {
  event.currentTarget.search = new URL(address(event.currentTarget.closest("form"))).search;
});

link?.addEventListener("click", async (event) => {
  event.preventDefault();
  const text = address(link.closest("form"));
  link.href = text;
  history.replaceState(history.state, "", text);
  try {
    await copy(text);
    said.textContent = link.dataset.copied;
  } catch {
    said.textContent = "It stands in the address bar now: copy it from there.";
  }
});
