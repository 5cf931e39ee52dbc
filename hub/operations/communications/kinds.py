"""Kinds of communications: the events that a person may send, and what the hub itself fills in of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hub.catalog import BY_NAME
from hub.messages.planning.documents import given_name
from hub.model import CORRECTION, EventType, Json
from hub.model.actors import ACCOUNT
from hub.model.communications import Whom
from hub.people.audience import parse
from hub.rendering.titles_es import EVENTS

_UNASKED: Final[Mapping[str, Json]] = {"zones": None, "unit": None}
"""What is said by the choice of people alone: where that says nothing, the event has no such field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendKind:
    """
    An event that a person may send. `title` is the field that names it in lists; without it, its word does.

    `many` events may go to several copropiedades at once; the others are of one.
    """

    event: str
    word: str
    icon: str
    title: str | None = None
    many: bool = True
    usual: tuple[str, ...] = ("residents",)
    """The groups that are pressed at first."""
    readers: str = ""
    """Who gets it, where nobody chooses them."""

    @property
    def type(self) -> EventType:
        return BY_NAME[self.event]

    @property
    def narrows(self) -> bool:
        """Return whether its people are rows of a plan; if not, the law or the catalogue names them."""
        return any(audience.narrowable for audience in self.type.audiences)

    @property
    def asks_whom(self) -> bool:
        """Return whether somebody chooses its people."""
        return self.narrows and not self.readers

    @property
    def audiences(self) -> list[int]:
        """Return the audiences that are people of a copropiedad, and not staff."""
        return [number for number, one in enumerate(self.type.audiences) if not one.is_staff]


_EVERYBODY: Final = ("residents", "owners")
INTENTIONS_ES: Final[Mapping[str, tuple[SendKind, ...]]] = {
    "Contar algo": (
        SendKind(
            event="admin.circular.issued", word="Circular", icon="texto", title="title", usual=_EVERYBODY
        ),
        SendKind(
            event="admin.invitation.issued",
            word="Invitación",
            icon="personas",
            title="title",
            usual=_EVERYBODY,
        ),
        SendKind(event="policy.updated", word="Cambio de política", icon="auditoria"),
    ),
    "Cortes y obras": (
        SendKind(event="building.outage.reported", word="Corte de servicio", icon="canal"),
        SendKind(event="building.outage.restored", word="Volvió el servicio", icon="si"),
        SendKind(event="maintenance.scheduled.announced", word="Obra o mantenimiento", icon="plazo"),
        SendKind(event="maintenance.scheduled.changed", word="Cambio de una obra", icon="plazo"),
        SendKind(event="maintenance.scheduled.cancelled", word="Se cancela una obra", icon="rechazado"),
        SendKind(event="maintenance.scheduled.completed", word="Terminó una obra", icon="si"),
    ),
    "Asamblea y consejo": (
        SendKind(event="admin.assembly.convened", word="Citación a asamblea", icon="personas", many=False),
        SendKind(
            event="admin.assembly.second_call", word="Segunda convocatoria", icon="personas", many=False
        ),
        SendKind(
            event="admin.assembly.cancelled", word="Se cancela la asamblea", icon="rechazado", many=False
        ),
        SendKind(event="admin.minutes.published", word="Acta", icon="carta", many=False),
        SendKind(
            event="admin.decision.published",
            word="Decisión del consejo",
            icon="texto",
            title="title",
            usual=_EVERYBODY,
        ),
        SendKind(event="admin.vote.opened", word="Votación", icon="encuesta", title="title", many=False),
    ),
    "Cuentas y documentos": (
        SendKind(event="admin.financial_report.published", word="Informe financiero", icon="indicador"),
        SendKind(event="accounting.documents.requested", word="Pedir documentos", icon="correo", many=False),
        SendKind(
            event="accounting.tax_deadline.approaching", word="Plazo de impuestos", icon="plazo", many=False
        ),
    ),
}
"""What somebody wants to do, in their words → the events for it. Each kind has its place once."""
CORRECTS: Final = SendKind(
    event=CORRECTION,
    word="Corrección",
    icon="respuesta",
    title="about",
    readers="A quienes recibieron el aviso retirado, o pudieron recibirlo, por los mismos medios.",
)
"""What the hub begins by itself when something was taken back."""
OFFERED: Final[Mapping[str, SendKind]] = {
    kind.event: kind for kinds in INTENTIONS_ES.values() for kind in kinds
}
"""What a person may send."""
BY_EVENT: Final[Mapping[str, SendKind]] = {**OFFERED, CORRECTION: CORRECTS}


def kind_of(event: str) -> SendKind:
    """Return what a person may send, or any other event, of which another system has made a communication."""
    return BY_EVENT.get(event) or SendKind(event=event, word=EVENTS.get(event, event), icon="texto")


def sender_of(by: str) -> Mapping[str, Json]:
    """Return who answers for what is sent, if that is a person with an account; a key is asked who does."""
    return {"sender": by} if by.startswith(ACCOUNT) else {}


def fills_of(
    *, place: str, case: str, whom: Whom, towers: tuple[str, ...], document: tuple[str, bytes] | None = None
) -> Mapping[str, Json]:
    """Return what the hub knows of a part: word of `x-fill` in the event's schema → value."""
    words = sorted({parse(word).word for word in whom.to})
    audience = words[0] if words in (["owners"], ["residents"]) else "both"
    known: dict[str, Json] = {"id": case, "audience": audience, **_UNASKED}
    if document is not None:
        known |= {"document": given_name(document[0]), "document_digest": document[1].hex()}
    if place:
        known["copropiedad"] = place
    if towers:
        known["zones"] = [f"tower:{tower}" for tower in towers]
    return known


def title_of(kind: SendKind, data: Mapping[str, Json]) -> str:
    """Return the words that name a communication in lists."""
    title = data.get(kind.title) if kind.title else None
    return title if isinstance(title, str) and title else kind.word
