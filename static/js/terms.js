// Shows a glossary entry beside its term when the mouse rests on it. Tap, Enter and Escape work without this script: the
// entry is a popover of its button. Where a browser cannot anchor popovers by itself, this script also places them.

const REST_MILLISECONDS = 250;
const GAP_PIXELS = 6;
const ANCHORED = CSS.supports("position-area: bottom");

function place(button, entry) {
  if (ANCHORED) return;
  const from = button.getBoundingClientRect();
  const box = entry.getBoundingClientRect();
  const below = from.bottom + GAP_PIXELS + box.height <= innerHeight;
  entry.style.insetBlockStart = `${below ? from.bottom + GAP_PIXELS : Math.max(0, from.top - GAP_PIXELS - box.height)}px`;
  entry.style.insetInlineStart = `${Math.max(GAP_PIXELS, Math.min(from.left, innerWidth - box.width - GAP_PIXELS))}px`;
}

function prepare(button) {
  const entry = document.getElementById(button.getAttribute("popovertarget"));
  if (!entry) return;
  let timer = 0;
  const open = () => entry.matches(":popover-open");
  const later = (action) => { clearTimeout(timer); timer = setTimeout(action, REST_MILLISECONDS); };
  const show = () => { if (!open()) entry.showPopover({ source: button }); };
  const hide = () => { if (open() && !entry.matches(":hover") && !button.matches(":hover")) entry.hidePopover(); };
  for (const touched of [button, entry]) {
    touched.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") later(show); });
    touched.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") later(hide); });
  }
  entry.addEventListener("toggle", (event) => { if (event.newState === "open") place(button, entry); });
}

for (const button of document.querySelectorAll("button.term[popovertarget]")) prepare(button);
