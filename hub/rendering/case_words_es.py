"""Spanish words of cases, promises and replies in lists and forms. Only literal tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from hub.errors import AnswerDue, HubError, InvalidEvent, NotOffered, UnknownAccount

CASE_KINDS: Final[Mapping[str, str]] = {
    "pqrs_id": "PQRS",
    "thread_id": "Conversación",
    "emergency_id": "Emergencia",
    "request_id": "Reparación",
    "work_id": "Obra programada",
    "outage_id": "Servicio suspendido",
    "incident_id": "Incidente en portería",
    "package_id": "Paquete",
    "assembly_id": "Asamblea",
    "engagement_id": "Informe contable",
    "conflict_id": "Conflicto inmobiliario",
    "finding_id": "Hallazgo de calidad",
    "case_id": "Datos personales",
    "privacy.incident_id": "Incidente de datos",
}
MATTER_VIEWS: Final[Mapping[str, str]] = {
    "open": "Todo lo abierto",
    "mine": "Míos",
    "unowned": "Sin dueño",
    "today": "Vencen hoy",
    "overdue": "Vencidos",
    "at_risk": "En riesgo",
    "asleep": "Pospuestos",
    "all": "También lo cerrado",
}
"""Saved views of the list of matters, in their order."""
MATTER_KINDS: Final[Mapping[str, str]] = {
    "promises": "Promesas",
    "replies": "Respuestas",
    "petitions": "PQRS",
    "repairs": "Arreglos",
    "rights": "Derechos",
    "lodge": "Portería",
    "payments": "Pagos",
    "emergencies": "Emergencias",
}
NO_MATTERS: Final[Mapping[str, str]] = {
    "open": "Nada espera por nadie.",
    "mine": "Usted no tiene nada pendiente. Tome algo de «Sin dueño».",
    "unowned": "Todo tiene quien lo atienda.",
    "today": "Nada vence hoy.",
    "overdue": "Nada está vencido.",
    "at_risk": "Nada está en riesgo.",
    "asleep": "Nadie ha pospuesto nada.",
    "all": "Ningún asunto con esos filtros.",
}
"""View → what it means that it has no rows."""
NOT_KEPT: Final[Mapping[str, str]] = {
    "wrong_type": "no se guardó: no es un PDF o una foto completos",
    "too_large": "no se guardó: es muy grande",
    "too_many": "no se guardó: venían muchos archivos",
    "waiting": "está llegando",
    "not_fetched": "no se pudo traer: pídalo otra vez",
}
"""Why the bytes of a file that somebody sent are not kept."""
CASE_STATES: Final[Mapping[str, str]] = {
    "open": "Abierto",
    "closed": "Cerrado",
    "no_promises": "Sin promesas",
}
REPLY_KINDS: Final[Mapping[str, str]] = {
    "reply": "Mensaje",
    "opt_out": "Pide no recibir más",
    "opt_in": "Pide volver a recibir",
    "unproven": "Petición sin comprobar",
    "take_on": "TOMO",
    "automatic": "Respuesta automática",
    "complaint": "Marcó como no deseado",
}
BY_CHANNEL: Final[Mapping[str, str]] = {"email": "correo", "sms": "SMS", "whatsapp": "WhatsApp"}
"""Channel → how somebody writes by it: `Mensaje por WhatsApp`."""
REPLY_STATES: Final[Mapping[str, str]] = {
    "open": "Sin responder",
    "answered": "Respondida",
    "closed": "No necesita respuesta",
}
CLOSINGS: Final[Mapping[str, tuple[str, str]]] = {
    "pqrs_id": (
        "Qué se hizo",
        ("A quien presentó la PQRS se le escribe que su caso se cierra, con estas palabras."),
    ),
    "thread_id": (
        "",
        "El plazo de respuesta termina. El centro no le escribe a nadie: ciérrelo solo si ya le contestó.",
    ),
    "incident_id": (
        "En qué quedó",
        "A las personas afectadas se les escribe que el incidente se cierra, con estas palabras.",
    ),
    "finding_id": ("Qué se hizo", "Termina el plazo de la acción correctiva. No se le escribe a nadie."),
    "survey_id": ("En qué quedó la llamada", "Termina el plazo de la llamada. No se le escribe a nadie."),
}
"""Beginning of a case's key → the question of the form that closes it, and what follows."""
RESPOND_FIRST: Final = (
    "Corre el término legal: envíe primero la respuesta (marque «Es la respuesta de fondo»), y después "
    "cierre el caso."
)


