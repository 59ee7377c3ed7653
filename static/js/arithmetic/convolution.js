// Sliding a kernel over a grid of numbers, stride 1. Pure functions; a grid is {rows, columns, values}, row by row.

/** A grid from its rows. */
export function gridOf(rows) {
  return { rows: rows.length, columns: rows[0].length, values: rows.flat() };
}

/** The kernel turned round by 180 degrees: what a true convolution slides. */
export function turned(kernel) {
  return { ...kernel, values: [...kernel.values].reverse() };
}

/** How many places a kernel has on a grid: {rows, columns}. RangeError when it does not fit even once. */
export function places(image, kernel) {
  const rows = image.rows - kernel.rows + 1;
  const columns = image.columns - kernel.columns + 1;
  if (rows < 1 || columns < 1) {
    throw new RangeError(`A kernel of ${kernel.rows} × ${kernel.columns} does not fit into ${image.rows} × ${image.columns}.`);
  }
  return { rows, columns };
}

/** The numbers under the kernel when its top left corner lies at (row, column), each with its index in the image. */
export function patch(image, { kernel, row, column }) {
  return kernel.values.map((_, index) => {
    const at = (row + Math.floor(index / kernel.columns)) * image.columns + column + (index % kernel.columns);
    return { index: at, value: image.values[at] };
  });
}

/** What is added up at one place: {terms: [{index, value, weight, product}], sum}; `index` is a place in the image. */
export function stepAt(image, { kernel, row, column }) {
  const terms = patch(image, { kernel, row, column }).map((under, index) => {
    const weight = kernel.values[index];
    return { ...under, weight, product: under.value * weight };
  });
  return { terms, sum: terms.reduce((sum, { product }) => sum + product, 0) };
}

/** The weighted sum at every place where the kernel fits: what libraries call convolution. */
export function crossCorrelate(image, kernel, { bias = 0 } = {}) {
  const { rows, columns } = places(image, kernel);
  const values = Array.from({ length: rows * columns }, (_, place) => {
    return stepAt(image, { kernel, row: Math.floor(place / columns), column: place % columns }).sum + bias;
  });
  return { rows, columns, values };
}

/** What mathematics calls convolution: the same, with the kernel turned round. */
export function convolve(image, kernel, { bias = 0 } = {}) {
  return crossCorrelate(image, turned(kernel), { bias });
}

/** The grid with `width` zeros laid round it. */
export function padded(image, width) {
  const [rows, columns] = [image.rows + 2 * width, image.columns + 2 * width];
  const values = Array(rows * columns).fill(0);
  image.values.forEach((value, index) => {
    values[(Math.floor(index / image.columns) + width) * columns + (index % image.columns) + width] = value;
  });
  return { rows, columns, values };
}

/** The grid moved by (down, right); what leaves is lost, what comes in is 0. */
export function shifted(image, { down, right }) {
  const values = Array(image.values.length).fill(0);
  image.values.forEach((value, index) => {
    const row = Math.floor(index / image.columns) + down;
    const column = (index % image.columns) + right;
    const inside = row >= 0 && row < image.rows && column >= 0 && column < image.columns;
    if (inside) values[row * image.columns + column] = value;
  });
  return { ...image, values };
}

/** One answer from several channels: each channel under its own kernel, all sums and the bias added up. */
export function stepThroughChannels(channels, { kernels, bias = 0, row, column }) {
  const steps = channels.map((channel, index) => stepAt(channel, { kernel: kernels[index], row, column }));
  return { steps, sum: steps.reduce((total, { sum }) => total + sum, bias) };
}
