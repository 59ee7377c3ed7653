/*
  Where someone stopped reading a lesson: the heading last passed, kept in this browser alone. `lastRead` answers for a
  lesson's path; on a lesson's own page this module keeps the place.
*/

const KEY = "stride.reading";

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {}; // storage is off, or holds something else
  }
}

/** Return the anchor of the heading last read in the lesson at a path; empty when that is not known. */
export function lastRead(path) {
  const place = kept();
  return place.path === path && typeof place.anchor === "string" ? place.anchor : "";
}

function keep(path, anchor) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ path, anchor }));
  } catch {
    // Without storage, reading goes on from the top.
  }
}

/** Return the id of the last heading above the middle of the window; empty above the first. */
export function headingPassed(tops, middle) {
  let passed = "";
  for (const [id, top] of tops) if (top <= middle) passed = id;
  return passed;
}

const headings = globalThis.document ? [...document.querySelectorAll("article.prose > h2[id]")] : [];
if (headings.length) {
  addEventListener("pagehide", () => {
    const tops = headings.map((heading) => [heading.id, heading.getBoundingClientRect().top]);
    keep(location.pathname, headingPassed(tops, innerHeight / 2));
  });
}
