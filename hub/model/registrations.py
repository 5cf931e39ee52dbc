"""Registrations: what came by phone, at the counter or by a letter, with the number that the hub gives it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from msgspec import Struct

from hub.business_time.dates import as_day
from hub.model.given_files import GivenFile
from hub.model.ids import uuid8

COMPANY: Final = ""
"""The place of a series that is of no copropiedad."""


_UNIQUE: Final = re.compile(r"([A-Z]{2}-\d{4}-\d{6,})@.*", re.DOTALL)
PETITIONS: Final = "PQ"
"""The series of PQRS."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class KindWord(StrEnum):
    PQRS = "pqrs"
    REPAIR = "repair"
    VISIT = "visit"
    PACKAGE = "package"
    INCIDENT = "incident"
    COUNTER = "counter"
    CONSENT = "consent"
    PROMISE = "promise"


class Series(Struct, frozen=True, kw_only=True):
    """Numbers without a gap, of one copropiedad in one year of Bogotá."""

    name: str
    copropiedad_id: str
    year: int

    @classmethod
    def at(cls, name: str, copropiedad_id: str | None, now: datetime) -> Series:
        return cls(name=name, copropiedad_id=copropiedad_id or COMPANY, year=as_day(now).year)

    def radicado(self, number: int) -> str:
        """`PQ-2026-000123`."""
        return f"{self.name}-{self.year}-{number:06}"

    def unique(self, radicado: str) -> str:
        """Return the number with its copropiedad: another one may have the same number."""
        return f"{radicado}@{self.copropiedad_id}" if self.copropiedad_id else radicado


def plain_number(number: str) -> str:
    """Return a number of ours as people read it, without its copropiedad; any other as it is."""
    found = _UNIQUE.fullmatch(number)
    return number if found is None else found[1]


def form_id(*parts: str) -> UUID:
    """Return the id of a form; it has no time: the same one at any time is the same."""
    return uuid8(_EPOCH, "registration", *parts)


class Registering(Struct, frozen=True, kw_only=True):
    """What is to get a number. `form` names the form that was filled in; `files` are those of `person`."""

    form: UUID
    series: Series
    kind: KindWord
    by: str
    at: datetime
    files: Sequence[GivenFile] = ()
    person: str | None = None


class Registration(Struct, frozen=True, kw_only=True):
    """A number that was given; `id` is the key of its event, which `event` holds until it is published."""

    id: UUID
    copropiedad_id: str
    radicado: str
    kind: str
    event: bytes | None
    by: str
    at: datetime
