// Light or dark as was chosen here before, set before anything is painted; else as the system says.
(() => {
  try {
    const chosen = localStorage.getItem("pgt-gallery-theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch { /* storage may be forbidden */ }
})();
