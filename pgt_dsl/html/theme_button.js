// The theme's button: light or dark, at first as the system says. `chosen` is told what was chosen.
"use strict";

function themeButton(chosen = () => {}) {
  const root = document.documentElement;
  const button = document.querySelector("#theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const say = () => button.setAttribute("aria-pressed", String(isDark()));
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    chosen(root.dataset.theme);
    say();
  });
  system.addEventListener("change", say);
  say();
}

