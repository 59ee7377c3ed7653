import assert from "node:assert/strict";
import { test } from "node:test";

import { apply, counted, emptyLog, hasEnded } from "../../static/js/labs/points.js";
import { fixture } from "./fixtures.mjs";

const COLUMNS = ["step", "loss", "metric", "lr"];

// One frame per event, as the server never mixes attempts in a frame.
const framesOf = (pairs) => pairs.map(([attempt, event], index) => ({ run: "r", attempt, seq: index + 1, state: "running", events: [event] }));

function summary(log) {
  const view = counted(log);
  return {
    columns: Object.fromEntries(COLUMNS.map((name) => [name, view[name]])),
    epochs: view.epochs.map((epoch) => epoch.step),
    others: view.events.map((event) => event.type).filter((type) => type !== "epoch"),
  };
}

for (const { name, pairs, columns, epochs, others } of fixture("counted")) {
  const expected = { columns, epochs, others };

  test(`the points that count are those of nets.events: ${name}`, () => {
    const log = emptyLog();
    for (const frame of framesOf(pairs)) apply(log, frame);
    assert.deepEqual(summary(log), expected);
  });

  test(`frames that come twice and too late change nothing: ${name}`, () => {
    const log = emptyLog();
    const frames = framesOf(pairs);
    frames.forEach((frame, index) => {
      apply(log, frame);
      apply(log, frames[Math.floor(index / 2)]);
      assert.equal(apply(log, frame), false);
    });
    assert.deepEqual(summary(log), expected);
  });
}

test("frames by socket and by poll that overlap leave no double", () => {
  const log = emptyLog();
  const point = (step) => ({ type: "steps", step: [step], loss: [1], metric: [0], lr: [0.1] });
  apply(log, { run: "r", attempt: 1, seq: 2, state: "running", events: [point(1), point(2)] });
  apply(log, { run: "r", attempt: 1, seq: 3, state: "running", events: [point(2), point(3)] });
  assert.deepEqual(counted(log).step, [1, 2, 3]);
});

test("points that come out of order are drawn in order", () => {
  const log = emptyLog();
  const points = (...step) => ({ type: "steps", step, loss: step, metric: step, lr: step });
  apply(log, { run: "r", attempt: 1, seq: 2, state: "running", events: [points(1, 3)] });
  assert.deepEqual(counted(log).step, [1, 3]);
  apply(log, { run: "r", attempt: 1, seq: 3, state: "running", events: [points(2, 4)] });
  assert.deepEqual(counted(log).step, [1, 2, 3, 4]);
});

test("points past the step of a resumed attempt go before that attempt has spoken", () => {
  const log = emptyLog();
  const points = (...step) => ({ type: "steps", step, loss: step, metric: step, lr: step });
  apply(log, { run: "r", attempt: 1, seq: 2, state: "running", events: [points(1, 2, 3, 4)] });
  apply(log, { run: "r", attempt: 2, seq: 3, state: "running", events: [{ type: "resumed", attempt: 2, step: 2 }] });
  assert.deepEqual(counted(log).step, [1, 2]);
});

test("an end is never left again", () => {
  const log = emptyLog();
  apply(log, { run: "r", attempt: 1, seq: 4, state: "finished", reason: "completed", events: [] });
  apply(log, { run: "r", attempt: 1, seq: 5, state: "running", reason: "", events: [] });
  assert.equal(log.state, "finished");
  assert.equal(log.reason, "completed");
  assert.ok(hasEnded(log));
});

test("an alive frame brings a new place in the queue without a new seq", () => {
  const log = emptyLog();
  const frame = (ahead) => ({ run: "r", attempt: 0, seq: 0, state: "queued", events: [{ type: "waiting", ahead, seconds: 9 }] });
  assert.ok(apply(log, frame(2)));
  assert.ok(apply(log, frame(1)));
  assert.equal(apply(log, frame(1)), false);
  assert.equal(log.waiting.ahead, 1);
});

test("a started run waits no more", () => {
  const log = emptyLog();
  apply(log, { run: "r", attempt: 0, seq: 0, state: "queued", events: [{ type: "waiting", ahead: 1, seconds: 3 }] });
  apply(log, { run: "r", attempt: 1, seq: 1, state: "running", events: [] });
  assert.equal(log.waiting, null);
});

test("whatever is no frame changes nothing", () => {
  const log = emptyLog();
  for (const junk of [null, 3, "frame", [], {}, { seq: "1", events: [] }, { seq: 1 }, { seq: 1.5, events: [] }, { seq: 1, events: {} }]) {
    assert.equal(apply(log, junk), false);
  }
  assert.ok(apply(log, { seq: 1, attempt: 1, state: "running", events: [null, 7, { type: "unheard-of" }, { type: "steps" }] }));
  assert.deepEqual(counted(log).step, []);
});
