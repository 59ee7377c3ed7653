/*
  Two comforts of the course map. Pointing at a lesson in the drawing, or reaching it with the keyboard, brings out the lines
  to what it needs and what needs it. "Continue" leads to the section where reading stopped, when that is known here.
*/

import { lastRead } from "./reading-place.js";

function bringOut(drawing, id) {
  for (const line of drawing.querySelectorAll(".diagram__line")) {
    const isNear = line.dataset.from === id || line.dataset.to === id;
    line.classList.toggle("diagram__line--near", isNear);
    if (isNear) line.parentNode.append(line); // above the others
  }
}

function lessonAt(event) {
  return event.target.closest?.("[data-lesson]")?.dataset.lesson ?? "";
}

for (const drawing of document.querySelectorAll(".diagram__drawing")) {
  for (const kind of ["pointerover", "focusin"]) drawing.addEventListener(kind, (event) => bringOut(drawing, lessonAt(event)));
  for (const kind of ["pointerleave", "focusout"]) drawing.addEventListener(kind, () => bringOut(drawing, ""));
}

for (const link of document.querySelectorAll("[data-continue]")) {
  const anchor = lastRead(link.pathname);
  if (anchor) link.hash = anchor;
}
