// The form to register: people are found while typing, and what may be the same once somebody was chosen. Without this
// module the button does it. Dictation is the browser's own, where it has one.

const form = document.querySelector("form.register");
const WAIT = 400; // milliseconds of rest after a key
const LEAST = 3; // letters of a search
const Speech = window.SpeechRecognition ?? window.webkitSpeechRecognition;
let timer = 0, asked = 0;

function later(step, part) {
  clearTimeout(timer);
  timer = setTimeout(() => look(step, part), WAIT);
}

// The page itself is the answer: one part of it replaces that of this page.
async function look(step, part) {
  const fields = new FormData(form);
  fields.delete("file");
  fields.set("step", step);
  const mine = ++asked;
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(fields) }).catch(() => null);
  if (!answer?.ok || mine !== asked) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.getElementById(part).replaceWith(page.getElementById(part));
  if (part === "found" && form.querySelector("[name=who]:checked")) later("alike", "alike");
}

function dictation(area) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "btn line small dictate", ariaLabel: "Dictar" }); // its word is drawn by the style
  button.title = "Su navegador escribe lo que usted dice. Quien hace el navegador puede oírlo.";
  const speech = new Speech();
  Object.assign(speech, { lang: "es-CO", continuous: true });
  let on = false;
  speech.onresult = event => {
    const said = event.results[event.results.length - 1][0].transcript.trim();
    area.value = `${area.value} ${said}`.trim();
    later("alike", "alike");
  };
  speech.onend = () => { on = false; button.ariaLabel = "Dictar"; };
  button.addEventListener("click", () => {
    on = !on;
    button.ariaLabel = on ? "Dejar de dictar" : "Dictar";
    on ? speech.start() : speech.stop();
  });
  area.after(button);
}

// Enter in a field registers: the button of the search sends nothing here.
const find = form.querySelector("[value=find]");
find.type = "button";
find.addEventListener("click", () => look("find", "found"));
form.addEventListener("input", event => {
  if (event.target.name === "q" && event.target.value.trim().length >= LEAST) later("find", "found");
  else if (event.target.matches("textarea, [name=who], [name=copropiedad]")) later("alike", "alike");
});
if (Speech) form.dataset.said.split(" ").map(name => form.elements[`data.${name}`]).filter(Boolean).forEach(dictation);
