// Keeps where someone is in a lesson with their account, so that its page leads there again on every device: the block that
// was read last, when the page has rested there for a while and when it is left. For a visitor nothing is kept here;
// reading-place.js remembers the heading in this browser.

const REST_MILLISECONDS = 3000;
const article = document.querySelector("[data-place]");
const blocks = article ? [...article.querySelectorAll(":scope > [id]")] : [];
const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

let kept = "";
let hasMoved = false;
let timer = 0;

/** The last block whose top has passed the upper third of the window; none at the top of the page. */
function here() {
  const line = innerHeight / 3;
  return blocks.findLast((block) => block.getBoundingClientRect().top < line)?.id ?? "";
}

function keep() {
  const anchor = here();
  if (!hasMoved || !anchor || anchor === kept) return;
  kept = anchor;
  const body = new URLSearchParams({ anchor, csrfmiddlewaretoken: token() });
  fetch(article.dataset.place, { method: "POST", body, keepalive: true }).catch(() => { kept = ""; });
}

if (article) {
  addEventListener("scroll", () => {
    hasMoved = true;
    clearTimeout(timer);
    timer = setTimeout(keep, REST_MILLISECONDS);
  }, { passive: true });
  addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); });
}
