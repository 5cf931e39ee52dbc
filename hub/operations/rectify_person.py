"""
Ask for a correction of a person's data: a claim, with the term of Ley 1581 de 2012, art. 15.

The directory is its publisher's. A version that the hub made up would be overtaken by the publisher's next
one, or would set that one aside. So the claim goes to whoever answers for data, and the correction comes as
every change of the directory does; the former contact is told of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import uuid4

from msgspec import Struct

from hub.errors import UnknownName
from hub.model import HUB_SOURCE, Event
from hub.people.claims import claim_event
from hub.ports.person_export import ExportFacts

Publish: TypeAlias = Callable[[Sequence[Event]], Awaitable[None]]


class Correction(StrEnum):
    """What is asked for."""

    CORRECTION = "correccion"
    """What stands there is wrong."""
    UPDATE = "actualizacion"
    """It was right once."""


class Claim(Struct, kw_only=True):
    """The claim that was opened, and whose system has to correct the directory."""

    case: str
    person: str
    kind: Correction
    source: str | None


OWN: Final[Mapping[str | None, str]] = {
    None: "Corrija la hoja y vuelva a cargarla (hub people import), o use PUT /api/directory/people/REF.",
    HUB_SOURCE: "Corrija la hoja y vuelva a cargarla (hub people import).",
}
"""Who wrote the last version → what to do, where no other system has."""


async def rectify(
    person: str, kind: Correction, *, held: ExportFacts, publish: Publish, at: datetime, case: str | None
) -> Claim:
    """Open the claim of a person; with the number of a case, a repeat is a duplicate. Raises UnknownName."""
    if not held.versions:
        raise UnknownName(f"no hay nadie que se llame {person!r} en el directorio")
    claim = Claim(case=case or f"datos-{uuid4()}", person=person, kind=kind, source=last_source(held))
    await publish([claim_event(person, kind, claim.case, at)])
    return claim


def last_source(held: ExportFacts) -> str | None:
    """Return whose system wrote the person last: it has to correct it."""
    return held.versions[-1].source if held.versions else None
