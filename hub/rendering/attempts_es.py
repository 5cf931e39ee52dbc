"""Attempts in Spanish: the answer of a provider, or staff's record of a letter. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from hub.model import Attempt
from hub.model.letters import POSTED
from hub.model.reached import CAPTURED, FILE
from hub.rendering.filters import NBSP, fecha_hora
from hub.rendering.labels_es import OUTCOMES
from hub.rendering.outcomes_es import REASONS

_BY_STAFF: Final[Mapping[str, str]] = {
    POSTED: "Se envió por correo certificado",
    "handed_over": "Se entregó en papel",
}
"""Code of an attempt that staff has recorded → its words; `reference` of a posted letter is its guide."""


def posted_sentence(at: datetime, guide: str | None) -> str:
    """`Se envió por correo certificado el lunes 9 de marzo de 2026 a las 8:05 a. m., guía RA123456789CO.`"""
    when = fecha_hora(at).replace(NBSP, " ")
    return f"{_BY_STAFF[POSTED]} el {when}{_guide(guide)}."


def attempt_words(call: Attempt) -> str:
    """`aceptado por el proveedor (smtp, 250)`: an answer of a provider, or what staff has recorded."""
    words = what_happened(call.outcome, call.code, call.reference, provider=call.provider)
    by = "" if is_by_staff(call.code) else ", ".join(part for part in (call.provider, call.code) if part)
    return f"{words[:1].lower()}{words[1:]}{f' ({by})' if by else ''}"


def what_happened(outcome: str, code: str, reference: str | None, *, provider: str) -> str:
    """`Aceptado por el proveedor`, without who says it; what a file took nobody has accepted."""
    if (outcome, provider) == ("accepted", FILE):
        return REASONS[CAPTURED]
    if not is_by_staff(code):
        return OUTCOMES.get(outcome, outcome)
    return f"{_BY_STAFF[code]}{_guide(reference) if code == POSTED else ''}"


def is_by_staff(code: str) -> bool:
    """Return whether a person has recorded an attempt, and no provider has answered."""
    return code in _BY_STAFF


def _guide(number: str | None) -> str:
    return f", guía {number}" if number else ""
