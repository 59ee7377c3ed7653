// A small trained network in the page: read from a safetensors file that `python -m nets reader` wrote, and run forward. Convolution,
// ReLU, max pooling, flatten, linear; PyTorch's order of axes and weights. Pure functions; tests hold them against torch.
export { softmax as sharesOf } from "./neuron.js";

/**
 * The network in a safetensors file (an ArrayBuffer): {layers, tensors, parameters, mean, std, accuracy, digits}, the last two being
 * what it came to on how many test digits. Throws RangeError for weights that are not float32.
 */
export function networkFrom(buffer) {
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  const { __metadata__: about, ...entries } = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const tensors = Object.fromEntries(Object.entries(entries).map(([name, { dtype, shape, data_offsets: [from, to] }]) => {
    if (dtype !== "F32") throw new RangeError(`The weights ${name} are ${dtype}; F32 is read here.`);
    return [name, { shape, values: new Float32Array(buffer, 8 + length + from, (to - from) / 4) }];
  }));
  const parameters = Object.values(tensors).reduce((sum, { values }) => sum + values.length, 0);
  return { layers: JSON.parse(about.layers), tensors, parameters, ...numbers(about) };
}

/** What the network says of a grey picture with ink bright on black: logits, one for each class. */
export function logitsOf(network, { width, height, data }) {
  const values = Float32Array.from(data, (value) => (value / 255 - network.mean) / network.std);
  const last = network.layers.reduce((maps, layer) => LAYERS[layer.kind](maps, layer, network.tensors), { channels: 1, height, width, values });
  return [...last.values];
}

const numbers = (about) => Object.fromEntries(["mean", "std", "accuracy", "digits"].map((name) => [name, Number(about[name])]));

const LAYERS = {
  conv: (maps, { name, padding }, tensors) => convolved(maps, { padding, weight: tensors[`${name}.weight`], bias: tensors[`${name}.bias`] }),
  act: (maps) => ({ ...maps, values: maps.values.map((value) => Math.max(0, value)) }),
  pool: (maps, { kernel }) => pooled(maps, kernel),
  flatten: (maps) => ({ channels: maps.values.length, height: 1, width: 1, values: maps.values }),
  linear: (maps, { name }, tensors) => summed(maps, { weight: tensors[`${name}.weight`], bias: tensors[`${name}.bias`] }),
};

/** Stride 1 and an odd kernel, the size kept or shrunk by the padding that is missing. */
function convolved({ channels, height, width, values }, { padding, weight, bias }) {
  const [filters, , kernel] = weight.shape;
  const [high, wide] = [height, width].map((side) => side + 2 * padding - kernel + 1);
  const made = new Float32Array(filters * high * wide);
  for (let filter = 0; filter < filters; filter += 1) {
    const map = made.subarray(filter * high * wide, (filter + 1) * high * wide).fill(bias.values[filter]);
    for (let tap = 0; tap < channels * kernel * kernel; tap += 1) {
      const share = weight.values[filter * channels * kernel * kernel + tap];
      const channel = Math.floor(tap / kernel / kernel);
      const [down, right] = [(Math.floor(tap / kernel) % kernel) - padding, (tap % kernel) - padding];
      for (let row = Math.max(0, -down); row < Math.min(high, height - down); row += 1) {
        const from = (channel * height + row + down) * width + right;
        for (let column = Math.max(0, -right); column < Math.min(wide, width - right); column += 1) map[row * wide + column] += share * values[from + column];
      }
    }
  }
  return { channels: filters, height: high, width: wide, values: made };
}

function pooled({ channels, height, width, values }, kernel) {
  const [high, wide] = [Math.floor(height / kernel), Math.floor(width / kernel)];
  const made = new Float32Array(channels * high * wide).fill(-Infinity);
  for (let channel = 0; channel < channels; channel += 1) {
    for (let row = 0; row < high * kernel; row += 1) {
      for (let column = 0; column < wide * kernel; column += 1) {
        const to = (channel * high + Math.floor(row / kernel)) * wide + Math.floor(column / kernel);
        made[to] = Math.max(made[to], values[(channel * height + row) * width + column]);
      }
    }
  }
  return { channels, height: high, width: wide, values: made };
}

function summed({ values }, { weight, bias }) {
  const made = bias.values.map((start, output) => {
    let sum = start;
    for (let input = 0; input < values.length; input += 1) sum += weight.values[output * values.length + input] * values[input];
    return sum;
  });
  return { channels: made.length, height: 1, width: 1, values: made };
}
