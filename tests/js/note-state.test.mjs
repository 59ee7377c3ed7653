import assert from "node:assert/strict";
import { test } from "node:test";
import { afterSave } from "../../static/js/lesson/note-state.js";

test("after a save the field shows what is kept, and starts from it", () => {
  assert.deepEqual(afterSave({ now: "a", sent: "a", kept: "a" }), { text: "a", base: "a" });
});

test("what another tab wrote shows once nobody is typing", () => {
  assert.deepEqual(afterSave({ now: "a", sent: "a", kept: "b\na" }), { text: "b\na", base: "b\na" });
});

test("whoever typed on while it was saved keeps what they typed, and the next save merges from what was sent", () => {
  assert.deepEqual(afterSave({ now: "a longer", sent: "a", kept: "b\na" }), { text: "a longer", base: "a" });
});
