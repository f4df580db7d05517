// The theme's button, and pictures that open large. Without it everything is there to be read.
"use strict";
{
  const root = document.documentElement;
  const button = document.querySelector("#theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const say = () => button.setAttribute("aria-pressed", String(isDark()));
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    say();
  });
  system.addEventListener("change", say);
  say();
  const dialog = document.querySelector("dialog");
  for (const picture of document.querySelectorAll(".case button")) {
    picture.addEventListener("click", () => {
      const big = dialog.querySelector(".big");
      big.replaceChildren(...[...picture.querySelectorAll("img")].map((image) => image.cloneNode()));
      dialog.showModal();
    });
  }
  dialog.addEventListener("click", () => dialog.close());
}
