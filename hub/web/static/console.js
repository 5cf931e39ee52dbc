// The live page: the open section, its filters, and polling the hub two seconds after each answer.

import { makeMatters } from "./matters.js";
import { ask, byId, make } from "./page.js";
import { makeSections } from "./sections.js";
import { shortTime } from "./words.js";

const EVERY = 2000; // milliseconds
const MATTERS_EVERY = 10_000; // milliseconds
const words = JSON.parse(byId("words").textContent);
const filters = byId("filters");
const tabs = [...document.querySelectorAll("[role=tab]")];
const sections = makeSections(words, { show, reload: () => look() });
const matters = makeMatters(words, { show });
const shown = new Map(); // id → { row, text, element } of the open section

let open = "entregas";
let next = null; // the cursor behind the last page shown
let older = false; // true once "Ver anteriores" was used: new rows then go on top of what is there
let turn = 0; // the last look that was begun; an answer to an earlier one comes too late
let timer = 0;
let mattersAt = 0; // when the matters were last asked for

function path(after) {
  const query = new URLSearchParams({ limit: "50" });
  const { state, channel, event, search } = filters.elements;
  if (state.value) query.set("state", state.value);
  if (open === "entregas") {
    if (channel.value) query.set("channel", channel.value);
    if (event.value) query.set("event", event.value);
    const wanted = search.value.trim();
    if (wanted) query.set(search.dataset.as ?? "person", wanted);
  }
  if (after) query.set("after", after);
  return `${sections[open].path}?${query}`;
}

// The search text may be a person's reference or an event's id; keep the filter that finds rows.
async function read(after) {
  const { search } = filters.elements;
  const page = await ask(path(after));
  if (open !== "entregas" || !search.value.trim() || page.items.length || after) return page;
  search.dataset.as = search.dataset.as === "event_id" ? "person" : "event_id";
  return ask(path(after));
}

async function look() {
  clearTimeout(timer);
  if (document.hidden) return;
  const mine = ++turn;
  try {
    const [summary, incidents, page] = await Promise.all([ask("/api/summary"), ask("/api/incidents"), read(null)]);
    if (mine !== turn) return;
    count(summary.counts);
    warn(incidents.items.filter((row) => row.state === "open"));
    draw(page.items);
    if (!older) next = page.next;
    finish(page);
    if (Date.now() - mattersAt > MATTERS_EVERY) {
      mattersAt = Date.now();
      await matters();
    }
    pulse(true);
  } catch (error) {
    if (mine === turn) pulse(false, error);
  }
  // Schedule the next poll when this one ends: never ask a slow hub faster than it answers.
  if (mine === turn) timer = setTimeout(look, EVERY);
}

// One line per open incident; screen readers do not announce an unchanged line again.
function warn(incidents) {
  const place = byId("incidents");
  const text = JSON.stringify(incidents.map((row) => [row.key, row.since]));
  if (place.dataset.text === text) return;
  place.dataset.text = text;
  place.hidden = incidents.length === 0;
  place.firstElementChild.replaceChildren(...incidents.map((row) =>
    make("li", { title: row.meanwhile }, make("strong", {}, row.title), ` desde ${shortTime(row.since)}. `, make("span", {}, row.to_do.replaceAll("`", "")))));
}

function finish(page) {
  byId("more").hidden = !next;
  byId("empty").hidden = shown.size > 0;
  byId("empty").textContent = filtered() ? "Nada coincide con los filtros." : sections[open].empty;
  const note = byId("note");
  note.hidden = !(open === "relojes" && page.source === "sql" && !["met", "cancelled"].includes(filters.elements.state.value));
  note.textContent = "Redis no responde: los relojes se leen de la base de datos.";
}

const filtered = () => filters.elements.state.value !== sections[open].usual || [...new FormData(filters)].some(([name, value]) => name !== "state" && value);

// Update only changed rows, so that the others keep their place, focus and selection.
function draw(rows) {
  const body = byId("rows");
  if (!older) {
    const ids = new Set(rows.map((row) => row.id));
    for (const [id, old] of shown) if (!ids.has(id)) { old.element.remove(); shown.delete(id); }
  }
  let place = body.firstElementChild;
  for (const row of rows) {
    const element = rowElement(row);
    if (element === place) place = place.nextElementSibling;
    else body.insertBefore(element, place);
  }
}

function append(rows) {
  for (const row of rows) byId("rows").append(rowElement(row));
}

