"""Subjects of cases in Spanish: what a case is about, in the words of whoever opened it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from hub.model import TYPE_PREFIX, TYPE_SUFFIX
from hub.rendering.filters import inicial
from hub.rendering.titles_es import CLOCKS, EVENTS

Data = Mapping[str, Any]
LONGEST: Final = 140
"""Characters of a subject: a list cuts it further, and its page has it whole."""
_WORDS: Final = ("subject", "description", "title", "detail", "comment", "excerpt")
"""Fields in which somebody said it in their own words; the first one that an event has."""
_OF_DATA: Final[Mapping[str, Callable[[Data], str]]] = {
    "emergency.declared": lambda data: f"{_drill(data)}{data['kind']}: {data['scope']}",
    "emergency.unreached": lambda data: f"Sin aviso en la emergencia: {data['emergency_kind']}",
    "building.outage.reported": lambda data: f"Sin {data['service']}",
    "maintenance.request.received": lambda data: f"Arreglo: {data['category']}",
    "concierge.package.received": lambda data: f"Paquete de {data['carrier']}",
    "concierge.incident.reported": lambda data: f"Incidente: {data['kind']}",
    "accounting.delivery.committed": lambda data: f"{data['report_kind']} de {data['period']}",
    "privacy.incident.detected": lambda data: f"Incidente de datos: {data['scope']}",
    "privacy.claim.received": lambda data: f"Reclamo de datos: {_CLAIMS[data['kind']]}",
    "quality.audit.finding": lambda data: f"Hallazgo: {data['kind']}",
    "maintenance.scheduled.announced": lambda data: f"Obra: {', '.join(data['affected_services'])}",
}
"""Event → what it is about, where nobody wrote a line."""
_CLAIMS: Final[Mapping[str, str]] = {
    "correccion": "corregirlos",
    "actualizacion": "actualizarlos",
    "supresion": "borrarlos",
    "revocatoria": "retirar la autorización",
    "incumplimiento": "no se cumplió un deber",
}
_UNIT: Final = "unit_id:"
_END: Final = re.compile(r"(?<=[a-záéíóúñ\d)»])\.$")
"""The full stop of a sentence, which a title has not; not that of `S.A.S.` or of `...`."""


def subject_of(
    case: str, event_type: str | None, data: Data | None, *, unit: str = "", clock: str = ""
) -> str:
    """
    Return what a case is about: the words of its first event, or what that event says happened.

    A payment's case is that of a unit. `clock` is the promise that runs, for a case without an event.
    """
    if case.startswith(_UNIT):
        return f"Pagos de {unit or 'una unidad'}"
    name = _name(event_type)
    return about(event_type, data) or kind_of(name, clock)


def about(event_type: str | None, data: Data | None) -> str:
    """Return what an event is about: what somebody wrote, or what it says happened; empty without both."""
    return inicial(written(data or {})) or _made(_name(event_type), data or {})


def _name(event_type: str | None) -> str:
    return (event_type or "").removeprefix(TYPE_PREFIX).removesuffix(TYPE_SUFFIX)


def kind_of(name: str, clock: str = "") -> str:
    """Return what it is, in no words of anybody: for who may not read those."""
    return EVENTS.get(name) or CLOCKS.get(clock) or "Asunto"


def written(data: Data) -> str:
    """Return what somebody wrote of it, in a line; empty if nobody has."""
    # The subject of a promise's own event is the number of its case.
    texts = (data.get(field) for field in (("matter",) if "clock_id" in data else _WORDS))
    return next((_END.sub("", short(text)) for text in texts if isinstance(text, str) and text.strip()), "")


def _drill(data: Data) -> str:
    return "simulacro de " if data.get("drill") else ""


def _made(name: str, data: Data) -> str:
    try:
        return short(inicial(_OF_DATA[name](data))) if name in _OF_DATA else ""
    except (KeyError, TypeError):
        return ""  # an erasure has blanked a field, or an older event had none


def short(text: str) -> str:
    """Return the text in one line, cut between two words."""
    line = " ".join(text.split())
    if len(line) <= LONGEST:
        return line
    return f"{line[:LONGEST].rpartition(' ')[0] or line[:LONGEST]}…"
