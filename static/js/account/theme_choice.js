// Keeps the theme that is chosen on one's own page: at once in this browser, and with the account for others.
const form = document.querySelector("[data-theme-choice]");
const status = form.querySelector("[data-theme-status]");

async function keep() {
  const theme = new FormData(form).get("theme");
  document.dispatchEvent(new CustomEvent("stride:choose-theme", { detail: { theme } }));
  try {
    const response = await fetch(form.action, { method: "POST", body: new FormData(form) });
    if (!response.ok) throw new Error(String(response.status));
    status.textContent = form.dataset.saved;
  } catch {
    status.textContent = form.dataset.failed;
  }
}

form.addEventListener("change", keep);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  keep();
});
