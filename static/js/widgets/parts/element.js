// Makes elements without markup strings, so that no text ever becomes a tag.

/**
 * One element. Keys of `attributes`: "on…" adds a listener, "text" sets the text, true and false switch an attribute,
 * everything else is an attribute. Children are elements or strings; null is left out.
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set(made, name, value);
  made.append(...children.flat().filter((child) => child !== null));
  return made;
}

function set(made, name, value) {
  if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
  else if (name === "text") made.textContent = value;
  else if (value === true) made.setAttribute(name, "");
  else if (value !== false && value !== null) made.setAttribute(name, value);
}

let made = 0;
/** An id that no other element of this page has. */
export function freshId(word) {
  made += 1;
  return `${word}-${made}`;
}

/** The same for a piece of SVG. */
export function drawn(tag, attributes = {}, ...children) {
  const piece = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) set(piece, name, value);
  piece.append(...children.flat().filter((child) => child !== null));
  return piece;
}
