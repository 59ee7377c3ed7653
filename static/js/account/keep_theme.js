// Keeps the theme that is chosen anywhere on the site with the account, so that it holds on other devices too.
// Says how that went: "stride:theme-kept" with {ok}.
const ADDRESS = "/me/theme/";

function token() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1] ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}

async function keep(theme) {
  try {
    const headers = { "X-CSRFToken": token() };
    const response = await fetch(ADDRESS, { method: "POST", headers, body: new URLSearchParams({ theme }) });
    return response.ok;
  } catch {
    return false;
  }
}

document.addEventListener("stride:theme", async (event) => {
  const ok = await keep(event.detail.theme);
  document.dispatchEvent(new CustomEvent("stride:theme-kept", { detail: { ok } }));
});
