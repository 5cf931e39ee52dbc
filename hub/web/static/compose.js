// A page on which a text for many people is written: an editor of Markdown, a paste without the colours of Word, files
// that are dragged. Each part works without the others, and the page without any. A page says by its markup what it has:
// `textarea[data-editor=markdown]`, around it `[data-preview]` (the address that answers how the text is read, as a
// piece of HTML), `input[type=file][multiple]`.

import { toMarkdown } from "./pasted.js";

const REST = 400; // milliseconds without a key until the look of a text is asked for
const ENDS = /^(\s*)([^]*?)(\s*)$/; // the words of a selection, without the blanks around them
const TOOLS = [["Negrita", bold, "Control+b"], ["Título", (area) => begin(area, "## ")], ["Lista", (area) => begin(area, "- ")], ["Enlace", link]];

// Of a part that was replaced it is called again.
export function compose(root = document) {
  for (const area of root.querySelectorAll("textarea[data-editor=markdown]:not([data-ready])")) edit(area);
  for (const input of root.querySelectorAll("input[type=file][multiple]:not([data-ready])")) receive(input);
}

export function edit(area) {
  area.dataset.ready = "";
  const tools = Object.assign(document.createElement("div"), { className: "tools" });
  tools.setAttribute("role", "group");
  tools.setAttribute("aria-label", "Formato del texto");
  for (const [words, act, key] of TOOLS) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn line small", textContent: words });
    if (key) button.title = "Ctrl+B";
    button.addEventListener("click", () => act(area));
    tools.append(button);
  }
  area.before(tools);
  area.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "b") return;
    event.preventDefault();
    bold(area);
  });
  area.addEventListener("paste", pasted);
  preview(area);
}

// Unlike `setRangeText` this can be undone, and is heard as something typed.
function put(area, text, from, to) {
  area.focus();
  area.setSelectionRange(from, to);
  document.execCommand("insertText", false, text);
}

function bold(area) {
  const { value, selectionStart: from, selectionEnd: to } = area;
  const [, before, words, after] = ENDS.exec(value.slice(from, to));
  const made = /^\*\*[^]+\*\*$/.test(words) ? words.slice(2, -2) : `**${words}**`;
  put(area, before + made + after, from, to);
  const at = from + before.length;
  area.setSelectionRange(words ? at : at + 2, words ? at + made.length : at + 2);
}

// Begin each line that is selected with a mark, or take it away from all.
function begin(area, mark) {
  const { value, selectionStart, selectionEnd } = area;
  const from = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const end = value.indexOf("\n", selectionEnd);
  const to = end < 0 ? value.length : end;
  const lines = value.slice(from, to).split("\n");
  const marked = lines.every((line) => line.startsWith(mark));
  const made = lines.map((line) => (marked ? line.slice(mark.length) : mark + line.replace(/^(#+|[-*]|\d+\.) /, "")));
  put(area, made.join("\n"), from, to);
}

function link(area) {
  const { value, selectionStart: from, selectionEnd: to } = area;
  const words = value.slice(from, to).trim();
  put(area, `[${words || "palabras"}](https://)`, from, to);
  // What is still to be written is selected: the words, or the address.
  const at = words ? from + words.length + 3 : from + 1;
  area.setSelectionRange(at, at + 8);
}

function pasted(event) {
  const text = toMarkdown(event.clipboardData?.getData("text/html") ?? "");
  if (!text) return;
  event.preventDefault();
  put(event.target, text, event.target.selectionStart, event.target.selectionEnd);
}

export function preview(area) {
  const where = area.closest("[data-preview]")?.dataset.preview;
  if (!where) return;
  const look = Object.assign(document.createElement("div"), { className: "as-read", hidden: true });
  look.setAttribute("role", "region");
  look.setAttribute("aria-label", "Así se lee");
  area.parentElement.append(look);
  let waits = 0, asked = new AbortController();
  const ask = async () => {
    asked.abort();
    asked = new AbortController();
    const body = new URLSearchParams({ csrf: area.form?.elements.csrf?.value ?? "", text: area.value });
    const answer = await fetch(where, { method: "POST", body, signal: asked.signal }).catch(() => null);
    if (!answer?.ok) return;
    look.innerHTML = await answer.text(); // made by the hub of Markdown: what else was typed is text
    look.hidden = !area.value.trim();
  };
  area.addEventListener("input", () => { clearTimeout(waits); waits = setTimeout(ask, REST); });
  if (area.value.trim()) ask();
}

// What is dropped on the field of files, or near it, joins those that were chosen.
export function receive(input) {
  input.dataset.ready = "";
  const zone = input.closest("[data-drop], .field, .attach") ?? input.parentElement;
  const over = (event) => { event.preventDefault(); zone.classList.toggle("over", event.type === "dragover"); };
  for (const kind of ["dragover", "dragleave", "drop"]) zone.addEventListener(kind, over);
  zone.addEventListener("drop", (event) => {
    const all = new DataTransfer();
    for (const file of [...input.files, ...event.dataTransfer.files]) all.items.add(file);
    input.files = all.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

compose();
