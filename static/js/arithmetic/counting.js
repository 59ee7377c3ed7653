// What a dense layer and a convolution cost on the same image, and what they give. Pure functions, tested against torch.
import { denseParameters } from "./neuron.js";

const BYTES = 4; // float32

/** Numbers that a convolution with square kernels has to learn; the image's size does not come into it. */
export function convParameters({ channels, filters, kernel, bias = true }) {
  return filters * (kernel * kernel * channels + (bias ? 1 : 0));
}

/** Both layers on a square image: inputs, parameters, bytes, outputs and multiply-adds, padded so that the size stays. */
export function balance({ side, channels, units, filters, kernel, bias }) {
  const inputs = side * side * channels;
  const dense = denseParameters(inputs, units, { bias });
  const conv = convParameters({ channels, filters, kernel, bias });
  return {
    inputs,
    dense: { parameters: dense, bytes: dense * BYTES, outputs: units, multiplyAdds: inputs * units },
    conv: { parameters: conv, bytes: conv * BYTES, outputs: side * side * filters, multiplyAdds: kernel * kernel * channels * filters * side * side },
  };
}

/** A count of bytes in words: 1,792 parameters are "7.2 kB". */
export function bytesWritten(bytes) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** step;
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[step]}`;
}
