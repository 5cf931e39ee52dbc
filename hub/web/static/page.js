// Small builders of page elements. Text is always set as text, so that data of events never becomes markup.

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

export const byId = (id) => document.getElementById(id);

export const chip = (state, word) => make("span", { class: `chip ${state}` }, word);

// The page of a case: by its key, or by the id of anything in it.
export const caseLink = (key, ...children) => make("a", { href: `/cases/${encodeURIComponent(key)}` }, ...children);

// The caller: the page hides what their scopes do not allow. The hub refuses it in any case.
const me = JSON.parse(byId("me").textContent);
export const may = (scope) => me.scopes.includes(scope);

export async function ask(path, options = {}) {
  const headers = { Accept: "application/json", "X-CSRF-Token": me.csrf };
  const answer = await fetch(path, { headers, ...options });
  if (answer.status === 401) location.reload(); // the session has ended: the form is there now
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error);
  return body;
}
