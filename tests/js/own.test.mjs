import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { advice, byFolder, folderName } from "../../static/js/labs/own-classes.js";
import { crc32, zipParts } from "../../static/js/labs/zip.js";
import { fixture } from "./fixtures.mjs";

for (const { classes, advice: said } of fixture("advice")) {
  const counts = classes.map(([name, count]) => ({ name, count }));
  test(`page and server say the same of ${JSON.stringify(classes).slice(0, 60)}`, () => assert.deepEqual(advice(counts), said));
}

const paths = (found) => Object.fromEntries([...found].map(([name, files]) => [name, files.length]));
const at = (...names) => names.map((name) => ({ name }));
const path = ({ name }) => name;

test("files fall into the class of the folder that tells them apart", () => {
  assert.deepEqual(paths(byFolder(at("desk/cup/1.jpg", "desk/cup/2.jpg", "desk/pen/1.jpg"), path)), { cup: 2, pen: 1 });
  assert.deepEqual(paths(byFolder(at("a/b/cup/1.jpg", "a/b/pen/old/1.jpg"), path)), { cup: 1, pen: 1 });
});

test("one folder of pictures is one class", () => assert.deepEqual(paths(byFolder(at("cup/1.jpg", "cup/2.jpg"), path)), { cup: 2 }));

test("what lies beside the folders has no class, and litter is left out", () => {
  assert.deepEqual(paths(byFolder(at("desk/cup/1.jpg", "desk/2.jpg", "desk/cup/.DS_Store", "desk/__MACOSX/x"), path)), { desk: 2 });
});

test("the name of a class never parts a path", () => {
  assert.equal(folderName(" a/b\\c:d "), "a-b-c-d");
  assert.equal(folderName("..hidden"), "hidden");
  assert.equal(folderName("../.."), "-..");
});

test("the checksum of the standard's own example", () => assert.equal(crc32(new TextEncoder().encode("123456789")), 0xcbf43926));

test("a zip made in the page is read by Python's zipfile, names and bytes", () => {
  const files = [
    { name: "tasse à café/1.jpg", bytes: Uint8Array.from({ length: 5000 }, (_, at) => at % 251) },
    { name: "pen/empty", bytes: new Uint8Array(0) },
  ];
  const file = join(mkdtempSync(join(tmpdir(), "zip-")), "own.zip");
  writeFileSync(file, Buffer.concat(zipParts(files)));
  const program = "import sys,zipfile,json; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(json.dumps({n: list(z.read(n)) for n in z.namelist()}))";
  const read = JSON.parse(execFileSync("python3", ["-c", program, file], { timeout: 20_000 }).toString());
  assert.deepEqual(read, Object.fromEntries(files.map(({ name, bytes }) => [name, [...bytes]])));
});

test("more than a plain zip holds is refused", () => {
  const many = Array.from({ length: 65_536 }, (_, place) => ({ name: `${place}`, bytes: new Uint8Array(0) }));
  assert.throws(() => zipParts(many), RangeError);
});
