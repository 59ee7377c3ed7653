// Tells screen readers what a widget shows now: politely, and only once the hand has come to rest.
import { element } from "./element.js";

const REST_MILLISECONDS = 600;

/** Returns {node, say(sentence)}; put the node into the widget before the first sentence. */
export function announcer() {
  const node = element("p", { class: "visually-hidden", "aria-live": "polite" });
  let timer = 0;
  return {
    node,
    say(sentence) {
      clearTimeout(timer);
      timer = setTimeout(() => { node.textContent = sentence; }, REST_MILLISECONDS);
    },
  };
}
