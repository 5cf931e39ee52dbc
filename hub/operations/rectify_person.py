"""
Ask for a correction of a person's data: a claim, with the term of Ley 1581 de 2012, art. 15.

The directory is its publisher's. A version that the hub made up would be overtaken by the publisher's next
one, or would set that one aside. So the claim goes to whoever answers for data, and the correction comes as
every change of the directory does; the former contact is told of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import uuid4

from msgspec import Struct

from hub.access.actor import Actor
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
    by: Actor, person: str, kind: Correction, *, held: ExportFacts, publish: Publish, case: str | None
) -> Claim:
    """Open the claim of a person; with the number of a case, a repeat is a duplicate. Raises UnknownName."""
    _require_known(person, held)
    claim = Claim(case=case or f"datos-{uuid4()}", person=person, kind=kind, source=last_source(held))
    await by.note("person.rectify", f"person:{person}", person=person, case=claim.case)
    await publish([claim_event(person, kind, claim.case, by.now.replace(microsecond=0))])
    return claim


async def look(by: Actor, person: str, *, held: ExportFacts) -> str | None:
    """Say whose system has to correct the person's data, and audit the look. Raises UnknownName."""
    _require_known(person, held)
    await by.note("person.rectify.look", f"person:{person}", person=person)
    return last_source(held)


def _require_known(person: str, held: ExportFacts) -> None:
    if not held.versions:
        raise UnknownName(f"no hay nadie que se llame {person!r} en el directorio")


def last_source(held: ExportFacts) -> str | None:
    """Return whose system wrote the person last: it has to correct it."""
    return held.versions[-1].source if held.versions else None
