"""
Acts of a person on the own page. Each act is an event: the ledger and the clocks follow from it.

The id of an event is made from the form and the request in it: a button pressed twice is one event, and
another wish in an older form is another one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final, TypeAlias

from hub.contact_rules.consents import GRANTED, REVOKED
from hub.model import Event, Json, own_event
from hub.model.residents import ResidentFile, ResidentPlace
from hub.operations.residents.consent_words import OFFERED, TEXT_VERSION, channels_of, words_digest
from hub.people.claims import CLAIMED, claim_event
from hub.ports import Publisher
from hub.rendering.typed_words import tidy

LONGEST: Final = 2000
"""Characters of the words of a claim."""
METHOD: Final = "web"
_REMEMBERED: Final = 10_000
_Said: TypeAlias = tuple[str, str, bool]
"""Person, purpose, whether it was granted."""


DATA: Final[Mapping[str, str]] = {
    "nombre": "Nombre",
    "correo": "Correo",
    "telefono": "Teléfono",
    "unidad": "Unidad o papel en la copropiedad",
    "otro": "Otro dato",
}
"""The data that somebody may ask to correct."""


PETITIONS: Final[Mapping[str, str]] = {
    "peticion": "Pedir algo: un arreglo, un permiso",
    "informacion": "Pedir una copia o información",
    "queja": "Quejarme: de un servicio, de una persona, del ruido",
    "reclamo": "Reclamar: un cobro errado, algo que no le cumplimos",
    "sugerencia": "Proponer o felicitar",
}
"""Kind of a PQRS (Ley 1755 de 2015, art. 13) → what its writer wants, in plain words."""
SUBJECT: Final = 1000
"""Characters of the subject of a PQRS, which has all that its writer says."""
_AREA: Final = "administracion"
_RECEIVED: Final = "pqrs.received"


class ClaimKind(StrEnum):
    """The request of a claim (Ley 1581 de 2012, art. 15)."""

    CORRECTION = "correccion"
    UPDATE = "actualizacion"
    ERASURE = "supresion"
    REVOCATION = "revocatoria"
    BREACH = "incumplimiento"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentActs:
    """Publishes the acts of people. `form` names the form that was sent: the same twice is the same act."""

    publisher: Publisher
    _said: OrderedDict[_Said, datetime] = field(default_factory=OrderedDict)
    """The decisions of lately, which the ledger may not have yet."""

    async def grant(
        self, held: ResidentFile, purpose: str, channels: Sequence[str], *, form: str, now: datetime
    ) -> bool:
        """
        Grant a purpose by these channels; false for one that the page does not offer (any more).

        Raises BrokerUnavailable.
        """
        if purpose not in OFFERED or not channels or tuple(channels) != channels_of(held.contacts):
            return False
        words = {"text_version": TEXT_VERSION, "evidence_hash": words_digest(purpose, channels)}
        await self._say(held, purpose, GRANTED, {"channels": list(channels), **words}, form=form, now=now)
        return True

    async def revoke(self, held: ResidentFile, purpose: str, *, form: str, now: datetime) -> bool:
        """Revoke a purpose by every channel; false for one that the page does not offer."""
        if purpose not in OFFERED:
            return False
        await self._say(held, purpose, REVOKED, {}, form=form, now=now)
        return True

    async def _say(
        self,
        held: ResidentFile,
        purpose: str,
        name: str,
        more: Mapping[str, Json],
        *,
        form: str,
        now: datetime,
    ) -> None:
        granted = name == GRANTED
        told = _digest(form, held.person, purpose, name, self._opposite(held, purpose, granted=granted))
        data = {"subject_id": held.person, "purposes": [purpose], "method": METHOD, **more}
        await self.publisher.event(own_event(name, f"resident:{told[:32]}", data, time=now))
        self._said[held.person, purpose, granted] = now
        if len(self._said) > _REMEMBERED:
            self._said.popitem(last=False)

    def _opposite(self, held: ResidentFile, purpose: str, *, granted: bool) -> str:
        """
        Return the instant of the person's last opposite decision: an older form sent after it is a new act.

        Not the last word of all: then a form sent twice would be two events as soon as the ledger has one.
        """
        said = [*held.consents, *held.stances]
        opposite = [one.at for one in said if one.purpose == purpose and one.granted is not granted]
        lately = self._said.get((held.person, purpose, not granted))
        last = max([*opposite, *([lately] if lately else [])], default=None)
        return "" if last is None else str(last.timestamp())


def claim_of(person: str, kind: ClaimKind, detail: str, *, form: str, now: datetime) -> Event:
    """Make the event that starts a claim."""
    words = tidy(detail, LONGEST)
    number = f"MI-{_digest(form, person, CLAIMED, kind, words)[:10].upper()}"
    return claim_event(person, kind, number, now, words)


def petition_of(held: ResidentFile, kind: str, words: str, *, place: str, form: str, now: datetime) -> Event:
    """Make the event that opens a PQRS of one of `PETITIONS` about a place of the person."""
    number = f"MI-{_digest(form, held.person, _RECEIVED, kind, words, place)[:10].upper()}"
    data: dict[str, Json] = {
        "pqrs_id": number,
        "radicado": number,
        "kind": kind,
        "entry_channel": METHOD,
        "service_area": _AREA,
        "subject": words,
        "petitioner": {"ref": held.person},
        **_where(held.places, place),
    }
    return own_event(_RECEIVED, f"resident:{number}", data, time=now)


def _where(places: Sequence[ResidentPlace], asked: str) -> Mapping[str, Json]:
    """Return the fields of the unit or building that the person names; else their only building."""
    own = next((one for one in places if asked and one.unit_id == asked), None)
    buildings = {one.copropiedad_id for one in places if one.copropiedad_id}
    if own is not None:
        return {"copropiedad_id": own.copropiedad_id, "unit_id": own.unit_id}
    if asked in buildings or len(buildings) == 1:
        return {"copropiedad_id": asked if asked in buildings else buildings.pop()}
    return {}


def places_shown(places: Sequence[ResidentPlace]) -> Mapping[str, str]:
    """Return the places that somebody may name: the own units, then what is common in their buildings."""
    units = {one.unit_id: f"{one.unit}, {one.building}" for one in places if one.unit_id}
    commons = {one.copropiedad_id: f"Zona común de {one.building}" for one in places if one.copropiedad_id}
    return {**units, **commons}


def said(about: str, detail: str) -> str:
    """Return what somebody writes about and what they tell, in one; empty without words."""
    return tidy(": ".join(filter(str.strip, (about, detail))), LONGEST)


def correction(datum: str, right: str) -> str:
    """Return the words of a claim about a wrong datum: `Correo: debe quedar maria@example.com`; else ""."""
    words = tidy(right, LONGEST)
    return f"{DATA[datum]}: debe quedar {words}" if datum in DATA and words else ""


def read_kind(given: str) -> ClaimKind | None:
    return ClaimKind(given) if given in set(ClaimKind) else None


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode(errors="surrogateescape")).hexdigest()
