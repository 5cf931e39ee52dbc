// Machine words, instants and durations in Spanish. Pure: no page, no network.

const ZONE = "America/Bogota";
const DAY = new Intl.DateTimeFormat("es-CO", { timeZone: ZONE, dateStyle: "short" });
const CLOCK = new Intl.DateTimeFormat("es-CO", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const SHORT_DAY = new Intl.DateTimeFormat("es-CO", { timeZone: ZONE, day: "numeric", month: "short" });
const FULL = new Intl.DateTimeFormat("es-CO", { timeZone: ZONE, dateStyle: "full", timeStyle: "medium" });
const DUE = new Intl.DateTimeFormat("es-CO", { timeZone: ZONE, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false });

export function fullTime(instant) {
  return FULL.format(new Date(instant));
}

export function shortTime(instant, now = Date.now()) {
  const at = new Date(instant);
  const time = CLOCK.format(at);
  return DAY.format(at) === DAY.format(now) ? time : `${SHORT_DAY.format(at)}, ${time.slice(0, 5)}`;
}

// A term of days ends at 24:00, which a person reads as the end of the day before.
export function dueTime(instant) {
  const at = new Date(instant);
  if (CLOCK.format(at) !== "00:00:00" && CLOCK.format(at) !== "24:00:00") return DUE.format(at);
  return `${SHORT_DAY.format(at.getTime() - 1)}, al final del día`;
}

function amount(seconds) {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  const days = Math.floor(hours / 24);
  return days === 1 ? "1 día" : `${days} días`;
}

export function dueWords(left) {
  if (!left) return "";
  if (left.unit === "seconds") {
    return left.amount < 0 ? `vencido hace ${amount(-left.amount)}` : `vence en ${amount(left.amount)}`;
  }
  if (left.unit === "business_days") {
    if (left.amount === 0) return "vence hoy";
    return left.amount === 1 ? "vence en 1 día hábil" : `vence en ${left.amount} días hábiles`;
  }
  return `vence en ${businessAmount(left.amount)}`;
}

// Never show business time in days: a business day is not 24 hours.
function businessAmount(seconds) {
  if (seconds < 3600) return seconds < 60 ? `${seconds} s hábiles` : `${Math.floor(seconds / 60)} min hábiles`;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return minutes ? `${hours} h ${minutes} min hábiles` : `${hours} h hábiles`;
}

export function reasonWords(reason, words) {
  if (!reason) return "";
  if (words.reasons[reason]) return words.reasons[reason];
  const start = Object.keys(words.reasonStarts)
    .filter((each) => reason.startsWith(each))
    .sort((a, b) => b.length - a.length)[0];
  return start ? words.reasonStarts[start] : reason;
}

// "voice:not_configured" → "Llamada: El canal no está configurado"
export function skippedWords(skipped, words) {
  const [channel, reason] = skipped.split(":");
  return `${words.channels[channel] ?? channel}: ${reasonWords(reason, words).toLowerCase()}`;
}

export function personWords(reference) {
  return reference.startsWith("inline:") ? `Contacto directo ${reference.slice(7, 13)}` : reference;
}

// The routing key of a type: `co.coproservicios.pqrs.received.v1` → `pqrs.received`.
export function eventName(type) {
  return (type ?? "").replace(/^co\.coproservicios\./, "").replace(/\.v\d+$/, "");
}