class MarkedWords(NamedTuple):
    """Words of an act on the marked cases: the question, its button, what follows, and what was done."""

    title: str
    press: str
    follows: str
    done: str


MARKED_ES: Final[Mapping[str, MarkedWords]] = {
    "taken": MarkedWords("Asumir los casos marcados", "", "", "Asumidos: {}."),
    "released": MarkedWords("Soltar los casos marcados", "", "", "Quedaron sin encargado: {}."),
    "closed": MarkedWords(
        "Cerrar los casos marcados",
        "Sí, cerrarlos",
        "A quien presentó una PQRS se le escribe con esas palabras. Los que esperan la respuesta de fondo, y "
        "los de otros sistemas, siguen abiertos.",
        "Cerrados: {}.",
    ),
    "handed": MarkedWords(
        "Entregar los casos marcados",
        "Entregarlos",
        "Pasan a esa persona, con su razón; solo la lee el personal. Ella puede devolverlos igual.",
        "Entregados: {}.",
    ),
}
HELD_ES: Final = "«{matter}» sigue como estaba: lo tiene {holder}."
"""Of a marked case that another has; it is taken from that person on its page, with a reason."""
NOBODY_ELSE: Final = "Nadie más atiende estos casos: no hay a quién entregarlos."
REFUSED_ES: Final[Mapping[type[HubError], str]] = {
    AnswerDue: "Siguen abiertos {}: corre su término legal, y falta la respuesta de fondo.",
    NotOffered: "Siguen abiertos {}: los cierra su propio sistema.",
    InvalidEvent: "Siguen abiertos {}: falta decir qué se hizo.",
    UnknownAccount: "Siguen como estaban {}: esa persona no atiende su copropiedad.",
}
"""Why some of the marked cases stay as they were."""
PQRS_KINDS: Final[Mapping[str, str]] = {
    "peticion": "Petición",
    "queja": "Queja",
    "reclamo": "Reclamo",
    "sugerencia": "Sugerencia",
    "informacion": "Petición de información",
    "consulta": "Consulta",
}
"""What a PQRS is in law."""
ANSWERED_BY: Final[Mapping[str, str]] = {
    "directory": "Se le responde por los datos que el directorio tiene de la persona.",
    "reached": "Se le responde al correo o al teléfono que dejó; si no le llega, por carta.",
    "post": "Se le responde por carta, a la dirección que dejó.",
    "name": "Solo dejó su nombre: se le responde por carta, que se le entrega en la administración.",
    "board": (
        "No dijo quién es: se le responde en la cartelera de la copropiedad. Escriba sin nombres ni datos de "
        "nadie."
    ),
}
"""How the petitioner of a PQRS is answered."""
STEPS: Final[Mapping[str, str]] = {
    "at_risk": "Avisa que está en riesgo",
    "breach": "Se declara incumplida",
    "escalate": "Pasa al nivel siguiente",
    "remind": "Le recuerda al último nivel",
    "check": "Comprueba que los avisos hayan salido",
    "resolve": "Avisa que terminó a quienes llamó",
    "follow_up": "Publica lo que sigue",
}
CASE_CHIPS: Final[Mapping[str, str]] = {"open": "open", "closed": "done", "no_promises": "off"}
"""State of a case → how its badge looks; the same for replies below."""
REPLY_CHIPS: Final[Mapping[str, str]] = {"open": "waiting", "answered": "done", "closed": "off"}
DUE_CALLS: Final[Mapping[str, tuple[str, str, str]]] = {
    "emergency_reply": (
        "respuesta a una emergencia sin atender",
        "respuestas a una emergencia sin atender",
        "Lea lo que escribió, llame, y asuma el caso para que los demás lo sepan.",
    ),
    "emergency_unreached": (
        "emergencia con personas por llamar",
        "emergencias con personas por llamar",
        "Llame a quienes el aviso no alcanzó, y asuma el caso para que los demás lo sepan.",
    ),
    "emergency_callback": (
        "llamada a la línea de emergencias sin contestar",
        "llamadas a la línea de emergencias sin contestar",
        "Devuelva la llamada.",
    ),
}
"""Promise to call somebody who may be in danger → one such call, several, and what to do."""
