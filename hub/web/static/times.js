// Beside each exact time, how long ago it is or how long until then.

const words = new Intl.RelativeTimeFormat("es-CO", { numeric: "auto", style: "short" });
const UNITS = [["day", 86_400], ["hour", 3600], ["minute", 60]]; // seconds
const LONGEST = 30 * 86_400; // seconds: beyond this the date says more

function relative(instant) {
  const seconds = (new Date(instant) - Date.now()) / 1000;
  if (Math.abs(seconds) > LONGEST) return "";
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ["minute", 60];
  return words.format(Math.trunc(seconds / size), unit);
}

function say(time) {
  const text = relative(time.dateTime);
  const beside = time.querySelector("small") ?? time.appendChild(document.createElement("small"));
  if (beside.textContent === text) return;
  beside.textContent = text;
  time.title = text; // in a row, which has one date, there is no room beside it
}

export function times(part) {
  part.querySelectorAll("time[datetime]").forEach(say);
}

setInterval(() => document.hidden || times(document), 30_000);
