// Sets the reader's chosen theme before the first paint and runs the switch in the header.
// A plain script, loaded without defer, because a module would run after the page has flashed in the other theme.
(() => {
  const ORDER = ["auto", "light", "dark"];
  const root = document.documentElement;

  function chosen() {
    return [stored(), root.dataset.themeKept].find((theme) => ORDER.includes(theme)) ?? "auto";
  }

  function stored() {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage may be forbidden; the account's or the system's theme then holds
    }
  }

  function apply(theme) {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
  }

  function describe(button, theme) {
    const words = { auto: button.dataset.auto, light: button.dataset.light, dark: button.dataset.dark };
    button.setAttribute("aria-label", words[theme]);
    button.title = words[theme];
    for (const icon of button.querySelectorAll("[data-icon]")) {
      icon.toggleAttribute("hidden", icon.dataset.icon !== theme);
    }
  }

  function follow(button) {
    const theme = ORDER[(ORDER.indexOf(chosen()) + 1) % ORDER.length];
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // the choice then lasts for this page only
    }
    apply(theme);
    describe(button, theme);
    document.dispatchEvent(new CustomEvent("stride:theme", { detail: { theme } }));
  }

  apply(chosen());
  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      describe(button, chosen());
      button.dataset.ready = "";
      button.addEventListener("click", () => follow(button));
    }
  });
})();
