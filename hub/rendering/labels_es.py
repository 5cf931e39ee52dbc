"""Spanish labels of the hub's machine words. Only literal tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from hub.model.reach import UnitReach
from hub.model.reached import CAPTURED
from hub.rendering.outcomes_es import STATES

MESSAGE_STATES: Final[Mapping[str, str]] = {state: words.label for state, words in STATES.items()}
CAPTURED_LABEL: Final = "En un archivo"
"""In the place of the label of `sent`, where the reason is `captured`."""
LETTER_LABEL: Final = "Carta por entregar"
"""The same of a letter: it is made, and nobody has it."""


def state_label(state: str, reason: str | None, channel: str = "", letter: str | None = None) -> str:
    """
    Return the word of a message's state: what is only in a file has reached nobody, and a letter that is made
    was not sent. `letter` is how far it has come; without it, that it is to be handed over.
    """
    if reason == CAPTURED:
        return CAPTURED_LABEL
    if channel == "print" and state == "sent":
        return LETTER_STATES.get(letter or "", LETTER_LABEL)
    return MESSAGE_STATES.get(state, state)


MESSAGE_LISTS: Final[Mapping[str, str]] = {
    "lost": "Solo fallidos",
    "held": "En espera",
    "left": "Los que salieron",
    "ahead": "Los que faltan por salir",
    "spared": "Los que no se envían",
}

CLOCK_STATES: Final[Mapping[str, str]] = {
    "open": "A tiempo",
    "at_risk": "En riesgo",
    "breached": "Vencida",
    "met": "Cumplida",
    "cancelled": "Cancelada",
}
"""State of a promise → its word."""
MESSAGE_COUNTS: Final[Mapping[str, tuple[str, str]]] = {
    "queued": ("por salir", "por salir"),
    "sending": ("saliendo", "saliendo"),
    "sent": ("enviado", "enviados"),
    "waiting": ("en la bandeja", "en la bandeja"),
    "letter": ("carta por entregar", "cartas por entregar"),
    "delivered": ("entregado", "entregados"),
    "read": ("leído", "leídos"),
    "held": ("en espera", "en espera"),
    "retrying": ("en reintento", "en reintento"),
    "failed": ("fallido", "fallidos"),
    "bounced": ("rebotado", "rebotados"),
    "suppressed": ("que no se envía", "que no se envían"),
    "expired": ("vencido", "vencidos"),
    "cancelled": ("cancelado", "cancelados"),
}
"""State of a message → how one is called behind a number, and how several are."""

DEAD_STATES: Final[Mapping[str, str]] = {
    "open": "Pendiente",
    "replayed": "Reintentado",
    "discarded": "Descartado",
}

LANES: Final[Mapping[str, tuple[str, str]]] = {
    "urgent": ("urgente", "urgentes"),
    "normal": ("normal", "normales"),
    "bulk": ("masivo", "masivos"),
}
"""Lane → how one message of it is called, and how several are."""

CHANNELS: Final[Mapping[str, str]] = {
    "email": "Correo",
    "sms": "SMS",
    "push": "Notificación móvil",
    "inbox": "Bandeja",
    "print": "Impreso",
    "whatsapp": "WhatsApp",
    "voice": "Llamada",
    "chat": "Chat del equipo",
}

SHORT_CHANNELS: Final[Mapping[str, str]] = {**CHANNELS, "push": "Aplicación", "print": "Carta"}
"""Channel → a word that fits a column."""

CARRIERS: Final[Mapping[str, str]] = {
    "sms": "el mensaje de texto",
    "whatsapp": "el mensaje de WhatsApp",
    "print": "la carta",
}
"""Channel → what a person holds in their hand, where a message can carry a code."""

AREAS: Final[Mapping[str, str]] = {
    "atencion": "Servicio al cliente",
    "administracion": "Administración",
    "contabilidad": "Contabilidad",
    "inmobiliaria": "Inmobiliaria",
    "conserjeria": "Conserjería",
    "mantenimiento": "Mantenimiento",
    "satisfaccion": "Satisfacción del cliente",
    "datos_personales": "Protección de datos",
    "emergencias": "Emergencias",
}
"""The areas of `hub.catalog.areas`, as residents read them."""

OUTCOMES: Final[Mapping[str, str]] = {
    "accepted": "Aceptado por el proveedor",
    "transient": "No se pudo; se intenta de nuevo",
    "permanent": "Rechazado",
    "unknown": "Sin respuesta: pudo haber llegado",
    "sent": "El proveedor informa que lo envió",
    "delivered": "El proveedor informa que llegó",
    "read": "El proveedor informa que se leyó",
    "failed": "El proveedor informa que no llegó",
}

PURPOSES: Final[Mapping[str, str]] = {
    "emergency": "Emergencia",
    "legal": "Legal",
    "transactional": "Respuesta a un trámite",
    "service": "Servicio",
    "survey": "Encuesta",
    "collection": "Cobro",
    "commercial": "Comercial",
    "internal": "Equipo interno",
}

ROLES: Final[Mapping[str, str]] = {
    "owner": "propietario",
    "resident": "residente",
    "tenant": "arrendatario",
    "payer": "quien paga la administración",
    "council": "consejo de administración",
    "auditor": "revisoría fiscal",
    "proxy": "apoderado",
    "accounting_client": "cliente de contabilidad",
    "staff": "equipo de la administración",
}
"""Roles of the directory, for the person who has them."""

MARKS: Final[Mapping[str, str]] = {
    "deceased": "fallecimiento",
    "protected_address": "dirección protegida",
    "contested_account": "cuenta en discusión",
}
"""Why staff has marked a person as not to be contacted."""

CONSENTS: Final[Mapping[str, str]] = {**PURPOSES, "data_treatment": "Tratamiento de datos personales"}
"""Purposes of consents."""

TEXTS: Final[Mapping[str, str]] = {
    "absent": "para quien no estuvo",
    "agent": "para quien lo lleva",
    "assignee": "para quien lo atiende",
    "council": "para el consejo",
    "desk": "para la portería y el turno",
    "landlord": "para el arrendador",
    "management": "para la gerencia",
    "new": "al contacto nuevo",
    "notice": "como aviso",
    "operations": "para operaciones",
    "other_towers": "para las demás torres",
    "owner": "para el propietario",
    "party_b": "para la otra parte",
    "petitioner": "para quien lo pidió",
    "reminder": "como recordatorio",
    "staff": "para el equipo",
    "technician": "para quien hace el arreglo",
}
"""Name of a text of an event, beside its main one → for whom it is, behind the purpose."""

METHODS: Final[Mapping[str, str]] = {
    "web": "en una página",
    "app": "en la aplicación",
    "paper": "en papel",
    "call": "por teléfono",
    "in_person": "en persona",
    "email": "por correo",
    "sms": "por SMS",
    "whatsapp": "por WhatsApp",
    "reply": "respondiendo un mensaje",
    "one_click": "con el enlace de un correo",
}
"""The way in which somebody stated a consent: it completes `Se dijo …`. Publishers may have other words."""
ANOTHER_WAY: Final = "de otra forma"

MODES: Final[Mapping[str, str]] = {
    "capture": "Captura: nadie real recibe mensajes",
    "allowlist": "Prueba: solo la lista autorizada recibe mensajes",
    "live": "En vivo",
}
CAPTURED_FIGURES: Final = (
    "En captura, lo que «salió» por correo, SMS, WhatsApp o aplicación quedó en archivos: nadie lo recibió."
)
"""Beside figures of what has left: they count what went into files, too."""

DEAD_REASONS: Final[tuple[tuple[str, str], ...]] = (
    ("id: this source has published", "Ese número ya es de otro aviso, que se queda"),
    ("the case is of another source", "El caso es de otro sistema"),
    ("Ley 675 de 2001", "La ley no permite esa fecha: otra, o quién responde por ella y por qué (override)"),
    (": required", "Falta un dato obligatorio"),
    ("type: unknown", "El centro no conoce este tipo de aviso"),
    ("only the hub itself", "Solo el centro puede publicar este tipo de aviso"),
    ("is the hub itself", "Se publicó en nombre del centro, que es otro"),
    ("no key binds this source", "Ninguna llave une este origen con quien lo envió"),
    ("this source is bound", "El origen es de otro sistema, no de quien lo envió"),
    ("it came over HTTP", "Llegó por HTTP con una llave que no puede publicarlo"),
    ("for another source", "La llave es de otro origen"),
    ("not publish events of this type", "La llave no es para este tipo de aviso"),
    ("the body: expected", "El contenido no se puede leer como un aviso"),
    ("content type:", "El tipo de contenido no es el de un aviso"),
    ("data: expected", "Los datos del aviso no tienen la forma esperada"),
    ("days before time", "Llegó demasiado antes de que se registrara"),
    ("minutes from now", "La hora del aviso está en el futuro"),
    ("more than", "El aviso es demasiado grande"),
    (": expected", "Un dato no tiene la forma esperada"),
)
"""Part of a dead letter's reason → label; the first match wins. The page shows the exact reason below."""


