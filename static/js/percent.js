// A share as people read it: one way to write it on every page, and never a line break between the number and its sign.

/** 0.97 is "97.0 %". */
export const percent = (share, decimals = 1) => `${(100 * share).toFixed(decimals)}\u00a0%`;
