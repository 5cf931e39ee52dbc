// Minutes go on counting on a page that stays open; whatever is farther the server has said.

const hour = new Intl.DateTimeFormat("es-CO", { hour: "numeric", minute: "2-digit", timeZone: "America/Bogota" });

function say(time) {
  if (!time.textContent.startsWith("hace ")) return;
  const at = new Date(time.dateTime);
  const minutes = Math.floor((Date.now() - at) / 60_000);
  if (minutes < 1) return;
  if (minutes < 60) time.textContent = `hace ${minutes} min`;
  else if (time.textContent.endsWith(" min")) time.textContent = `hoy ${hour.format(at)}`;
}

setInterval(() => document.hidden || document.querySelectorAll("time[datetime]").forEach(say), 30_000);
