// The states that a run has kept, as they come: the form that branches off one of them offers them, and the slider over the
// epochs marks them. A worker keeps only the last two and the best, so each news of one asks which are there now.

const form = document.querySelector("[data-branching]");
const choice = form?.querySelector("[name=step]");

async function renew() {
  const reply = await fetch(form.dataset.branching, { headers: { Accept: "application/json" } }).catch(() => null);
  const states = reply?.ok ? await reply.json() : [];
  if (!states.length) return;
  const chosen = choice.value;
  choice.replaceChildren(...states.toReversed().map((state) => new Option(named(state), state.step)));
  if (states.some(({ step }) => String(step) === chosen)) choice.value = chosen;
  form.hidden = false;
  document.dispatchEvent(new CustomEvent("run-states", { detail: { steps: states.map(({ step }) => step) } }));
}

function named({ step, epoch, metric }) {
  const parts = [`step ${step.toLocaleString("en")}`, epoch ? `epoch ${epoch}` : "", metric == null ? "" : `${(100 * metric).toFixed(1)} %`];
  return parts.filter(Boolean).join(", ");
}

if (form) document.addEventListener("run-kept", renew);