function rowElement(row) {
  const text = JSON.stringify(row);
  const old = shown.get(row.id);
  if (old?.text === text) return old.element;
  const { columns, cells } = sections[open];
  const element = old?.element ?? make("tr", { onclick: openByClick });
  const focused = element.contains(document.activeElement);
  element.replaceChildren(...cells(row).map((children, i) => make("td", { "data-label": columns[i] }, ...children.filter(Boolean))));
  if (focused) element.querySelector("button")?.focus();
  if (old && old.row.state !== row.state) flash(element);
  shown.set(row.id, { row, text, element });
  return element;
}

function flash(element) {
  element.classList.remove("changed");
  void element.offsetWidth; // starts the animation again
  element.classList.add("changed");
}

function openByClick(event) {
  if (!event.target.closest("button") && !getSelection().toString()) {
    event.currentTarget.querySelector("button.opener")?.click();
  }
}

// The hub counts no further of what has ended.
const MANY = 10_000;
const amount = (n, more) => n.toLocaleString("es-CO") + (more ? "+" : "");

function count(counts) {
  for (const [name, { counted, states, pending }] of Object.entries(sections)) {
    const byState = counts[counted] ?? {};
    const total = (pending ?? Object.keys(byState)).reduce((sum, state) => sum + (byState[state] ?? 0), 0);
    byId(`total-${name}`).textContent = amount(total, Object.values(byState).includes(MANY));
    const items = Object.entries(states)
      .filter(([state]) => byState[state])
      .map(([state, word]) => [state, word, amount(byState[state], byState[state] === MANY)]);
    const list = byId(`counts-${name}`);
    const text = JSON.stringify(items);
    if (list.dataset.text === text) continue;
    list.dataset.text = text;
    list.replaceChildren(...items.map(([state, word, n]) => make("li", {}, counter(name, state, word, n))));
  }
}

function counter(name, state, word, n) {
  const go = () => {
    openTab(name);
    filters.elements.state.value = state;
    restart();
  };
  return make("button", { type: "button", class: `chip ${state}`, onclick: go }, make("b", {}, n), ` ${word}`);
}

function pulse(well, error) {
  const element = byId("pulse");
  element.classList.toggle("lost", !well);
  const words = well ? "En vivo" : `Sin respuesta del hub; se sigue intentando (${error.message})`;
  if (element.textContent !== words) element.textContent = words;
}

function openTab(name) {
  if (name === open) return;
  open = name;
  for (const tab of tabs) {
    const mine = tab.id === `tab-${name}`;
    tab.setAttribute("aria-selected", mine);
    tab.tabIndex = mine ? 0 : -1;
  }
  byId("panel").setAttribute("aria-labelledby", `tab-${name}`);
  history.replaceState(null, "", `#${name}`);
  filters.reset();
  prepare();
}

function prepare() {
  const { states, columns, usual, all } = sections[open];
  byId("columns").replaceChildren(...columns.map((column) => make("th", { scope: "col" }, column)));
  fill("state", states, all, usual);
  for (const label of filters.querySelectorAll("[data-only]")) label.hidden = label.dataset.only !== open;
  restart();
}

function fill(name, options, all, usual = "") {
  const choices = Object.entries(options).map(([value, word]) => make("option", { value, selected: value === usual }, word));
  filters.elements[name].replaceChildren(make("option", { value: "" }, all), ...choices);
}

function restart() {
  shown.clear();
  byId("rows").replaceChildren();
  older = false;
  next = null;
  look();
}

async function show(detail) {
  try {
    const { title, body } = await detail;
    byId("detail-title").textContent = title;
    byId("detail-body").replaceChildren(...body);
    if (!byId("detail").open) byId("detail").showModal();
  } catch (error) {
    pulse(false, error);
  }
}

async function readOlder() {
  const page = await read(next);
  older = true;
  next = page.next;
  append(page.items);
  byId("more").hidden = !next;
}

function moveAmongTabs(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const tab = tabs[(tabs.indexOf(event.currentTarget) + step + tabs.length) % tabs.length];
  tab.focus();
  tab.click();
}

fill("channel", words.channels, "Todos");
fill("event", words.events, "Todos");
for (const tab of tabs) {
  tab.addEventListener("click", () => openTab(tab.id.slice("tab-".length)));
  tab.addEventListener("keydown", moveAmongTabs);
}
let typing = 0;
filters.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(restart, 250);
});
filters.addEventListener("reset", () => setTimeout(restart));
filters.addEventListener("submit", (event) => event.preventDefault());
byId("more").addEventListener("click", readOlder);
byId("detail").addEventListener("click", (event) => event.target === byId("detail") && byId("detail").close());
document.addEventListener("visibilitychange", look);
// A link in a message to staff: #relojes/ID opens the promise, #entregas/ID the message.
const [section, id] = location.hash.slice(1).split("/");
if (section in sections) openTab(section);
if (id && sections[section]?.byId) show(sections[section].byId(decodeURIComponent(id)));
if (open === "entregas") prepare();
