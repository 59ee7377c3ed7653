// "Report a mistake here" beside the paragraph under the mouse or the focus: one link, which goes where it is needed.
// By keys: the link at the end of the lesson starts choosing; arrows go from paragraph to paragraph, Enter reports it.

const article = document.querySelector("[data-report]");
const starter = document.querySelector("[data-report-start]");
const blocks = [...article.querySelectorAll(":scope > [id]:not(h2, h3)")];
const link = document.createElement("a");
link.className = "report-link";
link.textContent = article.dataset.reportWords;
// A block grows under its link: the results of an exercise come, a picture is loaded, a fold is opened.
const resized = new ResizeObserver(([{ target }]) => placeBelow(target));

/**
 * Put the link behind a block, where Tab finds it next, and draw it below the block's end: out of the flow, so that no line
 * of text moves; not inside the block, where a table or formula that scrolls would cut it off.
 */
function attach(block) {
  if (!block || link.previousElementSibling === block) return;
  link.href = `${article.dataset.report}&at=${block.id}`;
  placeBelow(block);
  block.after(link);
  resized.disconnect();
  resized.observe(block);
}

function placeBelow(block) {
  link.style.top = `${block.offsetTop + block.offsetHeight}px`;
  link.style.right = `${article.clientWidth - block.offsetLeft - block.offsetWidth}px`;
}

const blockOf = (element) => (element === link ? null : element.closest?.("[data-report] > [id]"));

article.addEventListener("pointerover", (event) => { if (event.pointerType === "mouse") attach(known(blockOf(event.target))); });
article.addEventListener("focusin", (event) => attach(known(blockOf(event.target))));
// A finger leaves the page when it is lifted, before the tap on the link is a click: only a mouse takes the link away.
article.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse" && !article.contains(document.activeElement)) link.remove(); });
// A finger has no hover: a tap on a paragraph shows the link, a tap on a link or a widget is left alone.
article.addEventListener("click", (event) => { if (!event.target.closest("a, button, input, canvas, summary")) attach(known(blockOf(event.target))); });

function known(block) {
  return blocks.includes(block) ? block : null;
}

/** Choosing by keys: the paragraph that is chosen has the focus, and the link is its last word. */
function choose(index) {
  const block = blocks[Math.max(0, Math.min(index, blocks.length - 1))];
  if (!block.hasAttribute("tabindex")) block.tabIndex = -1;
  block.classList.add("is-chosen");
  attach(block);
  block.focus();
  block.scrollIntoView({ block: "nearest" });
}

function leave(block) {
  block.classList.remove("is-chosen");
}

starter.addEventListener("click", (event) => {
  if (event.detail > 0 || !blocks.length) return; // by mouse the link leads to the form for the whole lesson
  event.preventDefault();
  choose(0);
});
article.addEventListener("keydown", (event) => {
  const block = event.target;
  if (!block.classList.contains("is-chosen")) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) { event.preventDefault(); choose(blocks.indexOf(block) + step); }
  if (event.key === "Enter") location.assign(link.href);
  if (event.key === "Escape") starter.focus();
});
article.addEventListener("focusout", (event) => leave(event.target));
