import assert from "node:assert/strict";
import { test } from "node:test";

import { answerOf, ask, NoAnswer, sentence } from "../../static/js/inference/asking.js";
import { bytesOf, grey, overlaid, whereabouts } from "../../static/js/inference/pictures.js";
import { begin, emptyDrawing, extend, path, sample, undo } from "../../static/js/inference/strokes.js";

const picture = (width, values) => ({ width, height: values.length / width, pixels: Buffer.from(values).toString("base64") });

test("pixels arrive as they were sent", () => {
  assert.deepEqual([...bytesOf(picture(2, [0, 127, 128, 255]))], [0, 127, 128, 255]);
  assert.deepEqual([...grey(picture(1, [7]))], [7, 7, 7, 255]);
});

test("an overlay without strength is the picture itself", () => {
  const seen = picture(2, [0, 10, 200, 255]);
  assert.deepEqual([...overlaid(seen, picture(2, [255, 255, 0, 0]), 0)], [...grey(seen)]);
});

test("a full overlay shows the map alone where the evidence is highest", () => {
  const [red, green, blue] = overlaid(picture(1, [0]), picture(1, [255]), 1);
  assert.deepEqual([red, green, blue], [253, 231, 37]);
});

test("a map says in words where its evidence lies, and that it has none", () => {
  const spot = (index) => whereabouts(picture(3, Array.from({ length: 9 }, (_, place) => (place === index ? 255 : 0))));
  assert.equal(spot(0), "in the upper left");
  assert.equal(spot(1), "at the top");
  assert.equal(spot(4), "around the centre");
  assert.equal(spot(5), "on the right");
  assert.equal(spot(6), "in the lower left");
  assert.equal(whereabouts(picture(2, [0, 0, 0, 0])), "");
});

test("strokes are added, drawn on and taken back without touching the older drawing", () => {
  const one = begin(emptyDrawing(), [0, 0], 0.1);
  const two = begin(extend(one, [[0.5, 0.5]]), [1, 1], 0.1);
  assert.deepEqual(one.strokes[0].points, [[0, 0]]);
  assert.deepEqual(undo(two).strokes[0].points, [[0, 0], [0.5, 0.5]]);
  assert.deepEqual(undo(emptyDrawing()).strokes, []);
});

test("a line begins and ends where the pen did, and a dot is a line too", () => {
  const line = path([[0, 0], [1, 0], [1, 1]]);
  assert.deepEqual(line[0], ["M", 0, 0]);
  assert.deepEqual(line.at(-1), ["L", 1, 1]);
  const [from, to] = path([[0.5, 0.5]]);
  assert.deepEqual(from, ["M", 0.5, 0.5]);
  assert.notDeepEqual(to.slice(1), from.slice(1));
});

test("every digit that is drawn for someone lies on the paper", () => {
  for (let digit = 0; digit < 10; digit += 1) {
    const points = sample(digit, 0.05).strokes.flatMap((stroke) => stroke.points);
    assert.ok(points.length > 1);
    for (const [x, y] of points) assert.ok(x > 0.1 && x < 0.9 && y > 0.1 && y < 0.9, `${digit}: ${x}, ${y}`);
  }
});

test("the sentences of an error answer are found in both of its forms", () => {
  assert.equal(sentence({ error: "No." }), "No.");
  assert.equal(sentence({ errors: { image: "Empty.", run: "Gone." } }), "Empty. Gone.");
  assert.equal(sentence(null), null);
});

// A server in this process: what the page asks is answered as the API would.
function serve(answers) {
  const asked = [];
  globalThis.fetch = async (url, options = {}) => {
    asked.push({ url, options });
    const { status = 200, body } = answers.shift();
    return { ok: status < 400, status, json: async () => body };
  };
  return asked;
}

const QUEUED = { id: "q", url: "/api/v1/queries/q", state: "queued" };

test("a question is looked after until it is answered", async () => {
  const answered = { ...QUEUED, state: "answered", answer: { classes: [] } };
  const asked = serve([{ status: 201, body: QUEUED }, { body: { ...QUEUED, state: "running" } }, { body: answered }]);
  const query = await ask({ address: "/api/v1/queries", token: "t", run: "r", image: new Blob(["x"]), source: "drawn" });
  assert.equal(query.state, "answered");
  assert.equal(asked[0].options.headers["X-CSRFToken"], "t");
  assert.equal(asked[0].options.body.get("kind"), "grad_cam");
  assert.equal(asked[2].url, QUEUED.url);
});

test("a refusal is told in the server's own sentence", async () => {
  serve([{ status: 422, body: { errors: { image: "This file is empty." } } }]);
  await assert.rejects(
    ask({ address: "/q", token: "t", run: "r", image: new Blob([]), source: "upload" }),
    (error) => error instanceof NoAnswer && error.message === "This file is empty.",
  );
});

test("a question that failed is told in its own sentence", async () => {
  serve([{ body: { ...QUEUED, state: "failed", error: "Nothing stands out from the paper." } }]);
  await assert.rejects(answerOf("/q", {}), /Nothing stands out/);
});

test("a server that is away is a sentence, not a stack", async () => {
  globalThis.fetch = async () => { throw new TypeError("network"); };
  await assert.rejects(answerOf("/q", {}), (error) => error instanceof NoAnswer);
});

test("a question that is given up stops being looked after", async () => {
  serve([{ body: QUEUED }, { body: QUEUED }]);
  const giving = new AbortController();
  const waiting = answerOf("/q", { signal: giving.signal });
  giving.abort();
  await assert.rejects(waiting, { name: "AbortError" });
});
