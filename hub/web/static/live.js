// A page that shows what is live loads itself again when the hub says that something of it has changed.

const topics = document.body.dataset.topics;
const pulse = document.getElementById("pulse");
let source = null;
let wanted = false; // something has changed since the page was last asked for
let busy = false;
let used = false; // somebody has typed or clicked since the line was opened: that keeps them signed in
let ended = false; // nobody is signed in any more

export function live() {
  if (!topics) return;
  pulse.hidden = false;
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  document.addEventListener("focusout", () => setTimeout(refresh));
  for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, () => { used = true; }, { passive: true });
  open();
}

function open() {
  if (source || document.hidden || ended) return;
  const { stood, stream = "/live" } = document.body.dataset;
  const asked = new URLSearchParams();
  if (stream === "/live") asked.set("topics", topics);
  if (stood) asked.set("stood", stood);
  if (used) asked.set("used", "true");
  used = false;
  source = new EventSource(asked.size ? `${stream}?${asked}` : stream);
  // Each look at a page that says how it stood is noted: the hub says whether there is anything new.
  source.addEventListener("open", () => { say("Se actualiza sola"); if (!stood) look(); });
  source.addEventListener("error", again);
  source.addEventListener("changed", look);
}

// By itself a line is opened again at its old address, which says how the page stood long ago.
function again() {
  const refused = source?.readyState === EventSource.CLOSED;
  close();
  say("Sin conexión con el hub: se intenta de nuevo", true);
  setTimeout(open, refused ? 60_000 : 3_000);
  if (refused) look();
}

function leave() {
  ended = true;
  close();
  say("Su sesión terminó: cargue la página otra vez", true);
}

// A hidden tab needs no line: a browser has six for one host.
function close() {
  source?.close();
  source = null;
}

function say(text, lost = false) {
  pulse.classList.toggle("lost", lost);
  if (pulse.textContent !== text) pulse.textContent = text;
}

function look() {
  wanted = true;
  refresh();
}

// Never under somebody's hands: a field being filled in, a text being selected.
const isInUse = (part) => part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
const isSelecting = () => getSelection().type === "Range";

async function refresh() {
  if (!wanted || busy || isSelecting()) return;
  busy = true;
  wanted = false;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html", "Hub-Live": "1" }, redirect: "manual" });
    if (answer.type === "opaqueredirect") leave();
    else if (answer.ok) put(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    say("Sin conexión con el hub: se intenta de nuevo", true);
  } finally {
    busy = false;
  }
  document.dispatchEvent(new Event("refreshed"));
}

function put(fresh) {
  if (!fresh.body.dataset.topics) return leave();
  if (fresh.body.dataset.stood) document.body.dataset.stood = fresh.body.dataset.stood;
  for (const part of document.querySelectorAll("[data-live]")) {
    const made = fresh.getElementById(part.id);
    if (!made) continue;
    if (isInUse(part)) wanted = true;
    else merge(part, made);
  }
}

// Replace only what differs, so that the rest keeps its focus, its selection and what was opened.
function merge(old, made) {
  if (old.isEqualNode(made)) return;
  const kept = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
  const isList = old.matches("tbody, ul, ol") && kept.size > 0;
  for (const name of ["class", "href", "value", "title"]) if (made.hasAttribute(name)) old.setAttribute(name, made.getAttribute(name));
  if (isList) return mergeList(old, made, kept);
  if (old.children.length === made.children.length && old.children.length > 0 && [...old.children].every((child, i) => child.tagName === made.children[i].tagName) && onlyElements(old)) {
    [...old.children].forEach((child, i) => merge(child, made.children[i]));
    return;
  }
  const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  for (const details of made.querySelectorAll("details[id]")) details.open = document.getElementById(details.id)?.open ?? details.open;
  old.replaceChildren(...made.childNodes);
  if (focused) old.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
}

const onlyElements = (node) => [...node.childNodes].every((child) => child.nodeType === Node.ELEMENT_NODE || !child.textContent.trim());

function mergeList(old, made, kept) {
  const rows = [...made.children];
  const ids = new Set(rows.map((row) => row.id));
  for (const [id, row] of kept) if (!ids.has(id)) row.remove();
  let place = old.firstElementChild;
  for (const row of rows) {
    const known = kept.get(row.id);
    if (!known) {
      row.classList.add("changed");
      old.insertBefore(row, place);
      continue;
    }
    if (known !== place) old.insertBefore(known, place);
    else place = place.nextElementSibling;
    merge(known, row);
  }
}
