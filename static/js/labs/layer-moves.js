// Where a layer can be put in a drawn network: every gap between lines, in every list of layers. Pure. A place is the path
// that a layer put there has: [2] before the third of the network, [2, "body", 0] at the head of the third one's body.
import { layerAt, stacksOf } from "./layer-list.js";

const startsWith = (path, head) => head.every((step, index) => path[index] === step);
const split = (path) => [path.slice(0, -1), path.at(-1)];

/** Every place with how many lines stand above it and how deep it lies: [{place, gap, depth}…], in the order of the page. */
export function gaps(layers) {
  const found = [];
  walk(layers, { list: [], gap: 0, depth: 0, found });
  return found;
}

function walk(stack, { list, gap, depth, found }) {
  let at = gap;
  stack.forEach((layer, index) => {
    const path = [...list, index];
    found.push({ place: path, gap: at, depth });
    at += 1;
    for (const [, inner] of stacksOf(layer, path)) {
      at = walk(layerAt(layer, inner.slice(path.length)) ?? [], { list: inner, gap: at, depth: depth + 1, found });
    }
  });
  found.push({ place: [...list, stack.length], gap: at, depth });
  return at;
}

/** Of the places in a gap, the one whose depth is nearest to where the hand is; null where the layer cannot go. */
export function placeNear(layers, { gap, depth, from }) {
  const here = gaps(layers).filter((each) => each.gap === gap && !(each.place.length > from.length && startsWith(each.place, from)));
  return here.reduce((best, each) => (best === null || Math.abs(each.depth - depth) < Math.abs(best.depth - depth) ? each : best), null);
}

/** The network with the layer at `from` put at `place`, and the path that it has then; null when nothing would move. */
export function relocated(layers, from, place) {
  if (startsWith(place, from)) return null;
  const layer = layerAt(layers, from);
  const without = taken(layers, from);
  const to = behind(place, from);
  if (to.join() === from.join()) return null;
  return { layers: put(without, to, layer), path: to };
}

/** Out of the block that holds it, behind that block; null for a layer that no block holds. */
export function outOfBlock(layers, path) {
  const index = path.findLastIndex((step, at) => typeof step === "number" && at < path.length - 1 && isBlock(layers, path.slice(0, at + 1)));
  if (index < 0) return null;
  const block = path.slice(0, index + 1);
  return relocated(layers, path, [...block.slice(0, -1), block.at(-1) + 1]);
}

/** Into the block just above it, at the end of that block's first list; null when there is none. */
export function intoBlock(layers, path) {
  const [list, index] = split(path);
  const above = index > 0 ? [...list, index - 1] : null;
  const [first] = above ? stacksOf(layerAt(layers, above), above) : [];
  if (!first) return null;
  const held = layerAt(layers, first[1]) ?? [];
  return relocated(layers, path, [...first[1], held.length]);
}

const isBlock = (layers, path) => typeof layerAt(layers, path)?.kind === "string";

/** The path as it is once the layer at `gone` is taken out. */
function behind(path, gone) {
  const [list, index] = split(gone);
  const isLater = path.length >= gone.length && startsWith(path, list) && path[list.length] > index;
  return isLater ? [...list, path[list.length] - 1, ...path.slice(gone.length)] : path;
}

function taken(tree, path) {
  return edited(tree, split(path), (stack, index) => stack.toSpliced(index, 1));
}

function put(tree, path, layer) {
  return edited(tree, split(path), (stack, index) => stack.toSpliced(index, 0, layer));
}

function edited(tree, [[step, ...rest], index], change) {
  if (step === undefined) return change(tree ?? [], index);
  const copy = Array.isArray(tree) ? [...tree] : { ...tree };
  copy[step] = edited(tree[step], [rest, index], change);
  return copy;
}
