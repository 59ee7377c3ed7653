// Reads grey pictures of one size from a file as the front page reads its canvas: `node read_digits.mjs PICTURES SIDE WEIGHTS SEEN`.
// Prints one line of logits for each picture and writes what the network saw of it to SEEN, 1,024 bytes each.
import { readFileSync, writeFileSync } from "node:fs";

import { preparedDigit } from "../../static/js/arithmetic/digit.js";
import { logitsOf, networkFrom } from "../../static/js/arithmetic/network.js";

const [pictures, side, weights, seen] = process.argv.slice(2);
const bytes = readFileSync(pictures);
const file = readFileSync(weights);
const network = networkFrom(file.buffer.slice(file.byteOffset, file.byteOffset + file.length));
const pixels = Number(side) ** 2;
const prepared = [];
for (let start = 0; start < bytes.length; start += pixels) {
  const digit = preparedDigit({ width: Number(side), height: Number(side), data: bytes.subarray(start, start + pixels) });
  prepared.push(digit.data);
  console.log(JSON.stringify(logitsOf(network, digit)));
}
writeFileSync(seen, Buffer.concat(prepared));
