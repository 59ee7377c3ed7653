// The theme on one's own page: shown at once in this browser; keep_theme.js keeps it with the account.
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

form.addEventListener("change", () => show(new FormData(form).get("theme")));
form.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("stride:theme", (event) => {
  form.elements.theme.value = event.detail.theme; // the switch in the header was used instead
});
document.addEventListener("stride:theme-kept", (event) => {
  status.textContent = event.detail.ok ? form.dataset.saved : form.dataset.failed;
});
