import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const STATIC = new URL("../../static/", import.meta.url);
const BUDGET_BYTES = 60 * 1024; // what a lesson page may send of script and style, compressed
const FRAME = ["css/tokens.css", "css/base.css", "css/layout.css", "css/forms.css", "js/theme.js"];
const LESSON = ["css/lesson.css", "css/widgets.css", "js/terms.js", "js/contents.js"];
const IMPORT = /(?:from|import)\s*\(?\s*"(\.[^"]+)"/g;

/** A file with everything that it imports. */
function withImports(url, seen = new Set()) {
  if (seen.has(url.href)) return seen;
  seen.add(url.href);
  if (url.pathname.endsWith(".js")) {
    for (const [, path] of readFileSync(url, "utf8").matchAll(IMPORT)) withImports(new URL(path, url), seen);
  }
  return seen;
}

test("a lesson with every widget there is stays within its budget", () => {
  const widgets = Object.keys(JSON.parse(readFileSync(new URL("js/widgets/index.json", STATIC))));
  const files = new Set();
  for (const name of [...FRAME, ...LESSON, ...widgets.map((widget) => `js/widgets/${widget}.js`)]) withImports(new URL(name, STATIC), files);
  const bytes = [...files].reduce((sum, href) => sum + gzipSync(readFileSync(new URL(href))).length, 0);
  assert.ok(bytes <= BUDGET_BYTES, `${bytes} bytes of ${BUDGET_BYTES}`);
});

test("the index names exactly the widgets that there are, each defining its own element", () => {
  const widgets = Object.keys(JSON.parse(readFileSync(new URL("js/widgets/index.json", STATIC))));
  const scripts = readdirSync(new URL("js/widgets/", STATIC)).filter((name) => name.endsWith(".js")).map((name) => name.slice(0, -3));
  assert.deepEqual(widgets, scripts.sort());
  for (const name of widgets) {
    assert.match(readFileSync(new URL(`js/widgets/${name}.js`, STATIC), "utf8"), new RegExp(`customElements\\.define\\("${name}"`));
  }
});
