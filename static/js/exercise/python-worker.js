// Runs a learner's Python apart from the page, which may end this worker at any moment. Speaks with python.js alone:
// {load: {python, harness}} is answered by {ready} or {failed}, {run: {code, exercise}} by {printed}… and {done} or {failed}.
const BEYOND = ["fetch", "XMLHttpRequest", "WebSocket", "WebSocketStream", "WebTransport", "EventSource", "indexedDB", "caches", "Worker", "BroadcastChannel", "navigator"];

let runJson = null;

self.addEventListener("message", async ({ data }) => {
  try {
    if (data.load) await load(data.load);
    else run(data.run);
  } catch (error) {
    self.postMessage({ failed: String(error.message ?? error) });
  }
});

async function load({ python, harness }) {
  const [{ loadPyodide }, source] = await Promise.all([import(`${python}pyodide.mjs`), text(harness)]);
  const pyodide = await loadPyodide({ indexURL: python, stdin: () => null });
  const names = pyodide.toPy({ __name__: "harness" });
  pyodide.runPython(source, { globals: names });
  runJson = names.get("run_json");
  shutIn();
  self.postMessage({ ready: true });
}

async function text(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${response.status} ${address}`);
  return response.text();
}

/** Code that someone pasted runs in their name on this site, so it gets no way to ask the site, or anyone, for anything. */
function shutIn() {
  for (const name of BEYOND) Object.defineProperty(self, name, { value: undefined });
}

function run({ code, exercise }) {
  const answer = runJson(code, exercise, (printed) => self.postMessage({ printed }));
  self.postMessage({ done: JSON.parse(answer) });
}