class UnreachedWords(NamedTuple):
    why: str
    to_do: str

    def __str__(self) -> str:
        return f"{self.why}: {self.to_do}"


UNREACHED: Final[Mapping[str, UnreachedWords]] = {
    "unknown_unit": UnreachedWords(
        "El directorio no tiene la unidad", "corrija su código en el sistema de origen, o cárguela"
    ),
    "unknown_copropiedad": UnreachedWords(
        "El directorio no tiene la copropiedad", "corrija su código, o cárguela"
    ),
    "unknown_person": UnreachedWords("El directorio no tiene a la persona", "corrija su código, o cárguela"),
    "empty_audience": UnreachedWords(
        "Nadie del directorio recibe este aviso", "revise quién vive o trabaja allí"
    ),
    "no_channel": UnreachedWords(
        "A alguien no lo alcanza ningún canal", "avísele en persona, y registre su celular"
    ),
    "bad_contact": UnreachedWords(
        "Nombra un correo o un teléfono que no es válido",
        "corríjalo en el sistema de origen; a esa persona se le avisa solo por lo demás",
    ),
    "stale": UnreachedWords(
        "Llegó cuando ya habían pasado su plazo y todos sus avisos", "atienda el caso: a nadie se llamó"
    ),
    "late": UnreachedWords(
        "Se registró días después de llegar", "su plazo corre desde que llegó: atiéndalo primero"
    ),
    "no_document": UnreachedWords(
        "Su documento no se pudo traer", "pida a quien lo publicó que lo corrija y lo publique de nuevo"
    ),
}
"""Why an event does not reach its whole audience, and what to do about it."""

