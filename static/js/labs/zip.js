// A plain zip, stored without compression (pictures are compressed already), made in the page. Pure.
// Application note of PKWARE, sections 4.3.7, 4.3.12 and 4.3.16; names are UTF-8 (bit 11), the date is the first of 1980.

const UTF8 = 0x0800;
const FIRST_DAY = 0x0021;
const MOST_FILES = 0xffff;
const MOST_BYTES = 0xffffffff;

const CRCS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** CRC-32 of bytes, as zip has it. */
export function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ CRCS[(crc ^ byte) & 0xff];
  return (crc ^ 0xffffffff) >>> 0;
}

/** The parts of a zip, for a Blob, that holds files: [{name, bytes: Uint8Array}]. A RangeError for more than a plain zip holds. */
export function zipParts(files) {
  if (files.length > MOST_FILES) throw new RangeError(`A zip holds ${MOST_FILES.toLocaleString("en")} files; these are ${files.length.toLocaleString("en")}.`);
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const { name, bytes } of files) {
    const path = new TextEncoder().encode(name);
    const crc = crc32(bytes);
    const head = header(0x04034b50, [[2, 20], [2, UTF8], [2, 0], [2, 0], [2, FIRST_DAY], [4, crc], [4, bytes.length], [4, bytes.length], [2, path.length], [2, 0]]);
    parts.push(head, path, bytes);
    directory.push(
      header(0x02014b50, [[2, 20], [2, 20], [2, UTF8], [2, 0], [2, 0], [2, FIRST_DAY], [4, crc], [4, bytes.length], [4, bytes.length], [2, path.length], [2, 0], [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]]),
      path,
    );
    offset += head.length + path.length + bytes.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  if (offset + size > MOST_BYTES) throw new RangeError("A zip holds 4 GB; these pictures are more.");
  return [...parts, ...directory, header(0x06054b50, [[2, 0], [2, 0], [2, files.length], [2, files.length], [4, size], [4, offset], [2, 0]])];
}

/** A signature and fields of so many bytes each, little-endian. */
function header(signature, fields) {
  const all = [[4, signature], ...fields];
  const bytes = new Uint8Array(all.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let place = 0;
  for (const [size, value] of all) {
    if (size === 2) view.setUint16(place, value, true);
    else view.setUint32(place, value, true);
    place += size;
  }
  return bytes;
}
