// Colours for drawing: tokens of the page, and the two colour maps that pictures of numbers use.
// Everything but `token` and `onThemeChange` is pure. A colour is [red, green, blue], each 0 to 255.

/** The resolved value of a colour token for an element, for instance token("--color-train"). */
export function token(name, element = document.documentElement) {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

/** Call `redraw` whenever the page turns light or dark. Returns a function that stops it. */
export function onThemeChange(redraw) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  document.addEventListener("stride:theme", redraw);
  system.addEventListener("change", redraw);
  return () => {
    document.removeEventListener("stride:theme", redraw);
    system.removeEventListener("change", redraw);
  };
}

/** [r, g, b] of a CSS colour written as #rrggbb or rgb(r g b); other notations give black. */
export function parseColour(text) {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text.trim());
  if (hex) return hex.slice(1).map((part) => parseInt(part, 16));
  const parts = /^rgba?\(([^)]+)\)$/.exec(text.trim());
  return parts ? parts[1].split(/[\s,/]+/).slice(0, 3).map(Number) : [0, 0, 0];
}

export function css([red, green, blue]) {
  return `rgb(${red} ${green} ${blue})`;
}

/** The colour a share `t` (0 to 1) of the way from one colour to another. */
export function mix(from, to, t) {
  return from.map((value, index) => Math.round(value + (to[index] - value) * t));
}

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/** Diverging map: `value` from -limit to limit, through `zero`. Numbers outside take the end's colour. */
export function diverging(value, { limit, negative, zero, positive }) {
  const share = limit > 0 ? clamp(value / limit, -1, 1) : 0;
  return share < 0 ? mix(zero, negative, -share) : mix(zero, positive, share);
}

/** The diverging map of the page as it looks now, ready for `diverging`. */
export function divergingTokens(limit) {
  const read = (name) => parseColour(token(name));
  return { limit, negative: read("--color-negative"), zero: read("--color-zero"), positive: read("--color-positive") };
}

// Eleven equal steps of viridis (S. van der Walt and N. Smith, matplotlib 1.5, CC0): even in lightness, so that it reads
// in grey and with every common colour blindness.
const VIRIDIS = [
  [68, 1, 84], [72, 36, 117], [65, 68, 135], [53, 95, 141], [42, 120, 142], [33, 145, 140],
  [34, 168, 132], [68, 191, 112], [122, 209, 81], [189, 223, 38], [253, 231, 37],
];

/** Sequential map for activations: `share` 0 (dark violet) to 1 (yellow). */
export function sequential(share) {
  const place = clamp(Number.isFinite(share) ? share : 0, 0, 1) * (VIRIDIS.length - 1);
  const step = Math.min(Math.floor(place), VIRIDIS.length - 2);
  return mix(VIRIDIS[step], VIRIDIS[step + 1], place - step);
}

/** Black or white, whichever can be read on the colour (WCAG relative luminance). */
export function inkOn(colour) {
  const [red, green, blue] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? [0, 0, 0] : [255, 255, 255];
}
