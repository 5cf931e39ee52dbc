"""
What a person does on the own page. Each act is an event: the ledger and the clocks follow from it.

The id of an event is made from the form that was sent: a button pressed twice is one event.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

from hub.contact_rules.consents import GRANTED, REVOKED
from hub.model import Json, own_event
from hub.operations.residents.own_file import OFFERED
from hub.people.claims import CLAIMED, claim_event
from hub.ports import Publisher

LONGEST: Final = 2000
"""Characters of what a claim says."""
TEXT_VERSION: Final = "pagina-1"
"""The version of the words beside the buttons of the page, `resident_own.html`."""
METHOD: Final = "web"


DATA: Final[Mapping[str, str]] = {
    "nombre": "Nombre",
    "correo": "Correo",
    "telefono": "Teléfono",
    "unidad": "Unidad o papel en la copropiedad",
    "otro": "Otro dato",
}
"""What somebody may ask to correct."""


class ClaimKind(StrEnum):
    """What a claim asks for (Ley 1581 de 2012, art. 15)."""

    CORRECTION = "correccion"
    UPDATE = "actualizacion"
    ERASURE = "supresion"
    REVOCATION = "revocatoria"
    BREACH = "incumplimiento"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentActs:
    """Publishes what people do. `form` names the form that was sent: the same twice is the same act."""

    publisher: Publisher

    async def consent(self, person: str, purpose: str, *, granted: bool, form: str, now: datetime) -> bool:
        """Grant or revoke a purpose that the page offers; false for another one. Raises BrokerUnavailable."""
        if purpose not in OFFERED:
            return False
        data: dict[str, Json] = {"subject_id": person, "purposes": [purpose], "method": METHOD}
        data |= {"text_version": TEXT_VERSION} if granted else {}
        data |= {"evidence_hash": _digest(form, person, purpose)} if granted else {}
        name = GRANTED if granted else REVOKED
        event_id = f"resident:{_digest(form, person, purpose, name)[:32]}"
        await self.publisher.event(own_event(name, event_id, data, time=now))
        return True

    async def claim(self, person: str, kind: ClaimKind, detail: str, *, form: str, now: datetime) -> str:
        """Start a claim; return its number. Raises BrokerUnavailable."""
        number = f"MI-{_digest(form, person, CLAIMED)[:10].upper()}"
        await self.publisher.event(claim_event(person, kind, number, now, _tidy(detail)))
        return number


def correction(datum: str, right: str) -> str:
    """Return what a claim says of a datum that is wrong: `Correo: debe quedar maria@example.com`; else ""."""
    words = _tidy(right)
    return f"{DATA[datum]}: debe quedar {words}" if datum in DATA and words else ""


def read_kind(given: str) -> ClaimKind | None:
    return ClaimKind(given) if given in set(ClaimKind) else None


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode(errors="surrogateescape")).hexdigest()


def _tidy(words: str) -> str:
    """Drop control characters, which no person types, and cut what is too long."""
    kept = "".join(letter for letter in words if letter.isprintable() or letter in "\r\n\t")
    return "\n".join(kept.splitlines()).strip()[:LONGEST]
