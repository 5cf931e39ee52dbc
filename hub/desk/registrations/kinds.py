"""Kinds of what staff registers: the event that each becomes, and which of its fields a person fills in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from hub.model import Json
from hub.model.registrations import PETITIONS, KindWord
from hub.rendering.labels_es import AREAS

_AREA: Final = "administracion"
CAME: Final[Mapping[str, str]] = {
    "telefono": "Por teléfono",
    "presencial": "En la oficina o portería",
    "carta": "Por carta",
    "correo": "Por correo",
    "whatsapp": "Por WhatsApp",
}
QUESTIONS: Final[Mapping[str, str]] = {
    "peticion": "Pide algo: un arreglo, un permiso",
    "queja": "Se queja de una persona o del ruido",
    "reclamo": "Reclama: un cobro, algo incumplido",
    "sugerencia": "Propone o felicita",
    "informacion": "Pide una copia o información",
    "consulta": "Consulta qué opinamos de algo",
}
"""Kind of a PQRS (Ley 1755 de 2015, arts. 13 and 14) → what somebody wants, in plain words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterKind:
    """
    One kind. `fields` of its event are asked, in this order; the hub fills in all others.

    `numbered` gets the number with its copropiedad, `plain` the number as people read it, `at` the instant,
    `person` who it is about. `fixed` stands where nothing is said.
    """

    label: str
    event: str
    series: str
    fields: tuple[str, ...]
    numbered: tuple[str, ...]
    plain: tuple[str, ...] = ()
    at: str = ""
    person: str = ""
    fixed: Mapping[str, Json] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Fields of free words that are chosen here: value → words."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Fields that are called otherwise where somebody is listened to."""
    helps: Mapping[str, str] = field(default_factory=dict)
    """Fields of which something is to be known before they are filled in."""
    long: frozenset[str] = frozenset()
    """Fields of what somebody says: an area, and dictation where the browser has it."""


KINDS: Final[Mapping[KindWord, RegisterKind]] = {
    KindWord.PQRS: RegisterKind(
        label="PQRS",
        event="pqrs.received",
        series=PETITIONS,
        fields=("kind", "subject", "entry_channel", "service_area"),
        numbered=("pqrs_id",),
        plain=("radicado",),
        person="petitioner",
        fixed={"entry_channel": "telefono", "service_area": _AREA},
        labels={"kind": "Qué es", "subject": "Qué dijo"},
        choices={"kind": QUESTIONS, "entry_channel": CAME, "service_area": AREAS},
        long=frozenset({"subject"}),
    ),
    KindWord.REPAIR: RegisterKind(
        label="Daño o arreglo",
        event="maintenance.request.received",
        series="SM",
        fields=("category", "priority", "description"),
        numbered=("request_id",),
        at="received_at",
        person="requester",
        fixed={"service_area": "mantenimiento"},
        long=frozenset({"description"}),
    ),
    KindWord.VISIT: RegisterKind(
        label="Visita",
        event="admin.visit.scheduled",
        series="VI",
        fields=("visitor", "purpose", "starts_at", "place"),
        numbered=("visit_id",),
    ),
    KindWord.PACKAGE: RegisterKind(
        label="Paquete",
        event="concierge.package.received",
        series="PA",
        fields=("carrier", "description"),
        numbered=("package_id",),
        at="received_at",
    ),
    KindWord.INCIDENT: RegisterKind(
        label="Incidente en custodia",
        event="concierge.incident.reported",
        series="IN",
        fields=("kind", "occurred_at", "custody_item", "description", "internal_note"),
        numbered=("incident_id",),
        person="affected",
        long=frozenset({"description"}),
    ),
    KindWord.COUNTER: RegisterKind(
        label="Atención o correspondencia",
        event="support.counter.received",
        series="AT",
        fields=("kind", "subject", "service_area"),
        numbered=("thread_id",),
        plain=("counter_id", "radicado"),
        person="visitor",
        fixed={"service_area": _AREA},
        labels={"kind": "Cómo llegó", "subject": "Qué dijo o trajo"},
        choices={"service_area": AREAS},
        long=frozenset({"subject"}),
    ),
    KindWord.CONSENT: RegisterKind(
        label="Autorización en papel",
        event="privacy.consent.granted",
        series="AU",
        fields=("purposes", "channels", "text_version", "captured_at"),
        numbered=(),
        person="data_subject",
        fixed={"method": "paper"},
        labels={
            "purposes": "Para qué autoriza",
            "channels": "Por dónde",
            "text_version": "Versión del texto, como está en el papel",
            "captured_at": "Cuándo lo firmó",
        },
        helps={"purposes": "Solo lo que marcó al firmar.", "channels": "Sin ninguno, son todos."},
    ),
    KindWord.PROMISE: RegisterKind(
        label="Promesa de pago",
        event="admin.payment.promised",
        series="PP",
        fields=("amount_cop", "promised_for", "method", "note"),
        numbered=("promise_id",),
        plain=("radicado",),
        person="promiser",
        long=frozenset({"note"}),
    ),
}
