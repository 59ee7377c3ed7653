// Ties the sentences that arrive while someone types to their controls, for screen readers and for the red border.

function tie(field) {
  const isBad = !field.querySelector(".field__error").hidden;
  field.classList.toggle("field--error", isBad);
  for (const control of field.querySelectorAll("input, select")) {
    if (isBad) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
}

document.addEventListener("htmx:afterRequest", () => document.querySelectorAll("[data-knob]").forEach(tie));
