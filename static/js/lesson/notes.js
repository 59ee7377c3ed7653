// Saves the notes on a lesson by itself, and keeps them in this browser while Stride cannot be reached.
// What another tab wrote meanwhile is merged by the server: it gets the text as it is and the text that this page
// started from (`base`), and answers with one that holds what both wrote.

import { afterSave } from "./note-state.js";

const REST_MILLISECONDS = 800;
const RETRY_MILLISECONDS = 10_000;
const panel = document.getElementById("notes");
const form = panel.querySelector("form");
const field = form.elements.text;
const status = panel.querySelector("[data-status]");
const KEY = `note:${panel.dataset.person}:${panel.dataset.lesson}`;

let base = field.value;
let sending = false;
let timer = 0;

const say = (word) => { status.textContent = panel.dataset[word] ?? word; };

function draft() {
  try {
    return JSON.parse(localStorage.getItem(KEY));
  } catch {
    return null; // storage may be forbidden or hold something else; the server's note then stands
  }
}

function keepDraft() {
  try {
    if (field.value === base) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify({ text: field.value, base }));
  } catch {
    // the field itself still holds it
  }
}

function show(text) {
  if (field.value === text) return;
  const at = field.selectionStart;
  field.value = text;
  field.setSelectionRange(at, at);
}

function later(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(save, milliseconds);
}

async function save() {
  clearTimeout(timer);
  if (sending || field.value === base) return;
  sending = true;
  const sent = field.value;
  say("saving");
  const body = new FormData(form);
  body.set("text", sent);
  body.set("base", base);
  try {
    const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, keepalive: sent.length + base.length < 20_000 });
    settle(response.ok, await response.json().catch(() => ({})), sent);
  } catch {
    say("offline");
    later(RETRY_MILLISECONDS);
  } finally {
    sending = false;
  }
}

function settle(ok, answer, sent) {
  if (!ok) {
    say(answer.error ?? "refused"); // the draft stays in this browser and in the field
    return;
  }
  const state = afterSave({ now: field.value, sent, kept: answer.note });
  base = state.base;
  show(state.text);
  form.elements.base.value = base;
  keepDraft();
  if (field.value === base) say(answer.note === sent ? "saved" : "merged");
  else later(REST_MILLISECONDS);
}

/** Take what another tab or device saved meanwhile, unless something here waits to be saved. */
async function refresh() {
  if (document.visibilityState !== "visible" || field.value !== base || sending) return;
  try {
    const response = await fetch(form.action, { headers: { Accept: "application/json" } });
    const { note } = await response.json();
    if (!response.ok || field.value !== base || note === base) return;
    base = note;
    show(note);
  } catch {
    // offline: what is here still stands
  }
}

const kept = draft();
if (kept && typeof kept.text === "string" && typeof kept.base === "string") {
  base = kept.base;
  show(kept.text);
  save();
}
field.addEventListener("input", () => { keepDraft(); say(navigator.onLine ? "typing" : "offline"); later(REST_MILLISECONDS); });
field.addEventListener("blur", save);
form.addEventListener("submit", (event) => { event.preventDefault(); save(); });
addEventListener("online", save);
addEventListener("pagehide", save);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); else refresh(); });
// Who opens their notes goes on writing at their end.
panel.addEventListener("toggle", (event) => { if (event.newState === "open") field.setSelectionRange(field.value.length, field.value.length); });
// The panel stays open beside the text while one reads (popover="manual"): the browser neither closes it nor gives the focus back.
panel.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  panel.hidePopover();
  document.querySelector("[popovertarget='notes']").focus();
});
