// A draft that saves itself: after some rest its form is posted, and the parts of the page that the hub has made anew
// (`data-part`) take the place of the old ones. Without this module its buttons do the same.

const REST = 1000; // milliseconds without a change until it is saved
const AGAIN = 5000; // milliseconds until it is tried again without connection
const kept = () => document.getElementById("kept");

for (const form of document.querySelectorAll("form[data-autosave]")) keep(form);

export function keep(form) {
  let timer = 0;
  let busy = false;
  let changed = false; // something was typed since the form was posted
  let waiting = null; // the button that was pressed meanwhile
  const later = (wait = REST) => { clearTimeout(timer); timer = setTimeout(save, wait); };

  form.addEventListener("input", ({ target }) => {
    if (target.matches("[data-filter], [type=file], [name^='list.'], [name=audience], [name=audience_name]")) return;
    changed = true;
    later();
  });
  // What is chosen or dropped is attached at once.
  form.addEventListener("change", ({ target }) => {
    if (target.name === "files" && target.files.length) form.requestSubmit(form.querySelector("[name=go][value=attach]"));
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!busy) return;
    // Its version is about to change: what was pressed goes on after that.
    event.preventDefault();
    waiting = event.submitter;
  });
  if (form.querySelector("[data-making]")) later();
  document.addEventListener("visibilitychange", () => { if (document.hidden && changed) save(); });

  async function save() {
    clearTimeout(timer);
    if (busy) return later();
    [busy, changed] = [true, false];
    const data = new FormData(form);
    for (const name of [...data.keys()]) if (/^(sheet|list|files)\b/.test(name)) data.delete(name);
    data.set("go", "auto");
    try {
      const answer = await fetch(form.action, { method: "POST", body: data });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (answer.status === 409) return say("Alguien más lo cambió: cargue la página otra vez.");
      if (!page.querySelector("form[data-autosave]")) return say("No se pudo guardar: cargue la página otra vez.");
      show(page);
    } catch {
      changed = true;
      say("Sin conexión: no se ha guardado todavía.");
      later(AGAIN);
    } finally {
      busy = false;
      if (waiting) form.requestSubmit(waiting);
      waiting = null;
    }
  }

  // What somebody has changed meanwhile stays as they have it; the version is always the newest.
  function show(page) {
    for (const fresh of page.querySelectorAll("[data-part]")) {
      const old = document.getElementById(fresh.id);
      const held = changed && fresh.id !== "f-state" && fresh.id !== "kept";
      if (fresh.querySelector("[data-making]")) later(AGAIN / 2);
      if (old && !held && !old.contains(document.activeElement)) old.replaceWith(document.importNode(fresh, true));
    }
  }
}

function say(text) {
  if (kept()) kept().textContent = text;
}

// Many buildings: a field that leaves those with its words, and a button that chooses what is left.
const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
for (const part of document.querySelectorAll("[data-script]")) part.hidden = false;
for (const field of document.querySelectorAll("[data-filter]")) {
  field.addEventListener("input", () => {
    const words = folded(field.value).split(/\s+/);
    for (const one of document.getElementById(field.dataset.filter).children) one.hidden = !words.every((word) => folded(one.textContent).includes(word));
  });
  field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}
for (const button of document.querySelectorAll("[data-all]")) {
  button.addEventListener("click", () => {
    const shown = [...document.getElementById(button.dataset.all).children].filter((one) => !one.hidden).map((one) => one.querySelector("input"));
    const every = shown.every((input) => input.checked);
    for (const input of shown) input.checked = !every;
    shown[0]?.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
