// Keeps the theme that is chosen on one's own page: at once in this browser, and with the account for others.
const form = document.querySelector("[data-theme-choice]");
const status = form.querySelector("[data-theme-status]");

function show(theme) {
  try {
    localStorage.setItem("theme", theme); // where theme.js looks before the first paint
  } catch {
    // storage may be forbidden; the account still keeps the choice
  }
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  document.dispatchEvent(new CustomEvent("stride:theme", { detail: { theme } }));
}

async function keep() {
  const data = new FormData(form);
  show(data.get("theme"));
  try {
    const response = await fetch(form.action, { method: "POST", body: data });
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
