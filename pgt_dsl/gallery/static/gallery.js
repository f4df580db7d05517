// Search and filters, the theme's button, and the viewer of pictures. Without it, all tasks are there to be read.
const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const shown = (element) => !element.closest("[hidden]");

function theme() {
  themeButton((chosen) => {
    try { localStorage.setItem("pgt-gallery-theme", chosen); } catch { /* storage may be forbidden */ }
  });
}

function filters() {
  const form = one("#filters");
  if (!form) return;
  const tasks = all("[data-task]");
  const sections = all("[data-section]");
  const words = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);
  const fields = all("input, select", form);

  const fits = (task) => fields.every(({ name, value }) => {
    if (!value) return true;
    if (name === "q") return words(value).every((word) => task.dataset.text.includes(word));
    if (name === "family") return task.dataset.family === value;
    return task.dataset[name].split(" ").some((has) => value.split(" ").includes(has));
  });

  const apply = () => {
    let count = 0;
    for (const task of tasks) {
      task.hidden = !fits(task);
      count += !task.hidden;
    }
    for (const section of sections) section.hidden = !one("[data-task]:not([hidden])", section);
    const set = fields.some(({ value }) => value);
    const whole = tasks.length === 1 ? "task" : "tasks";
    one("#found").textContent = set ? `${count} of ${tasks.length} ${whole}` : `${tasks.length} ${whole}`;
    one("#nothing").hidden = count > 0;
    one("[type=reset]", form).hidden = !set;
    form.classList.toggle("set", set);
    return set;
  };

  const remember = () => {
    const state = new URLSearchParams();
    for (const { name, value } of fields) if (value) state.set(name, value);
    const text = state.toString();
    history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
  };

  const read = () => {
    const text = location.hash.slice(1);
    if (!text.includes("=")) return;
    const state = new URLSearchParams(text);
    for (const field of fields) field.value = state.get(field.name) ?? "";
    apply();
  };

  const clear = () => {
    for (const field of fields) field.value = "";
    apply();
  };

  const clearAll = (event) => {
    event.preventDefault();
    clear();
    remember();
    one("[name=q]", form).focus();
  };

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => { apply(); remember(); });
  form.addEventListener("reset", clearAll);
  one("[data-clear]").addEventListener("click", clearAll);
  addEventListener("hashchange", () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && !shown(target)) {
      clear();
      target.scrollIntoView();
    } else read();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches?.("input, select, textarea");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      one("[name=q]", form).focus();
      one("[name=q]", form).select();
    } else if (event.key === "Escape" && event.target.name === "q" && event.target.value) {
      event.preventDefault();
      event.target.value = "";
      apply();
      remember();
    }
  });
  if (!location.hash) apply();  // a browser that goes back fills the fields in again
  read();
}

function viewer() {
  const links = all(".picture");
  if (!links.length || !window.HTMLDialogElement) return;
  const dialog = document.createElement("dialog");
  dialog.className = "viewer";
  dialog.setAttribute("aria-label", "A sample at full size");
  const stage = document.createElement("div");
  stage.className = "stage";
  const button = (name, label, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = `icon ${name}`;
    made.setAttribute("aria-label", label);
    made.textContent = { close: "×", before: "‹", after: "›" }[name];
    made.addEventListener("click", act);
    return made;
  };
  let current = null;
  const step = (by) => {
    const samples = all(".sample").filter(shown);
    show(samples[(samples.indexOf(current) + by + samples.length) % samples.length]);
  };
  const show = (sample) => {
    current = sample;
    const name = document.createElement("p");
    name.className = "name";
    name.textContent = one("h2", sample.closest(".card")).textContent;
    const copy = sample.cloneNode(true);
    for (const image of all("img", copy)) image.loading = "eager";
    for (const link of all(".picture", copy)) link.tabIndex = -1;
    stage.replaceChildren(name, ...copy.childNodes);
    stage.scrollTop = 0;
  };
  dialog.append(button("close", "Close", () => dialog.close()), button("before", "Sample before", () => step(-1)),
    stage, button("after", "Next sample", () => step(1)));
  document.body.append(dialog);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
    if (event.target.closest?.(".picture")) event.preventDefault();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") step(1);
    if (event.key === "ArrowLeft") step(-1);
  });
  dialog.addEventListener("close", () => {
    const link = current && one(".picture", current);
    if (link) { link.focus({ preventScroll: true }); current.scrollIntoView({ block: "nearest" }); }
  });
  for (const link of links) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      show(link.closest(".sample"));
      dialog.showModal();
    });
  }
}

function crumbs() {
  const here = one(".crumbs [aria-current]");
  if (here) here.parentElement.scrollLeft = here.offsetLeft - (here.parentElement.clientWidth - here.offsetWidth) / 2;
}

theme();
crumbs();
filters();
viewer();
