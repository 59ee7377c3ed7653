// The task of the settable neuron: fire for a vertical bar, stay silent for a horizontal one. Pure functions.
import { fires, weightedSum } from "./neuron.js";

/** A square image of `size` with its middle column, or its middle row, bright. */
export function bar(direction, size) {
  const middle = size >> 1;
  return Array.from({ length: size * size }, (_, index) => {
    const place = direction === "vertical" ? index % size : Math.floor(index / size);
    return place === middle ? 1 : 0;
  });
}

/** What a neuron makes of both bars: {vertical, horizontal: {z, fires}, solved, hint}. */
export function judge({ weights, bias, size }) {
  const look = (direction) => {
    const z = weightedSum(bar(direction, size), weights, bias);
    return { z, fires: fires(z) };
  };
  const [vertical, horizontal] = [look("vertical"), look("horizontal")];
  const solved = vertical.fires && !horizontal.fires;
  return { vertical, horizontal, solved, hint: hint({ vertical: vertical.fires, horizontal: horizontal.fires }) };
}

function hint({ vertical, horizontal }) {
  if (vertical && !horizontal) return "Solved. What the weights say together: light in this column, and no light beside it.";
  if (vertical && horizontal) return "It fires for both. They share the middle pixel, so the other pixels must tell them apart: what could a weight beside the column say?";
  if (horizontal) return "The other way round: it fires for the horizontal bar. Which weights does only that bar touch?";
  return "It is silent for both. Give the pixels of the vertical bar some weight, or the neuron a higher bias.";
}

/** Weights worth looking at, for images of `size`: {name: {title, weights, bias}}. */
export function presets(size) {
  const count = size * size;
  const vertical = bar("vertical", size);
  const top = (index) => Math.sign((size >> 1) - Math.floor(index / size));
  return {
    blank: { title: "all zero", weights: Array(count).fill(0), bias: 0 },
    bright: { title: "bright anywhere", weights: Array(count).fill(1), bias: -0.5 },
    vertical: { title: "vertical bar", weights: vertical.map((value) => (value ? 1 : -1)), bias: -(size - 0.5) },
    top: { title: "brighter above than below", weights: Array.from({ length: count }, (_, index) => top(index)), bias: -0.5 },
  };
}
