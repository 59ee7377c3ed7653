// Says again what someone chose or typed before the scripts of the page listened: on a slow line a form can be filled in
// first, and what htmx draws beside it, or keeps of it, would be without that. A form that the browser filled in again on
// the way back is told of in the same way.

/** Whether a control holds something else than the page was sent with. */
function isChanged(control) {
  if (control instanceof HTMLSelectElement) {
    const options = [...control.options];
    const sent = control.multiple || options.some((option) => option.defaultSelected);
    return sent ? options.some((option) => option.selected !== option.defaultSelected) : control.selectedIndex > 0;
  }
  if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
  return "defaultValue" in control && control.value !== control.defaultValue;
}

function sayAgain() {
  const forms = [...document.querySelectorAll("form[hx-get], form[hx-post]")];
  for (const control of forms.flatMap((form) => [...form.elements]).filter(isChanged)) {
    for (const name of ["input", "change"]) control.dispatchEvent(new Event(name, { bubbles: true }));
  }
}

// htmx, which stands before this script, begins to listen at this event, and heard of it first. A browser fills a form in
// again after it.
document.addEventListener("DOMContentLoaded", sayAgain);
addEventListener("pageshow", sayAgain);
