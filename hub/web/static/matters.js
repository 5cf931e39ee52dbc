// What waits for an operator: pauses, events that reach nobody, letters to hand over, notice boards, recent replies. One line each, with its list in a dialog.

import { ask, byId, caseLink, make, may } from "./page.js";
import { eventName, personWords, shortTime } from "./words.js";

const MOST = 100;
const OF_LATE = 24 * 3600 * 1000; // milliseconds
const WEEK = 7 * OF_LATE;

export function makeMatters(words, { show }) {
  const channel = (name) => words.channels[name] ?? name;
  const event = (name) => words.events[name] ?? name;
  const many = (page, one, more) => (page.items.length === 1 ? `1 ${one}` : `${page.next ? "más de " : ""}${page.items.length} ${more}`);
  const list = (title, rows) => () => show(Promise.resolve({ title, body: [make("ol", { class: "attempts" }, ...rows)] }));
  const row = (head, ...small) => make("li", {}, head, make("small", {}, ...small.filter(Boolean).flatMap((part, n) => (n ? [" · ", part] : [part]))));
  const line = (text, open) => make("li", {}, make("button", { type: "button", class: "opener", onclick: open }, text));

  function paused({ subject, since, by, reason }) {
    const [kind, name] = subject.split(/:(.*)/s);
    const what = kind === "channel" ? channel(name) : event(name);
    return make("li", {}, make("strong", {}, `En pausa: ${what}`), ` desde ${shortTime(since)}, por ${by}${reason ? `: ${reason}` : ""}`);
  }

  function letter(each) {
    const open = (path, text) => make("a", { href: `/letters/${each.id}${path}`, target: "_blank", rel: "noopener" }, text);
    const title = may("privacy") ? open("", each.subject) : each.subject;
    const pdf = may("privacy") && !each.only_document && open("/pdf", "PDF");
    return row(title, shortTime(each.created_at), personWords(each.person), words.letterStates[each.state], each.guide && `Guía ${each.guide}`, pdf);
  }

  function toHandOver(page) {
    // What is with the post waits for its report, and not for a printer.
    const away = page.items.filter((each) => each.state === "posted");
    const here = page.items.filter((each) => each.state !== "posted");
    const told = (items, one, more) => (items.length ? [line(many({ items, next: page.next }, one, more), list("Cartas por entregar", items.map(letter)))] : []);
    return [...told(here, "carta por imprimir y entregar", "cartas por imprimir y entregar"), ...told(away, "carta en el correo certificado", "cartas en el correo certificado")];
  }

  function onBoards(page, one, more, title) {
    if (!page.items.length) return [];
    const rows = page.items.map((each) =>
      row(make("a", { href: `/api/posters/${each.id}/pdf` }, each.title ?? event(each.event)), each.building ?? each.copropiedad_id, shortTime(each.created_at), each.urgent && "Urgente"));
    return [line(many(page, one, more), list(title, rows))];
  }

  function written(page) {
    const since = Date.now() - OF_LATE;
    const late = page.items.filter((each) => new Date(each.received_at).getTime() > since);
    if (!late.length) return [];
    const rows = late.map((each) =>
      row(make("strong", {}, each.person ? personWords(each.person) : each.address), shortTime(each.received_at), channel(each.channel), each.case && caseLink(each.case, each.case.replace(/^[a-z_]+:/, ""))));
    const next = late.length === page.items.length && page.next;
    return [line(many({ items: late, next }, "respuesta de una persona en las últimas 24 horas", "respuestas de personas en las últimas 24 horas"), list("Respuestas de personas", rows))];
  }

  // Why an event does not reach all its recipients (unknown to the directory, empty audience), and what to do.
  function unreached(page) {
    const since = Date.now() - WEEK;
    const late = page.items.filter((each) => new Date(each.found_at).getTime() > since);
    if (!late.length) return [];
    const rows = late.map((each) =>
      row(make("strong", {}, event(eventName(each.type))), shortTime(each.found_at), ...each.reasons.map((reason) => words.unreached[reason] ?? reason),
        each.unit_id && `Unidad ${each.unit_id}`, each.copropiedad_id && `Copropiedad ${each.copropiedad_id}`, `Evento ${each.event_id}`));
    const next = late.length === page.items.length && page.next;
    return [line(many({ items: late, next }, "evento que no llega a todos sus destinatarios, en los últimos 7 días", "eventos que no llegan a todos sus destinatarios, en los últimos 7 días"), list("Eventos sin destinatario", rows))];
  }

  // Leave unchanged lines alone: they keep the focus, and screen readers do not announce them again.
  return async function look() {
    const [pauses, letters, toPrint, toTakeDown, replies, lost] = await Promise.all([
      ask("/api/pauses"),
      ask(`/api/letters?handed_over=false&limit=${MOST}`),
      ask(`/api/posters?state=to_print&limit=${MOST}`),
      ask(`/api/posters?state=to_take_down&limit=${MOST}`),
      ask(`/api/replies?kind=reply&limit=${MOST}`),
      ask(`/api/unreached?limit=${MOST}`),
    ]);
    const place = byId("matters");
    const boards = [
      ...onBoards(toPrint, "aviso por imprimir para la cartelera", "avisos por imprimir para la cartelera", "Cartelera: por imprimir"),
      ...onBoards(toTakeDown, "aviso por retirar de la cartelera", "avisos por retirar de la cartelera", "Cartelera: por retirar"),
    ];
    const lines = [...pauses.items.map(paused), ...unreached(lost), ...toHandOver(letters), ...boards, ...written(replies)];
    const text = JSON.stringify([pauses.items, letters.items, toPrint.items, toTakeDown.items, lost.items, lines.map((each) => each.textContent)]);
    if (place.dataset.text === text) return;
    place.dataset.text = text;
    place.hidden = lines.length === 0;
    place.replaceChildren(...lines);
  };
}
