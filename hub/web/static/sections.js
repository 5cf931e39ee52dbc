// The three sections: where each reads its rows, and what it shows of a row.

import { ask, caseLink, chip, make, may } from "./page.js";
import { dueTime, dueWords, eventName, fullTime, personWords, reasonWords, shortTime, skippedWords } from "./words.js";

const when = (instant) => make("time", { datetime: instant, title: fullTime(instant) }, shortTime(instant));
const titled = (title, code) => [title, make("small", {}, code)];
const opener = (open, ...children) => make("button", { type: "button", class: "opener", onclick: open }, ...children);

export function makeSections(words, { show, reload }) {
  const eventTitle = (name) => words.events[name] ?? name;

  return {
    entregas: {
      byId: (id) => messageDetail({ id: encodeURIComponent(id) }),
      path: "/api/messages",
      states: words.messageStates,
      counted: "messages",
      all: "Todos",
      usual: "",
      empty: "Todavía no hay mensajes. Publique un evento y aparecerán aquí.",
      columns: ["Cuándo", "Evento", "Persona", "Canal", "Estado", "Motivo"],
      cells: (row) => [
        [when(row.created_at)],
        [opener(() => show(messageDetail(row)), ...titled(eventTitle(row.event), row.event))],
        [make("span", { title: row.person }, personWords(row.person))],
        [words.channels[row.channel] ?? row.channel],
        [chip(row.state, words.messageStates[row.state] ?? row.state)],
        [reasonWords(row.reason, words), row.next_at ? make("small", {}, `Próximo intento: ${shortTime(row.next_at)}`) : null],
      ],
    },
    relojes: {
      byId: clockDetail,
      path: "/api/clocks",
      states: words.clockStates,
      counted: "clocks",
      pending: ["open", "at_risk", "breached"],
      all: "En curso",
      usual: "",
      empty: "No hay relojes corriendo.",
      columns: ["Promesa", "Caso", "Vence", "Nivel", "Estado"],
      cells: (row) => [
        [make("strong", {}, words.clocks[row.name] ?? row.name)],
        [caseLink(row.case, make("span", { title: row.case }, row.case.replace(/^[a-z_]+:/, "")))],
        [dueWords(row.left) || "–", make("small", { title: fullTime(row.due_at) }, dueTime(row.due_at))],
        [`Nivel ${row.level}`, words.levels[row.level] ? make("small", {}, words.levels[row.level]) : null],
        [chip(row.state, words.clockStates[row.state] ?? row.state)],
      ],
    },
    muertas: {
      path: "/api/dead",
      states: words.deadStates,
      counted: "dead",
      pending: ["open"],
      all: "Todas",
      usual: "open",
      empty: "No hay cartas muertas pendientes: todo lo que llegó se pudo recibir.",
      columns: ["Cuándo", "Evento", "Motivo", "Campo", may("operate") ? "Acciones" : "Estado"],
      cells: (row) => [
        [when(row.received_at)],
        letterTitle(row),
        [...translated(row.reason), row.times > 1 ? make("small", {}, `Rechazada ${row.times} veces`) : null, sentBy(row)],
        [row.field ? make("code", {}, row.field) : "–"],
        [make("div", { class: "actions" }, ...settling(row))],
      ],
    },
  };

  // The exact reason is in English, for publishers; a Spanish text precedes it, if there is one.
  function translated(reason) {
    const [, word] = words.deadReasons.find(([part]) => reason.includes(part)) ?? [];
    return word ? [word, make("small", {}, reason)] : [reason];
  }

  function sentBy(row) {
    return row.wrong_sender ? make("small", {}, `La envió: ${row.sender ?? "alguien sin identificarse"}`) : null;
  }

  function letterTitle(row) {
    const title = titled(eventTitle(eventName(row.event_type)) || "Sin tipo", eventName(row.event_type));
    return may("privacy") || may("operate") ? [opener(() => show(letterDetail(row)), ...title)] : title;
  }

  function settling(row) {
    if (!may("operate") || (row.state && row.state !== "open")) return [chip(row.state ?? "open", words.deadStates[row.state ?? "open"] ?? row.state)];
    // What was refused for who sent it is refused again, unless the sender has been given its source since.
    const doubt = row.wrong_sender ? "¿Reintentar lo que no era suyo?" : undefined;
    return [action("Reintentar", row, "replay", doubt), action("Descartar", row, "discard", "¿Descartar?")];
  }

  // A second press within four seconds confirms an action that cannot be undone.
  function action(word, row, verb, question) {
    const button = make("button", { type: "button", class: question ? "quiet" : "" }, word);
    button.addEventListener("click", async () => {
      if (question && button.textContent !== question) {
        button.textContent = question;
        setTimeout(() => (button.textContent = word), 4000);
        return;
      }
      button.disabled = true;
      try {
        await ask(`/api/dead/${row.id}/${verb}`, { method: "POST" });
      } catch (error) {
        button.title = error.message;
        button.disabled = false;
        button.textContent = "No se pudo; reintente";
        return;
      }
      reload();
    });
    return button;
  }

  async function messageDetail(row, query = "") {
    const message = await ask(`/api/messages/${row.id}${query}`);
    const facts = [
      ["Estado", chip(message.state, words.messageStates[message.state] ?? message.state)],
      ["Qué significa", message.means],
      ["Qué hacer", message.to_do.replaceAll("`", "")],
      ["Persona", personWords(message.person)],
      ["Nombre", message.name],
      ["Dirección", message.address],
      ["Canal", words.channels[message.channel] ?? message.channel],
      ["Propósito", words.purposes[message.purpose] ?? message.purpose],
      ["Ocasión", message.occasion],
      ["Creado", fullTime(message.created_at)],
      ["Próximo intento", message.next_at && fullTime(message.next_at)],
      ["Canales omitidos", (message.skipped ?? []).map((each) => skippedWords(each, words)).join("; ")],
      ["Caso", caseLink(message.id, "Ver el caso completo")],
      ["Id del evento", make("code", {}, message.event_id)],
      ["Id del mensaje", make("code", {}, message.id)],
    ];
    const whole = message.masked && message.may_unmask ? [unmask(row)] : [];
    const calls = attempts(message.attempts ?? []);
    const proof = message.may_unmask && calls.length ? [proveButton(message)] : [];
    return { title: eventTitle(message.event), body: [listOf(facts), ...whole, ...proof, ...calls] };
  }

  async function clockDetail(id) {
    const clock = await ask(`/api/clocks/${encodeURIComponent(id)}`);
    const facts = [
      ["Estado", chip(clock.state, words.clockStates[clock.state] ?? clock.state)],
      ["Caso", clock.context.radicado ?? clock.case.replace(/^[a-z_]+:/, "")],
      ["Asunto", clock.context.subject],
      ["Empezó", fullTime(clock.started_at)],
      ["Vence", fullTime(clock.due_at)],
      ["Situación", clock.due_words],
      ["Nivel", words.levels[clock.level] ?? String(clock.level)],
      ["Tomado por", clock.acknowledged.map((ack) => `nivel ${ack.level}, ${shortTime(ack.at)}`).join("; ")],
    ];
    return { title: words.clocks[clock.name] ?? clock.name, body: [listOf(facts)] };
  }

  // The hub audits each unmasked look, so the page makes one only when the user asks.
  function unmask(row) {
    return make("button", { type: "button", class: "quiet unmask", onclick: () => show(messageDetail(row, "?whole=true")) }, "Ver datos completos");
  }

  // What it said, made again and compared with what left: audited as well.
  function proveButton(message) {
    return make("button", { type: "button", class: "quiet prove", onclick: () => show(evidenceDetail(message)) }, "Prueba");
  }

  async function evidenceDetail(message) {
    const { items } = await ask(`/api/messages/${message.id}/evidence`);
    const body = items.flatMap((each) => [
      listOf([
        ["Salió", fullTime(each.at)],
        ["Proveedor", [each.provider, each.reference].filter(Boolean).join(" · ")],
        ["Resultado", `${each.what} ${each.why}`.trim()],
        ["Asunto", each.subject],
        ["Texto", each.text && make("pre", {}, each.text)],
        ["Huella", each.sha256 && make("code", {}, each.sha256)],
        ["Versión de los textos", each.template_version && make("code", {}, each.template_version)],
      ]),
    ]);
    const nothing = make("p", {}, "Ningún proveedor aceptó este mensaje: no se dijo nada.");
    return { title: `Prueba: ${eventTitle(message.event)}`, body: body.length ? body : [nothing] };
  }

  function attempts(all) {
    const rows = all.map((each) =>
      make("li", {}, when(each.at), " ", words.outcomes[each.outcome] ?? each.outcome,
        make("small", {}, [each.provider, each.code, each.reference].filter(Boolean).join(" · "))));
    return rows.length ? [make("h3", {}, "Intentos"), make("ol", { class: "attempts" }, ...rows)] : [];
  }

  async function letterDetail(row) {
    const letter = await ask(`/api/dead/${row.id}`);
    const facts = [
      ["Motivo", letter.reason],
      ["Campo", letter.field && make("code", {}, letter.field)],
      ["Tipo", letter.event_type],
      ["Id del evento", letter.event_id && make("code", {}, letter.event_id)],
      ["Origen", letter.source],
      ["Enviado por", letter.sender ?? "Nadie se identificó"],
      ["Remitente", letter.wrong_sender && chip("failed", "No puede publicarlo")],
      ["Clave de enrutamiento", letter.routing_key],
      ["Tipo de contenido", letter.content_type],
      ["Llegó", fullTime(letter.received_at)],
      ["Tamaño", `${letter.size.toLocaleString("es-CO")} bytes`],
      ["Id de la carta", make("code", {}, letter.id)],
    ];
    const body = letter.masked
      ? make("p", { class: "note" }, "El contenido puede tener datos de personas: lo ve quien tiene Gestión o Protección de datos.")
      : make("pre", { tabindex: "0", "aria-label": "Contenido" }, letter.body ?? letter.body_base64);
    return { title: "Carta muerta", body: [listOf(facts), make("h3", {}, "Contenido"), body] };
  }

  function listOf(facts) {
    const shown = facts.filter(([, value]) => value);
    return make("dl", {}, ...shown.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
  }
}
