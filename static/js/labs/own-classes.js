// Pictures of one's own before they are sent: how files fall into classes, and what is to be said of them. Pure.
// labs/advising.py says the same on the server (one fixture tests both).

export const LEAST = 10;
const ENOUGH = 30;
const MOST_UNEVEN = 3;
const NAMED = 6;
const LITTER = ["__macosx", "thumbs.db", "desktop.ini"];

/** A sentence for each thing that limits what can be learned from classes, [{name, count}]; mostly none. */
export function advice(classes) {
  if (classes.length < 2) return ["A network needs at least two classes to tell apart: name another one."];
  const missing = classes.filter(({ count }) => count < LEAST);
  if (missing.length) {
    const more = and(missing.map(({ name, count }) => `${LEAST - count} more of “${name}”`));
    return [`${told(classes)}: every class needs at least ${LEAST}. Bring ${more}.`];
  }
  return [...few(classes), ...uneven(classes)];
}

/** Classes by the folder that each file of a chosen folder lies in: Map of name to files, sorted by name. `path` tells a file's place. */
export function byFolder(files, path = (file) => file.webkitRelativePath) {
  const kept = [...files].map((file) => ({ file, parts: path(file).split("/").filter(Boolean) })).filter(({ parts }) => !isLitter(parts));
  const depth = sharedDepth(kept.map(({ parts }) => parts.slice(0, -1)));
  const found = new Map();
  for (const { file, parts } of kept) {
    const name = parts.length > depth + 1 ? parts[depth] : "";
    found.set(name, [...(found.get(name) ?? []), file]);
  }
  // Browsers list a folder in any order; the server sorts classes by name.
  return new Map([...found].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The name of a class as a folder of a zip: what would part a path, or be taken for litter, is replaced. */
export function folderName(name) {
  return name.trim().replaceAll(/[/\\:]/g, "-").replace(/^\.+/, "").trim();
}

function isLitter(parts) {
  return parts.some((part) => part.startsWith(".") || LITTER.includes(part.toLowerCase()));
}

/** How many folders all files share above those of the classes. */
function sharedDepth(folders) {
  let depth = 0;
  while (folders.length && folders.every((parts) => parts.length > depth + 1) && new Set(folders.map((parts) => parts[depth])).size === 1) depth += 1;
  return depth;
}

function few(classes) {
  if (classes.every(({ count }) => count >= ENOUGH)) return [];
  return [
    `${told(classes)}: enough to begin with, and few to learn from. With ${ENOUGH} of each, taken from different sides and in different light, a network learns the thing and not the pictures.`,
  ];
}

function uneven(classes) {
  // The first of several, as Python's max and min.
  const most = classes.reduce((one, other) => (other.count > one.count ? other : one));
  const least = classes.reduce((one, other) => (other.count < one.count ? other : one));
  if (most.count <= MOST_UNEVEN * least.count) return [];
  const share = rounded((100 * most.count) / classes.reduce((sum, { count }) => sum + count, 0));
  return [
    `${number(most.count)} pictures of “${most.name}” and only ${number(least.count)} of “${least.name}”: a network that always says “${most.name}” would be right on ${share}\u00a0%. Bring more of “${least.name}”, or leave some of “${most.name}” out.`,
  ];
}

/** How many pictures there are of which class, the fewest first where not all can be named. */
export function told(classes) {
  const shown = classes.length > NAMED ? classes.toSorted((one, other) => one.count - other.count).slice(0, NAMED) : classes;
  const [first, ...rest] = shown.map(({ name, count }, place) => {
    const noun = place ? "" : count === 1 ? "picture " : "pictures ";
    return `${number(count)} ${noun}of “${name}”`;
  });
  const more = classes.length - shown.length;
  return and([first, ...rest, ...(more ? [`${more} classes more`] : [])]);
}

function and(parts) {
  return parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : parts[0];
}

function number(count) {
  return count.toLocaleString("en");
}

/** Half goes to the even neighbour, as in Python. */
function rounded(value) {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2) ? below + 1 : below;
}
