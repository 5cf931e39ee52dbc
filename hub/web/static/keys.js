// Keys of the console. A page says by `aria-keyshortcuts` which key presses which of its links and buttons, or goes
// into which of its fields; here are only those that move among rows. `g` begins two keys; Ctrl+K finds all by name.

const OFF = "hub.keys.off"; // in localStorage: who dictates to the browser may turn them off (WCAG 2.1.4)
const MOVES = [["j", "Fila siguiente"], ["k", "Fila anterior"], ["Enter", "Abrir la fila"], ["x", "Marcar la fila"], ["Ctrl+K", "Buscar una acción"], ["?", "Esta ayuda"], ["Esc", "Cerrar"]];
const FIELDS = "input, textarea, select, [contenteditable]";
const WAIT = 1500; // milliseconds between the two keys after `g`
let first = "";

export function keys() {
  const button = document.querySelector("button.keys");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", help);
  }
  document.addEventListener("keydown", pressed);
}

function pressed(event) {
  if (event.defaultPrevented || event.altKey || localStorage.getItem(OFF) || document.querySelector("dialog[open]")) return;
  const act = event.ctrlKey || event.metaKey ? held(event) : event.target.matches(FIELDS) ? null : plain(event.key);
  if (!act) return;
  event.preventDefault();
  act();
}

// Ctrl+Enter sends the form that is being filled in; what has consequences is typed or asked on a page of its own.
function held(event) {
  if (event.key.toLowerCase() === "k") return palette;
  const form = event.key === "Enter" && event.target.matches("textarea") ? event.target.form : null;
  return form && !form.matches(".danger, :has(.danger)") ? () => form.requestSubmit() : null;
}

function plain(key) {
  const chord = first ? `${first} ${key}` : key;
  first = "";
  if (key === "g" && chord === "g") return begin;
  return { j: () => move(1), k: () => move(-1), x: mark, "?": help }[chord] ?? named(chord);
}

function begin() {
  first = "g";
  setTimeout(() => { first = ""; }, WAIT);
}

function named(chord) {
  const node = [...document.querySelectorAll("[aria-keyshortcuts]")].find((one) => one.getAttribute("aria-keyshortcuts").toLowerCase() === chord.toLowerCase());
  return node ? () => { node.focus(); if (!node.matches(FIELDS)) node.click(); } : null;
}

// A row may have two links, of which one is in sight: to its page, and to what stands beside the list.
const rows = () => [...document.querySelectorAll(".rows :is(.opens, .peek)")].filter((link) => link.getClientRects().length);
const here = () => document.activeElement?.closest("tr, li");

function move(step) {
  const all = rows();
  const at = all.findIndex((link) => link.closest("tr, li") === here());
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function mark() {
  here()?.querySelector(".mark input")?.click();
}

// What can be pressed here, by its words: the places of the navigation, and what the page itself names.
function acts() {
  const nodes = [...document.querySelectorAll(".side .group a, main :is(a, button)[aria-keyshortcuts], .bar .btn")];
  return nodes.map((node) => ({ node, words: node.innerText.trim() || node.textContent.trim(), key: node.getAttribute("aria-keyshortcuts") ?? "" }));
}

function palette() {
  const dialog = opened("palette", "Buscar una acción");
  // In a field of searches Esc would take the words away, and leave the dialog open.
  const field = Object.assign(document.createElement("input"), { type: "text", autocomplete: "off" });
  field.setAttribute("aria-label", "Palabras de la acción");
  const list = document.createElement("ul");
  const all = acts();
  const plainly = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const show = () => {
    const wanted = plainly(field.value).split(/\s+/);
    const found = all.filter(({ words }) => wanted.every((word) => plainly(words).includes(word)));
    list.replaceChildren(...found.slice(0, 12).map(({ node, words, key }) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn plain", textContent: words });
      if (key) button.append(" ", Object.assign(document.createElement("kbd"), { textContent: key }));
      button.addEventListener("click", () => { dialog.close(); node.click(); });
      const line = document.createElement("li");
      line.append(button);
      return line;
    }));
    if (!found.length) list.append(Object.assign(document.createElement("li"), { textContent: "Ninguna acción con esas palabras." }));
  };
  field.addEventListener("input", show);
  field.addEventListener("keydown", (event) => { if (event.key === "Enter") list.querySelector("button")?.click(); });
  show();
  dialog.append(field, list);
  dialog.showModal();
}

function help() {
  const dialog = opened("keys", "Atajos de teclado");
  const list = document.createElement("dl");
  const own = [...document.querySelectorAll("[aria-keyshortcuts]")].map((node) => [node.getAttribute("aria-keyshortcuts"), node.labels?.[0]?.firstChild.textContent ?? node.innerText]);
  for (const [key, what] of [...own, ...MOVES]) {
    const term = document.createElement("dt");
    term.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    list.append(term, Object.assign(document.createElement("dd"), { textContent: what.trim() }));
  }
  const label = document.createElement("label");
  const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: !localStorage.getItem(OFF) });
  box.addEventListener("change", () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
  label.append(box, " Usar estos atajos");
  dialog.append(list, label, closing(dialog));
  dialog.showModal();
}

function closing(dialog) {
  const close = Object.assign(document.createElement("button"), { type: "button", className: "btn main", textContent: "Cerrar" });
  close.addEventListener("click", () => dialog.close());
  return close;
}

function opened(id, title) {
  document.getElementById(id)?.remove();
  const dialog = Object.assign(document.createElement("dialog"), { id });
  dialog.setAttribute("aria-labelledby", `${id}-title`);
  dialog.append(Object.assign(document.createElement("h2"), { id: `${id}-title`, textContent: title }));
  document.body.append(dialog);
  return dialog;
}
