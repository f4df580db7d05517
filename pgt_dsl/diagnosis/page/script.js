// The theme's button, and pictures that open large. Without it everything is there to be read.
{
  themeButton();
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
