// The arithmetic of one pixel: its value on three scales and its place in memory. Pure functions.

/** Place of (channel, row, column) in memory when the image is stored channels first, (C, H, W), as PyTorch does. */
export function indexChannelsFirst({ channel, row, column, height, width }) {
  return channel * height * width + row * width + column;
}

/** The same place when the channels of a pixel lie side by side, (H, W, C), as image files and Pillow do. */
export function indexChannelsLast({ channel, row, column, width, channels }) {
  return (row * width + column) * channels + channel;
}

/** 0 to 255 brought to 0 to 1, as torchvision's ToDtype(torch.float32, scale=True) does. */
export function scaled(value) {
  return value / 255;
}

/** The scaled value less the channel's mean, divided by its standard deviation; both on the scale 0 to 1. */
export function normalised(value, { mean, std }) {
  return (scaled(value) - mean) / std;
}

/** Which value lies at each place of memory from `start` on: [{channel, row, column}], fewer at the end. */
export function memoryRun({ start, count, height, width, channels, order }) {
  const end = Math.min(start + count, height * width * channels);
  const places = [];
  for (let index = Math.max(0, start); index < end; index += 1) {
    places.push({ index, ...placeOf(index, { height, width, channels, order }) });
  }
  return places;
}

/** The (channel, row, column) that lies at `index`; `order` is "first" or "last". */
export function placeOf(index, { height, width, channels, order }) {
  const area = height * width;
  const channel = order === "first" ? Math.floor(index / area) : index % channels;
  const cell = order === "first" ? index % area : Math.floor(index / channels);
  return { channel, row: Math.floor(cell / width), column: cell % width };
}
