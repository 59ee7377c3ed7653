// A list of layers as a tree that is never changed in place, and its history. Pure. A path leads to a layer: [2] is the third,
// [2, "body", 0] the first in the body of the third, [2, "paths", 1, 0] the first on its second path.

const STACKS = { residual: ["body", "shortcut"], branch: ["paths"], gate: ["body"] };

/** Every layer with its path, its depth and its place in words ("layer 3, body 2"), as the server names places. */
export function lines(layers) {
  return linesOf(layers, { path: [], where: "", part: "layer", depth: 0 });
}

function linesOf(layers, { path, where, part, depth }) {
  return layers.flatMap((layer, index) => {
    const place = where ? `${where}, ${part} ${index + 1}` : `${part} ${index + 1}`;
    const here = { layer, path: [...path, index], place, depth, part };
    const inner = (STACKS[layer.kind] ?? []).flatMap((name) => innerLines(layer, name, here));
    return [here, ...inner];
  });
}

function innerLines(layer, name, { path, place, depth }) {
  if (name !== "paths") return linesOf(layer[name] ?? [], { path: [...path, name], where: place, part: name, depth: depth + 1 });
  return (layer.paths ?? []).flatMap((stack, index) => linesOf(stack, { path: [...path, name, index], where: `${place}, path ${index + 1}`, part: "layer", depth: depth + 1 }));
}

/** What a block holds: [[name, path of the list], …], so that something can be put into an empty one. */
export function stacksOf(layer, path) {
  return (STACKS[layer.kind] ?? []).flatMap((name) => (name === "paths" ? layer.paths.map((_, index) => [`path ${index + 1}`, [...path, name, index]]) : [[name, [...path, name]]]));
}

export function layerAt(layers, path) {
  return path.reduce((here, step) => here?.[step], layers);
}

/** The tree with what lies at `path` replaced by what `change` makes of it. */
function changed(tree, [step, ...rest], change) {
  const copy = Array.isArray(tree) ? [...tree] : { ...tree };
  copy[step] = rest.length ? changed(tree[step] ?? [], rest, change) : change(tree[step]);
  return copy;
}

/** The list at the end of a path with a change of its own; an empty path is the whole. */
function withList(layers, path, change) {
  return path.length ? changed(layers, path, (list) => change(list ?? [])) : change(layers);
}

const split = (path) => [path.slice(0, -1), path.at(-1)];

/** Put a layer behind the one at `path`. */
export function addedAfter(layers, path, layer) {
  const [list, index] = split(path);
  return withList(layers, list, (stack) => stack.toSpliced(index + 1, 0, layer));
}

/** Put a layer at the end of the list at `path`, [] for the whole network. */
export function appended(layers, path, layer) {
  return withList(layers, path, (stack) => [...stack, layer]);
}

/** Take a layer out. */
export function removed(layers, path) {
  const [list, index] = split(path);
  return withList(layers, list, (stack) => stack.toSpliced(index, 1));
}

export function duplicated(layers, path) {
  const { name, ...copy } = structuredClone(layerAt(layers, path));
  return addedAfter(layers, path, copy);
}

/** Move a layer by one within its list; returns null at the end of it. */
export function moved(layers, path, by) {
  const [list, index] = split(path);
  const stack = list.length ? layerAt(layers, list) : layers;
  const to = index + by;
  if (to < 0 || to >= stack.length) return null;
  const layer = stack[index];
  return { layers: withList(layers, list, (all) => all.toSpliced(index, 1).toSpliced(to, 0, layer)), path: [...list, to] };
}

/** Set one field of a layer; undefined takes it out, which means its usual value. */
export function withField(layers, path, { field, value }) {
  return changed(layers, path, (layer) => {
    const { [field]: before, ...rest } = layer;
    return value === undefined ? rest : { ...rest, [field]: value };
  });
}

/** Every sentence at its layer: {place: [sentences]}; what belongs to none of `places` stands under "". */
export function sentencesByPlace(errors, places) {
  const found = {};
  for (const [key, sentence] of Object.entries(errors)) {
    const holders = places.filter((place) => key === place || key.startsWith(`${place}, `));
    const place = holders.sort((one, other) => other.length - one.length)[0] ?? "";
    (found[place] ??= []).push(sentence);
  }
  return found;
}

/** States that can be gone back to and forth again. */
export class History {
  #states;
  #at = 0;

  constructor(state) {
    this.#states = [state];
  }

  get now() {
    return this.#states[this.#at];
  }

  get canUndo() {
    return this.#at > 0;
  }

  get canRedo() {
    return this.#at < this.#states.length - 1;
  }

  /** A new state; what was undone before it is gone. */
  take(state) {
    this.#states = [...this.#states.slice(0, this.#at + 1), state];
    this.#at += 1;
  }

  undo() {
    if (this.canUndo) this.#at -= 1;
    return this.now;
  }

  redo() {
    if (this.canRedo) this.#at += 1;
    return this.now;
  }
}
