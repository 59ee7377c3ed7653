import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const STATIC = new URL("../../static/", import.meta.url);
const LESSONS = new URL("../../courses/content/cnn/lessons/", import.meta.url);
const BUDGET_BYTES = 60 * 1024; // what a lesson page may send of script and style, compressed
const LAB_BUDGET_BYTES = 120 * 1024; // and what a lab or run page may
const RUN = ["css/lab.css", "css/run.css", "vendor/uplot/uPlot.min.css"];
// Where the server finds what npm brought.
const FROM_NPM = { "vendor/uplot/": "../node_modules/uplot/dist/" };
const FRAME = ["css/tokens.css", "css/base.css", "css/layout.css", "css/forms.css", "js/theme.js"];
const SCRIPTS = ["terms", "contents", "reading-place", "lesson/notes", "lesson/report", "lesson/place"];
const LESSON = ["css/lesson.css", "css/widgets.css", ...SCRIPTS.map((name) => `js/${name}.js`)];
// Not import("..."): what that fetches, a page sends when it is first touched.
const IMPORT = /(?:from|import)\s*"(\.[^"]+)"/g;

/** A file with everything that it imports at once. */
function withImports(address, seen = new Set()) {
  const url = onDisk(address);
  if (seen.has(url.href)) return seen;
  seen.add(url.href);
  if (url.pathname.endsWith(".js")) {
    for (const [, path] of readFileSync(url, "utf8").matchAll(IMPORT)) withImports(new URL(path, url), seen);
  }
  return seen;
}

function onDisk(url) {
  const [place, folder] = Object.entries(FROM_NPM).find(([name]) => url.href.startsWith(new URL(name, STATIC).href)) ?? [];
  return place ? new URL(url.href.slice(new URL(place, STATIC).href.length), new URL(folder, STATIC)) : url;
}

function compressed(names) {
  const files = new Set();
  for (const name of names) withImports(new URL(name, STATIC), files);
  return [...files].reduce((sum, href) => sum + gzipSync(readFileSync(new URL(href))).length, 0);
}

for (const [page, scripts] of Object.entries({
  run: ["js/labs/live-run.js", "js/labs/training-looks.js"],
  compare: ["js/labs/compare-runs.js"],
})) {
  test(`the ${page} page stays within the budget of a lab`, () => {
    const bytes = compressed([...FRAME, ...RUN, ...scripts]);
    assert.ok(bytes <= LAB_BUDGET_BYTES, `${bytes} bytes of ${LAB_BUDGET_BYTES}`);
  });
}

for (const lesson of readdirSync(LESSONS).filter((name) => name.endsWith(".md"))) {
  test(`lesson ${lesson.slice(0, -3)} stays within its budget with all its widgets`, () => {
    const named = readFileSync(new URL(lesson, LESSONS), "utf8").matchAll(/^:::\{(widget|exercise)\} (\S+)/gm);
    const widgets = [...new Set([...named].map(([, kind, name]) => (kind === "exercise" ? "exercise-cell" : name)))];
    const styles = widgets.map((widget) => `css/widgets/${widget}.css`).filter((name) => existsSync(new URL(name, STATIC)));
    const bytes = compressed([...FRAME, ...LESSON, ...styles, ...widgets.map((widget) => `js/widgets/${widget}.js`)]);
    assert.ok(bytes <= BUDGET_BYTES, `${bytes} bytes of ${BUDGET_BYTES}`);
  });
}

test("the index names exactly the widgets that there are, each defining its own element", () => {
  const widgets = Object.keys(JSON.parse(readFileSync(new URL("js/widgets/index.json", STATIC))));
  const scripts = readdirSync(new URL("js/widgets/", STATIC)).filter((name) => name.endsWith(".js")).map((name) => name.slice(0, -3));
  assert.deepEqual(widgets, scripts.sort());
  for (const name of widgets) {
    assert.match(readFileSync(new URL(`js/widgets/${name}.js`, STATIC), "utf8"), new RegExp(`customElements\\.define\\("${name}"`));
  }
});
