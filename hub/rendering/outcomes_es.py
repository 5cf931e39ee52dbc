"""
Outcomes of messages in Spanish: one table of states, one of reasons, for the API, the page, the command line,
`hub explain` and `docs/states.md`.

Pages and the API give the words. The command line and the document add the command beside them: a reader of a
page has no shell.

A state is final if nothing more happens to the message by itself. A person may still be reached by the next
step of its cascade, and an operator may send the message again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeVar

from msgspec.structs import asdict

from hub.model.message_rows import ListedMessage, NotifiedMessage
from hub.model.reached import CAPTURED

T = TypeVar("T")


class StateWords(NamedTuple):
    label: str
    final: bool
    means: str


class Outcome(NamedTuple):
    """The words of the API for a state and its reason."""

    final: bool
    means: str
    to_do: str


class Advice(NamedTuple):
    """The remedy, in words for the reader of a page, and as a command for an operator at a shell."""

    words: str = ""
    command: str = ""


STATES: Final[Mapping[str, StateWords]] = {
    "queued": StateWords("Por salir", False, "Espera su turno para salir"),
    "sending": StateWords("Enviando", False, "Está saliendo en este momento"),
    "sent": StateWords("Enviado", False, "El proveedor lo aceptó; no ha dicho si llegó"),
    "waiting": StateWords(
        "En su bandeja, sin leer", False, "Está en su bandeja, sin leer: todavía no le ha llegado a nadie"
    ),
    "delivered": StateWords("Entregado", True, "Llegó"),
    "read": StateWords("Leído", True, "La persona lo abrió"),
    "held": StateWords("En espera", False, "Todavía no debe salir; sale solo cuando llegue su hora"),
    "retrying": StateWords("Reintentando", False, "No se pudo; se intenta de nuevo"),
    "failed": StateWords("Fallido", True, "No se pudo enviar y no se intenta más"),
    "bounced": StateWords("Rebotado", True, "El proveedor lo aceptó y después lo devolvió"),
    "suppressed": StateWords("No se envía", True, "No hay a dónde enviarlo, o no se debe"),
    "expired": StateWords("Vencido", True, "Se hizo tarde: ya no servía enviarlo"),
    "cancelled": StateWords("Cancelado", True, "Dejó de hacer falta antes de salir"),
}
"""State of a message → its label, whether it is final, and its meaning."""

REASONS: Final[Mapping[str, str]] = {
    # the hub's own
    "unknown_person": "La persona no está en el directorio",
    "no_contact": "La persona no tiene un dato de contacto que sirva para este canal",
    "stranger": "La persona no está en el directorio y no tiene bandeja",
    "not_configured": "El canal no está configurado",
    "broken": "El canal está averiado: de eso trata el aviso",
    "not_consented": "La persona no ha autorizado estos mensajes, o no por este canal",
    "not_wanted": "La persona pidió no recibir estos mensajes, o no por este canal",
    "do_not_contact": "El equipo marcó a esta persona: no se le escribe, salvo lo que la ley exige",
    "quiet_hours": "La persona pidió silencio a esta hora; saldrá cuando termine",
    "digest": "La persona pidió un resumen de lo que no es urgente; espera el próximo",
    "in_digest": "Va en el resumen que la persona pidió, con todo su texto",
    "not_allowed_here": "No está en la lista autorizada del modo de prueba",
    "scheduled": "Es un recordatorio; saldrá cuando llegue su hora",
    "paused": "Un operador tiene en pausa el canal, el aviso o todo; saldrá cuando lo reanude",
    "throttled": "La persona recibió muchos mensajes en poco tiempo; saldrá cuando haya lugar",
    CAPTURED: "Quedó en un archivo: nadie lo recibió",
    "reached": "El aviso anterior sí le llegó; este ya no hacía falta",
    "over": "El asunto se resolvió antes de que este aviso saliera",
    "ended": "Lo que pedía, recordaba o cobraba ya terminó; este ya no hacía falta",
    "overtaken": "Otro aviso más nuevo del mismo caso lo reemplazó",
    "repeated": "Ya se le envió lo mismo hace unos minutos",
    "recalled": "El aviso se retiró antes de que saliera",
    "restored": "Es anterior a la copia restaurada; quizá ya había salido",
    "withdrawn": "Alguien del equipo lo canceló antes de que saliera",
    "erased": "La persona pidió suprimir sus datos: no se le escribe más",
    "asked_lately": "La persona tiene otra encuesta reciente",
    "not_asked": "La encuesta que recuerda no se envió a la persona",
    "not_payer": "Otra persona paga ahora esta cuenta",
    "too_old": "Llegó cuando ya no servía avisar",
    "gone": "El dato de contacto dejó de existir",
    "no_receipt": "Nadie confirmó que hubiera llegado",
    "suppressed": "Un operador pidió no escribir a ese dato de contacto",
    "inline_not_allowed": "Este tipo de mensaje solo se envía a personas del directorio",
    "contact_hours": "Fuera del horario permitido; saldrá en la próxima franja",
    "contact_limit": "La ley solo permite un contacto al día y un canal por semana; espera su turno",
    "excluded": "La persona inscribió este dato en el Registro de Números Excluidos",
    "register": "Espera el Registro de Números Excluidos: no hay lista, o está vieja",
    "working_hours": "Fuera de la jornada de trabajo de la persona; saldrá cuando empiece la próxima",
    "expired": "Se venció antes de poder enviarse",
    "template": "A la plantilla le falta un dato del aviso",
    "late_letter": "Falta menos para el hecho que lo que tarda una carta en ser leída",
    "document": "Espera su documento; sale cuando llegue, o sin él cuando venza la espera",
    "document_not_printed": "La carta solo diría dónde leer el documento en internet: hay que imprimirlo",
    "channel_fault": "Falla interna del canal; la persona de sistemas puede ver cuál",
    "storage": "La base de datos no respondió",
    "storage_refused": "La base de datos no acepta el mensaje",
    "outbox": "No se pudo escribir el archivo",
    # any provider
    "timeout": "El proveedor no respondió a tiempo",
    "connect_timeout": "No se logró conexión con el proveedor a tiempo",
    "connect_failed": "No se pudo conectar con el proveedor",
    "connection_lost": "El proveedor cortó la conexión",
    "protocol": "El proveedor respondió algo que no se entiende",
    "provider_answer": "El proveedor respondió algo que no se entiende",
    "provider_auth": "El proveedor no acepta nuestras credenciales",
    "provider_tls": "La conexión segura con el proveedor falló",
    "provider_offers": "El servidor de correo no ofrece lo que se le pide",
    "provider_permission": "Nuestra cuenta no tiene permiso para enviar",
    "provider_project": "El proyecto del proveedor no existe",
    "provider_account": "Nuestra cuenta con el proveedor no está activa",
    "provider_sender": "El proveedor no acepta nuestro remitente",
    "provider_region": "Nuestra cuenta no puede enviar a ese país",
    "provider_trial": "Nuestra cuenta con el proveedor es de prueba",
    "provider_callback": "El proveedor no acepta nuestra dirección de avisos",
    "provider_payment": "El proveedor espera un pago nuestro",
    "provider_queue_full": "El proveedor no recibe más por ahora",
    "provider_unknown": "El proveedor falló sin decir por qué",
    "rate_limited": "El proveedor pidió ir más despacio",
    "quota_exceeded": "El proveedor pidió ir más despacio",
    "unavailable": "El proveedor no está disponible",
    "internal": "El proveedor tiene una falla",
    "unspecified_error": "El proveedor falló sin decir por qué",
    "third_party_auth_error": "El proveedor no acepta nuestro certificado",
    # e-mail
    "bad_address": "La dirección no es válida",
    "smtputf8_unsupported": "El servidor de correo no admite tildes en la dirección",
    "too_large": "El mensaje es demasiado grande para el proveedor",
    # text messages
    "invalid_number": "El número no es válido",
    "unknown_number": "El número no existe",
    "not_mobile": "El número no recibe mensajes de texto",
    "premium_number": "El número es de tarifa especial",
    "unreachable_number": "No se puede enviar a ese número",
    "unreachable_handset": "El teléfono está apagado o sin señal",
    "blocked": "El operador bloqueó el mensaje",
    "filtered": "El operador filtró el mensaje",
    "opted_out": "La persona pidió no recibir mensajes",
    "complaint": "La persona marcó un mensaje como no deseado",
    "empty_text": "El mensaje no tiene texto",
    "too_long": "El mensaje de texto es demasiado largo",
    "price_limit": "El mensaje supera el precio permitido",
    "twilio_30500": "El proveedor tiene una falla",
    "twilio_60005": "El proveedor no logró comunicarse con el operador",
    "twilio_canceled": "Alguien canceló el envío en la cuenta del proveedor",
    # WhatsApp
    "not_on_whatsapp": "El número no tiene WhatsApp o no puede recibir mensajes de empresas",
    "withheld": "WhatsApp decidió no entregarlo",
    "not_delivered_in_time": "WhatsApp no logró entregarlo a tiempo",
    "outside_window": "La persona no ha escrito en las últimas 24 horas",
    "quality_limited": "WhatsApp limita nuestros envíos porque se los marcó como no deseados",
    "template_not_approved": "WhatsApp no ha aprobado la plantilla",
    "template_parameters": "La plantilla aprobada tiene otros datos que la nuestra",
    "template_policy": "La plantilla no cumple las reglas de WhatsApp",
    "template_paused": "WhatsApp pausó la plantilla",
    "template_disabled": "WhatsApp desactivó la plantilla",
    "template_syncing": "WhatsApp todavía no tiene lista la plantilla",
    # push
    "unregistered": "El dispositivo ya no tiene la aplicación",
    "sender_id_mismatch": "El dispositivo es de otra aplicación",
    "invalid_argument": "El proveedor no acepta el mensaje",
    "invalid_token": "El dispositivo no es válido",
}
"""Reason of a state → its meaning."""

REASON_STARTS: Final[Mapping[str, str]] = {
    "smtp_421": "El servidor de correo está ocupado; se reintenta",
    "smtp_45": "El servidor de correo pidió intentar más tarde",
    "smtp_4": "El servidor de correo no lo recibió por ahora",
    "smtp_552": "El buzón está lleno o el mensaje es demasiado grande",
    "smtp_550_5.1": "La dirección de correo no existe",
    "smtp_550": "El servidor de correo rechazó la dirección",
    "smtp_5": "El servidor de correo rechazó el mensaje",
    "dsn_": "El servidor de correo lo devolvió",
    "dsn_5.1": "La dirección de correo no existe",
    "reported_": "Un informe dice que fue devuelto",
    "reported_dsn_5.1": "Un informe dice que la dirección de correo no existe",
    "twilio_": "El proveedor no acepta el mensaje",
    "whatsapp_": "WhatsApp no acepta el mensaje",
    "http_4": "El proveedor rechazó el mensaje",
    "http_5": "El proveedor tiene una falla",
}
"""Prefix of a reason with a code → label; the longest prefix wins."""

_BLOCKED: Final = Advice(
    "corrija el dato de contacto, o pida a operaciones que quite el bloqueo", "hub suppressions lift"
)
_ONLY_THEY: Final = Advice("solo la persona puede pedir que se le vuelva a escribir", "hub opt-outs")
_ANEW: Final = Advice("si todavía sirve y no es de un caso abierto, publíquelo como un aviso nuevo")
TO_DO: Final[Mapping[str, Advice]] = {
    "asked_lately": Advice("nada: la próxima encuesta le llega cuando pase el plazo"),
    "not_asked": Advice("nada: sin la encuesta no hace falta su recordatorio"),
    "not_payer": Advice("nada: el próximo aviso de cobro llega a quien paga ahora"),
    "contact_limit": Advice(
        "nada: la ley no permite contactar más a la persona; espere a la próxima campaña"
    ),
    "excluded": Advice("nada: la persona no quiere publicidad por este medio"),
    "register": Advice("pida a operaciones que cargue la lista del registro", "hub exclusions load"),
    "no_contact": Advice(
        "registre un correo o un celular de la persona y pida a operaciones que lo reenvíe", "hub redrive"
    ),
    "stranger": Advice("registre a la persona en el directorio"),
    "unknown_person": Advice("registre a la persona en el directorio y publique el aviso de nuevo"),
    "not_configured": Advice("pida a operaciones que configure el canal", "hub check"),
    "paused": Advice("cuando deba salir, pida a operaciones que lo reanude", "hub resume"),
    "gone": _BLOCKED,
    "suppressed": _BLOCKED,
    "opted_out": _ONLY_THEY,
    "complaint": _ONLY_THEY,
    "not_consented": Advice(
        "pregúntele si autoriza estos mensajes y registre su autorización", "hub people consents"
    ),
    "not_wanted": Advice("respete su decisión; solo la persona la cambia", "hub people preferences"),
    "do_not_contact": Advice(
        "mire por qué está marcada y a quién se le avisa en su lugar", "hub people do-not-contact"
    ),
    "not_allowed_here": Advice(
        "pida a operaciones que la agregue a la lista autorizada, si debe recibir mensajes de prueba"
    ),
    "late_letter": Advice("avise a la persona de viva voz o por teléfono, y registre un correo o un celular"),
    "document_not_printed": Advice(
        "agregue el PDF en la página de la carta; o imprímalo, entréguelo y pida a operaciones que "
        "lo registre como entregado",
        "hub letters attach",
    ),
    "template": Advice("complete el dato en el sistema que publica"),
    "too_old": _ANEW,
    "expired": _ANEW,
}
"""Reason → its remedy. A lost message with another reason can be sent again once its cause is gone."""
LETTER_WAITS: Final = Advice(
    "falta entregarla; entregada, pida a operaciones que lo registre", "hub letters done"
)
"""A letter that is made and lies there: its message counts as sent."""
LETTER_POSTED: Final = Advice(
    "va por correo certificado; cuando conste que llegó, pida a operaciones que lo registre",
    "hub letters done",
)
"""A letter that was given to the post."""
LETTERS: Final[Mapping[str, tuple[str, str]]] = {
    "open": ("Nadie la ha impreso.", "imprímala en «Cartas y carteles»"),
    "batched": ("Está en un lote que nadie ha impreso.", "imprima el lote en «Cartas y carteles»"),
    "printed": ("Está impresa, y nadie la ha entregado.", LETTER_WAITS.words),
    "posted": ("Salió por correo certificado; no consta que haya llegado.", ""),
}
"""How far a letter has come that is not handed over → what that means, and what to do. No provider has it."""
_BY_DEFAULT: Final = Advice("cuando la causa esté resuelta, hay que reenviarlo", "hub redrive")
_WAITS_FOR_US: Final = frozenset({"paused", "register"})
"""Reasons of messages that are held until somebody acts."""
_NOTHING: Final = frozenset(
    {
        *(CAPTURED, "reached", "ended", "over", "overtaken", "recalled", "withdrawn"),
        *("repeated", "erased", "in_digest", "restored"),
    }
)
"""Reasons that need no action."""
_LOST: Final = frozenset({"failed", "bounced", "suppressed", "expired", "cancelled"})


def reason_in_words(reason: str) -> str | None:
    """Return the meaning of a reason; None for a code without words."""
    if reason in REASONS:
        return REASONS[reason]
    starts = [start for start in REASON_STARTS if reason.startswith(start)]
    return REASON_STARTS[max(starts, key=len)] if starts else None


def to_do(state: str, reason: str | None) -> Advice:
    """Return the remedy for a message in this state; empty where nothing is to be done."""
    if state in _LOST and reason not in _NOTHING:
        return TO_DO.get(reason or "", _BY_DEFAULT)
    return TO_DO[reason] if state == "held" and reason in _WAITS_FOR_US else Advice()


def described(state: str, reason: str | None, letter: str | None = None) -> Outcome:
    """Return the API's words for a message besides its state and reason, and how far its letter has come."""
    if letter is not None:
        means, task = LETTERS[letter]
        return Outcome(final=False, means=means, to_do=task)
    # A newer hub may have stored a state that this one does not know.
    words = STATES.get(state) or StateWords(state, False, "El centro no conoce ese estado")
    because = (reason and reason_in_words(reason)) or ""
    # No provider has accepted what is in a file.
    said = (because,) if reason == CAPTURED else (words.means, because)
    means = " ".join(f"{sentence}." for sentence in said if sentence)
    return Outcome(words.final, means, to_do(state, reason).words)


def in_words(kind: Callable[..., T], row: ListedMessage | NotifiedMessage) -> T:
    """Return a row of the kind that has the words, too."""
    return kind(**asdict(row), **described(row.state, row.reason, row.letter)._asdict())


def claim(state: str, reason: str | None) -> str:
    """Say in Spanish what a state claims: `dice «Fallido» (El número no existe)`."""
    words = reason_in_words(reason) if reason else None
    return f"dice «{STATES[state].label}»{f' ({words or reason})' if reason else ''}"
