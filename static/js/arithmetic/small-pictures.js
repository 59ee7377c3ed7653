// The small pictures of lesson 2, and the task of its settable neuron: fire for the upright bar and for nothing else.
// A picture is a flat list, row by row, 1 for ink and 0 for paper. Pure functions.
import { fires, weightedSum } from "./neuron.js";

/** {name: picture} of side `size`: an upright bar, a lying one, a broken one, all ink, none. */
export function pictures(size) {
  const middle = size >> 1;
  const draw = (inked) => Array.from({ length: size * size }, (_, index) => (inked(Math.floor(index / size), index % size) ? 1 : 0));
  return {
    "upright bar": draw((_, column) => column === middle),
    "lying bar": draw((row) => row === middle),
    "broken bar": draw((row, column) => column === middle && row !== middle),
    "all ink": draw(() => true),
    empty: draw(() => false),
  };
}

export const WANTED = "upright bar";

/** What a neuron makes of every picture: {cases: [{name, picture, z, fires, wanted}], solved, hint}. */
export function judge({ weights, bias, size }) {
  const cases = Object.entries(pictures(size)).map(([name, picture]) => {
    const z = weightedSum(picture, weights, bias);
    return { name, picture, z, fires: fires(z), wanted: name === WANTED };
  });
  return { cases, solved: cases.every((each) => each.fires === each.wanted), hint: hint(cases) };
}

function hint(cases) {
  const firing = new Set(cases.filter((each) => each.fires).map((each) => each.name));
  if (firing.has("empty")) return "It fires for a picture without ink. Nothing but the bias is left there: lower it.";
  if (firing.has("all ink")) return "It fires for a picture full of ink. Let the pixels beside the bar speak against it, with negative weights.";
  if (firing.has("lying bar")) return "It fires for the lying bar. Both bars share the middle pixel, so look at the pixels that only the lying one inks.";
  if (!firing.has(WANTED)) return "It is silent for the upright bar. Give the bar’s own pixels more weight, or the neuron a higher bias.";
  if (firing.has("broken bar")) return "It also fires for the broken bar. Raise the weight of the missing pixel, or lower the bias until two pixels are not enough.";
  return "Solved: ink in the middle column speaks for the bar, ink beside it against, and the bias says how much is enough.";
}

/** Weights worth looking at, for pictures of `size`: [{title, weights, bias}]. */
export function presets(size) {
  const count = size * size;
  const upright = pictures(size)[WANTED];
  const half = size >> 1;
  return [
    { title: "all zero", weights: Array(count).fill(0), bias: 0 },
    { title: "ink anywhere", weights: Array(count).fill(1), bias: -0.5 },
    { title: WANTED, weights: upright.map((ink) => (ink ? 1 : -1)), bias: 0.5 - size },
    { title: "more above than below", weights: Array.from({ length: count }, (_, index) => Math.sign(half - Math.floor(index / size))), bias: -0.5 },
  ];
}

/** The dense layer of lesson 2: four units for 3 x 3 pictures, each with votes for one line. */
export function lineLayer() {
  const size = 3;
  const { "upright bar": upright, "lying bar": lying } = pictures(size);
  const falling = upright.map((_, index) => (index % (size + 1) === 0 ? 1 : 0));
  const rising = [0, 0, 1, 0, 1, 0, 1, 0, 0];
  const samples = [upright, lying, falling, rising];
  return {
    rows: size,
    columns: size,
    activation: "relu",
    names: ["upright", "lying", "falling", "rising"],
    weights: samples.map((picture) => picture.map((ink) => (ink ? 1 : -1))),
    biases: samples.map(() => 0.5 - size),
    samples,
  };
}
