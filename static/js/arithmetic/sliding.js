// Where a sliding window lands: the size of the output, the pixels that each place reads, those that none reads, and what a
// convolution holds. PyTorch's rules, exactly; tests hold them against torch. Rows and columns follow the same rule, so one
// side is reckoned at a time. Pure functions.

/** How many places a kernel takes along one side; below 1 when it does not fit. */
export function slid(size, { kernel, stride = 1, padding = 0, dilation = 1 }) {
  return Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
}

/** The size formula of a sliding layer, written out with its numbers. */
export function slidWritten(size, { kernel, stride = 1, padding = 0, dilation = 1 }) {
  const result = slid(size, { kernel, stride, padding, dilation });
  return `⌊(${size} + 2·${padding} − ${dilation}·(${kernel} − 1) − 1) / ${stride}⌋ + 1 = ${result}`;
}

/** How far the kernel spans from its first pixel to its last, holes included. */
export function reach({ kernel, dilation = 1 }) {
  return dilation * (kernel - 1) + 1;
}

/**
 * Zeros laid before and after a side. padding="same" keeps the size; where the zeros do not halve evenly, the one left over
 * goes to the end. Throws RangeError with PyTorch's own refusal for "same" with a stride.
 */
export function border({ kernel, stride = 1, padding = 0, dilation = 1 }) {
  if (padding !== "same") return { before: padding, after: padding };
  if (stride !== 1) throw new RangeError("padding='same' is not supported for strided convolutions");
  const zeros = reach({ kernel, dilation }) - 1;
  return { before: Math.floor(zeros / 2), after: Math.ceil(zeros / 2) };
}

/**
 * Where the kernel lands along one side of `size` pixels: {before, after, output, places, unread, rest}. `places[o]` are the
 * pixels that output `o` reads; numbers below 0 and from `size` on are zeros of the border. `unread` are the pixels that no
 * place reads, `rest` counts the padded side's last pixels that the last place does not reach.
 * Throws RangeError when the kernel does not fit even once.
 */
export function landing(size, { kernel, stride = 1, padding = 0, dilation = 1 }) {
  const { before, after } = border({ kernel, stride, padding, dilation });
  const span = reach({ kernel, dilation });
  const room = before + size + after - span;
  if (room < 0) throw new RangeError(`The kernel spans ${span} and does not fit into ${before + size + after}, padding included.`);
  const output = Math.floor(room / stride) + 1;
  const places = Array.from({ length: output }, (_, at) => Array.from({ length: kernel }, (__, tap) => at * stride - before + tap * dilation));
  const reads = readings(size, places);
  return { before, after, output, places, unread: reads.flatMap((count, pixel) => (count ? [] : [pixel])), rest: room % stride };
}

/** How many places read each pixel of a side. */
export function readings(size, places) {
  const counts = new Array(size).fill(0);
  for (const pixel of places.flat()) if (pixel >= 0 && pixel < size) counts[pixel] += 1;
  return counts;
}

/** Numbers that follow each other as ranges: [0, 1, 2, 5] is "0 to 2, 5". */
export function ranges(numbers) {
  const runs = [];
  for (const number of numbers) {
    if (runs.length && number === runs.at(-1)[1] + 1) runs.at(-1)[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : last === first + 1 ? `${first}, ${last}` : `${first} to ${last}`)).join(", ");
}

/**
 * What a convolution holds: {shape, perFilter, parameters, formula}. Throws RangeError when the groups do not divide both numbers of
 * channels, with PyTorch's own words.
 */
export function held({ inChannels, outChannels, kernel, groups = 1, bias = true }) {
  if (inChannels % groups) throw new RangeError("in_channels must be divisible by groups");
  if (outChannels % groups) throw new RangeError("out_channels must be divisible by groups");
  const deep = inChannels / groups;
  const perFilter = deep * kernel * kernel;
  const parameters = outChannels * (perFilter + (bias ? 1 : 0));
  const inner = `${kernel} · ${kernel} · ${deep}`;
  const written = new Intl.NumberFormat("en").format(parameters);
  return { shape: [outChannels, deep, kernel, kernel], perFilter, parameters, formula: `${bias ? `(${inner} + 1)` : inner} · ${outChannels} = ${written}` };
}

/** How far one value sees and how many input pixels lie between neighbours, after one more sliding layer. */
export function seenAfter({ kernel, stride = 1, dilation = 1 }, { field, jump }) {
  return { field: field + (reach({ kernel, dilation }) - 1) * jump, jump: jump * stride };
}
