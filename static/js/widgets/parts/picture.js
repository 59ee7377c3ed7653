// Pictures as numbers: {title, width, height, channels, largest, values}. `values` lies channels last, as it came;
// `largest` is the number that means full light (255 for bytes, 16 for the counted ink of the digits).

const OWN_SIDE_PIXELS = 480;
export const CHANNEL_NAMES = { 1: ["grey"], 3: ["red", "green", "blue"] };

/** Read a sample by its address: an image file in colour, or a JSON file of numbers. Throws when it cannot be fetched. */
export async function loadSample(url, { title }) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`The picture could not be loaded (${answer.status}).`);
  if (new URL(url, location.href).pathname.endsWith(".json")) return { title, ...(await answer.json()) };
  return fromBitmap(await createImageBitmap(await answer.blob(), EXACT), { title });
}

/** Read a file of the reader's own, in this page; nothing is sent. Large pictures are made smaller. */
export async function loadOwn(file) {
  const full = await createImageBitmap(file, { imageOrientation: "from-image" });
  const share = Math.min(1, OWN_SIDE_PIXELS / Math.max(full.width, full.height));
  const width = Math.max(1, Math.round(full.width * share));
  const height = Math.max(1, Math.round(full.height * share));
  const picture = fromBitmap(full, { title: file.name, width, height });
  return { ...picture, original: [full.width, full.height] };
}

// The stored numbers, not what a colour profile of the screen makes of them.
const EXACT = { colorSpaceConversion: "none", premultiplyAlpha: "none" };

function fromBitmap(bitmap, { title, width = bitmap.width, height = bitmap.height }) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.fillStyle = "#ffffff"; // transparent places count as paper
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  const rgba = context.getImageData(0, 0, width, height).data;
  const values = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    values.set(rgba.subarray(pixel * 4, pixel * 4 + 3), pixel * 3);
  }
  return { title, width, height, channels: 3, largest: 255, values };
}

/** The stored number at a place. */
export function valueAt(picture, { channel, row, column }) {
  return picture.values[(row * picture.width + column) * picture.channels + channel];
}

/** The colour that a place shows, [r, g, b] 0 to 255; with `channel` a grey that shows that channel alone. */
export function colourAt(picture, { row, column, channel = null }) {
  const light = (each) => Math.round((valueAt(picture, { channel: each, row, column }) / picture.largest) * 255);
  if (channel !== null || picture.channels === 1) {
    const grey = light(channel ?? 0);
    return [grey, grey, grey];
  }
  return [light(0), light(1), light(2)];
}

/** The picture (or one channel of it, in grey) as a canvas of its own size, ready to be drawn larger. */
export function rendered(picture, { channel = null } = {}) {
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext("2d");
  const image = context.createImageData(picture.width, picture.height);
  for (let row = 0; row < picture.height; row += 1) {
    for (let column = 0; column < picture.width; column += 1) {
      image.data.set([...colourAt(picture, { row, column, channel }), 255], (row * picture.width + column) * 4);
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