EXTENSIONS: Final[Mapping[str, str]] = {
    "no_clock": "el caso no tiene ese plazo, o su inicio no ha llegado",
    "ended": "el plazo ya había terminado",
    "already_extended": "ya se había ampliado, y solo se puede una vez",
    "not_extendable": "ese plazo no se puede ampliar",
    "too_late": "la ampliación se anunció cuando el plazo ya había vencido",
    "beyond_limit": "el día pedido pasa de la ampliación más larga que se permite",
    "before_term": "el día pedido es anterior al vencimiento del plazo mismo",
    "no_business_day": "el día pedido no es hábil; vale el día hábil anterior",
}
"""Why a clock does not hold the extension that an event asked for."""

LEVELS: Final[Mapping[str, str]] = {
    "1": "Servicio al cliente",
    "2": "Coordinación del área",
    "3": "Gerencia de operaciones",
    "4": "Gerencia general",
}
"""The escalation levels of the company's policy, 7.2."""

OFFICES: Final[Mapping[str, str]] = {
    "viewer": "Consulta",
    "operator": "Operación",
    "manager": "Gestión",
    "privacy_officer": "Protección de datos",
    "administrator": "Administración",
}

ACCOUNT_STATES: Final[Mapping[str, str]] = {
    "active": "Abierta",
    "locked": "Bloqueada",
    "disabled": "Cerrada",
}

SCOPES: Final[Mapping[str, str]] = {
    "publish": "Publicar avisos",
    "read": "Consultar",
    "operate": "Operar",
    "privacy": "Ver datos de personas",
    "admin": "Administrar cuentas y llaves",
    "inbox": "Abrir bandejas de personas",
}
"""The rights of a key."""

KEY_STATES: Final[Mapping[str, str]] = {
    "live": "Sirve",
    "expired": "Venció",
    "revoked": "Anulada",
}

WEBHOOK_STATES: Final[Mapping[str, str]] = {
    "live": "Encendido",
    "failing": "Falla",
    "off": "Apagado",
}

RESULT_KINDS: Final[Mapping[str, str]] = {
    "sent": "Enviado",
    "delivered": "Entregado",
    "read": "Leído",
    "failed": "Falló",
    "undelivered": "No llegó por ningún canal",
    "cancelled": "Cancelado",
}
"""The results that publishers receive about their messages."""

LETTER_STATES: Final[Mapping[str, str]] = {
    "open": "Por imprimir",
    "batched": "En un lote por imprimir",
    "printed": "Impresa",
    "posted": "Enviada por correo certificado",
    "delivered": "Entregada",
}
"""How far a letter has come."""

REACH: Final[Mapping[UnitReach, str]] = {
    UnitReach.NOBODY: "no hay nadie registrado",
    UnitReach.NO_CONTACT: "nadie tiene un correo, un celular ni la aplicación",
    UnitReach.SUPPRESSED: "el contacto está suspendido: corríjalo",
    UnitReach.UNVERIFIED: "el contacto está sin verificar: confírmelo",
    UnitReach.VERIFIED: "se le puede avisar",
}
"""The reasons why a unit is not reached."""
