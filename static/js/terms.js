// Opens a glossary entry beside its term: on tap, on Enter, and when the mouse rests on it. Without this script a term is a
// link to the glossary. Escape and a click elsewhere close the entry; the browser does that for every popover.

const REST_MILLISECONDS = 250;
const GAP_PIXELS = 6;
const ANCHORED = CSS.supports("position-area: bottom");

/** Place an entry where the browser cannot anchor it by itself. */
function place(term, entry) {
  if (ANCHORED) return;
  const from = term.getBoundingClientRect();
  const box = entry.getBoundingClientRect();
  const below = from.bottom + GAP_PIXELS + box.height <= innerHeight;
  entry.style.insetBlockStart = `${below ? from.bottom + GAP_PIXELS : Math.max(0, from.top - GAP_PIXELS - box.height)}px`;
  entry.style.insetInlineStart = `${Math.max(GAP_PIXELS, Math.min(from.left, innerWidth - box.width - GAP_PIXELS))}px`;
}

function show(term, entry) {
  if (entry.matches(":popover-open")) return;
  entry.showPopover({ source: term });
  place(term, entry);
}

function hide(term, entry) {
  const touched = [term, entry].some((each) => each.matches(":hover, :focus"));
  if (entry.matches(":popover-open") && !touched) entry.hidePopover();
}

function prepare(term) {
  const entry = term.nextElementSibling;
  if (!entry?.matches(".term__entry") || !entry.showPopover) return;
  let timer = 0;
  const later = (action) => { clearTimeout(timer); timer = setTimeout(() => action(term, entry), REST_MILLISECONDS); };
  for (const touched of [term, entry]) {
    touched.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") later(show); });
    touched.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") later(hide); });
  }
  term.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return; // the glossary, in a tab of its own
    event.preventDefault();
    show(term, entry);
  });
}

for (const term of document.querySelectorAll("a.term")) prepare(term);
