// Small pictures as the server sends them ({width, height, pixels: bytes in base64}) to RGBA, and a heat map in words. Pure.

import { sequential } from "../colour.js";

/** The bytes of a picture, row by row. */
export function bytesOf(picture) {
  return Uint8Array.from(atob(picture.pixels), (letter) => letter.charCodeAt(0));
}

/** RGBA of a grey picture. */
export function grey(picture) {
  const bytes = bytesOf(picture);
  const rgba = new Uint8ClampedArray(bytes.length * 4);
  bytes.forEach((value, index) => rgba.set([value, value, value, 255], index * 4));
  return rgba;
}

/** RGBA of a grey picture under a heat map of the same size; `strength` 0 shows the picture alone, 1 hides it in full heat. */
export function overlaid(picture, map, strength) {
  const base = bytesOf(picture);
  const heat = bytesOf(map);
  const rgba = new Uint8ClampedArray(base.length * 4);
  base.forEach((value, index) => {
    const share = heat[index] / 255;
    // Where there is no evidence the picture stays nearly as it is, so that the eye goes to the warm parts.
    const cover = strength * (0.35 + 0.65 * share);
    const colour = sequential(share);
    for (let channel = 0; channel < 3; channel += 1) rgba[index * 4 + channel] = value * (1 - cover) + colour[channel] * cover;
    rgba[index * 4 + 3] = 255;
  });
  return rgba;
}

const PLACES = [
  ["in the upper left", "at the top", "in the upper right"],
  ["on the left", "around the centre", "on the right"],
  ["in the lower left", "at the bottom", "in the lower right"],
];

/** Where the heat lies, in words; "" when there is none. */
export function whereabouts(map) {
  const heat = bytesOf(map);
  let sum = 0;
  let x = 0;
  let y = 0;
  heat.forEach((value, index) => {
    sum += value;
    x += value * ((index % map.width) + 0.5);
    y += value * (Math.floor(index / map.width) + 0.5);
  });
  if (sum === 0) return "";
  return PLACES[third(y / sum / map.height)][third(x / sum / map.width)];
}

// Centres of mass crowd around the middle, so the middle third is taken narrower than a third.
function third(share) {
  return share < 0.42 ? 0 : share > 0.58 ? 2 : 1;
}
