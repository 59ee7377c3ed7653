// What a value of a deep layer sees of the input: the cone of values that it depends on, layer by layer. Pure functions on one
// side; rows and columns follow the same rule. A layer is {kernel, stride, padding, dilation}.
import { landing, seenAfter } from "./sliding.js";

/** {side, field, jump} of the input and after each layer. Throws RangeError with the layer's number where one does not fit. */
export function grown(layers, { side }) {
  const stages = [{ side, field: 1, jump: 1 }];
  layers.forEach((layer, index) => {
    const before = stages.at(-1);
    try {
      stages.push({ side: landing(before.side, layer).output, ...seenAfter(layer, before) });
    } catch (error) {
      throw error instanceof RangeError ? new RangeError(`Layer ${index + 1} does not fit: ${error.message}`) : error;
    }
  });
  return stages;
}

/**
 * The places that one unit depends on, from its own layer down to the input: a list of sorted lists, the input first. `layer` 0 is
 * the input itself. Places in a border of zeros are left out: nothing is seen there.
 */
export function seenBy(layers, { side, layer, unit }) {
  const sides = grown(layers, { side }).map((stage) => stage.side);
  const cone = [[unit]];
  for (let index = layer - 1; index >= 0; index -= 1) {
    const { places } = landing(sides[index], layers[index]);
    const below = new Set(cone[0].flatMap((place) => places[place]));
    cone.unshift([...below].filter((place) => place >= 0 && place < sides[index]).sort((one, other) => one - other));
  }
  return cone;
}

/** The field's growth by one layer, written out with its numbers. */
export function growthWritten({ kernel, dilation = 1 }, { field, jump }) {
  const step = dilation === 1 ? `(${kernel} − 1)` : `${dilation} · (${kernel} − 1)`;
  return `${field} + ${step} · ${jump} = ${seenAfter({ kernel, dilation }, { field, jump }).field}`;
}
