// The states that a run has kept, as they come: the form that branches off one of them offers them, and the slider over the
// epochs marks them. A worker keeps only the last two and the best, so each news of one asks which are there now. A branch off
// a run that is done needs epochs of its own: until somebody types a number, as many again are offered.

import { percent } from "../percent.js";

const form = document.querySelector("[data-branching]");
const choice = form?.querySelector("[name=step]");
const epochs = form?.querySelector("[name=epochs]");
const done = new Map([...(choice?.options ?? [])].map(({ value, dataset }) => [value, Number(dataset.epoch)]));

async function renew() {
  const reply = await fetch(form.dataset.branching, { headers: { Accept: "application/json" } }).catch(() => null);
  const states = reply?.ok ? await reply.json() : [];
  if (!states.length) return;
  const chosen = choice.value;
  choice.replaceChildren(...states.toReversed().map((state) => new Option(named(state), state.step)));
  if (states.some(({ step }) => String(step) === chosen)) choice.value = chosen;
  for (const { step, epoch } of states) done.set(String(step), epoch ?? 0);
  offerEpochs();
  form.hidden = false;
  document.dispatchEvent(new CustomEvent("run-states", { detail: { steps: states.map(({ step }) => step) } }));
}

function named({ step, epoch, metric }) {
  const parts = [`step ${step.toLocaleString("en")}`, epoch ? `epoch ${epoch}` : "", metric == null ? "" : percent(metric)];
  return parts.filter(Boolean).join(", ");
}

function offerEpochs() {
  if (!epochs || epochs.value !== epochs.defaultValue) return;
  const asked = Number(epochs.dataset.asked);
  const before = done.get(choice.value) ?? 0;
  epochs.value = epochs.defaultValue = before < asked ? asked : Math.min(Number(epochs.dataset.most), before + asked);
}

choice?.addEventListener("change", offerEpochs);
if (form) document.addEventListener("run-kept", renew);
