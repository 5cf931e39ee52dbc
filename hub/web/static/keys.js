// Keys of the console: `/` to search, `j` and `k` among the rows, Enter opens, `?` says which there are.

const OFF = "hub.keys.off"; // in localStorage: who dictates to the browser may turn them off (WCAG 2.1.4)
const KEYS = [["/", "Buscar"], ["j", "Fila siguiente"], ["k", "Fila anterior"], ["Enter", "Abrir la fila"], ["?", "Esta ayuda"], ["Esc", "Cerrar"]];
const rows = () => [...document.querySelectorAll(".rows .opens")];

export function keys() {
  const button = document.querySelector("button.keys");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", help);
  }
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem(OFF)) return;
    if (event.target.matches("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;
    const act = { "/": search, j: () => move(1), k: () => move(-1), "?": help }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function search() {
  document.getElementById("q")?.focus();
}

function move(step) {
  const all = rows();
  const at = all.findIndex((link) => link.closest("tr, li")?.contains(document.activeElement));
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function help() {
  const dialog = document.getElementById("keys") ?? made();
  dialog.showModal();
}

function made() {
  const dialog = document.createElement("dialog");
  dialog.id = "keys";
  dialog.setAttribute("aria-labelledby", "keys-title");
  const title = Object.assign(document.createElement("h2"), { id: "keys-title", textContent: "Atajos de teclado" });
  const list = document.createElement("dl");
  for (const [key, what] of KEYS) {
    const term = document.createElement("dt");
    term.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    list.append(term, Object.assign(document.createElement("dd"), { textContent: what }));
  }
  const label = document.createElement("label");
  const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: !localStorage.getItem(OFF) });
  box.addEventListener("change", () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
  label.append(box, " Usar estos atajos");
  const close = Object.assign(document.createElement("button"), { type: "button", className: "btn main", textContent: "Cerrar" });
  close.addEventListener("click", () => dialog.close());
  dialog.append(title, list, label, close);
  document.body.append(dialog);
  return dialog;
}
