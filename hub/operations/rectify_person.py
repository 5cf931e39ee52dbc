"""
Ask for a correction of a person's data: a claim, with the term of Ley 1581 de 2012, art. 15.

The directory is its publisher's. A version that the hub made up would be overtaken by the publisher's next
one, or would set that one aside. So the claim goes to whoever answers for data, and the correction comes as
every change of the directory does; the former contact is told of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

from hub.model import HUB_SOURCE, Event, own_event
from hub.ports.person_export import ExportFacts

CLAIMED: Final = "privacy.claim.received"


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


def claim_event(person: str, kind: str, case: str, at: datetime, detail: str = "") -> Event:
    """Make the claim; `detail` is what the person says. A repeat of the same case is a duplicate."""
    data = {
        "case_id": case,
        "subject_id": person,
        "kind": str(kind),
        "received_at": at.isoformat(),
        "data_subject": {"ref": person},
        **({"detail": detail} if detail else {}),
    }
    return own_event(CLAIMED, f"claim:{case}", data, time=at)


def last_source(held: ExportFacts) -> str | None:
    """Return whose system wrote the person last: it has to correct it."""
    return held.versions[-1].source if held.versions else None
