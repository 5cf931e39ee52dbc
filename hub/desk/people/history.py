"""History of a person in lines: roles, cases, the last message of each channel, replies, suppressions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from hub.model import TYPE_PREFIX, TYPE_SUFFIX, Instant, Json, PropertyScope
from hub.people.units import short_name
from hub.rendering.matters_es import kind_of, subject_of


class RoleOverTime(Struct, kw_only=True):
    """A membership; `ended_at` is when it was removed from the directory, or its own end."""

    id: str
    role: str
    scope: str
    copropiedad_id: str | None
    copropiedad: str | None
    unit: str | None
    since: Instant
    ended_at: Instant | None


class CaseOfPerson(Struct, frozen=True, kw_only=True):
    """A case in which the person was written to, with its first event, and the unit of a payment's."""

    case: str
    event: str
    at: datetime
    opened_type: str | None
    opened_data: Mapping[str, Json] | None
    copropiedad_id: str | None
    tower: str | None
    label: str | None


class CaseLine(Struct, kw_only=True):
    case: str
    event: str
    at: Instant
    subject: Annotated[
        str, Meta(description="What it is about; in nobody's own words for who need not answer there.")
    ]


class ChannelLately(Struct, kw_only=True):
    """The last message by a channel, and what became of it."""

    channel: str
    state: str
    reason: str | None
    at: Instant


class ReplyLine(Struct, kw_only=True):
    """A reply of the person to one of our messages, without its text."""

    id: UUID
    at: Instant
    kind: str
    channel: str
    case: str | None


class DeadAddress(Struct, frozen=True, kw_only=True):
    """A suppression of an address on a channel; `lifted_at` says that it no longer holds."""

    id: UUID
    address: str
    channel: str
    reason: str
    code: str
    since: datetime
    expires_at: datetime | None
    lifted_at: datetime | None

    def ends_at(self, lasts: timedelta | None) -> datetime | None:
        """Return when it ends by itself, where the policy lets one last this long; None is never."""
        return self.expires_at or (None if lasts is None else self.since + lasts)

    def holds(self, lasts: timedelta | None, at: datetime) -> bool:
        end = self.ends_at(lasts)
        return self.lifted_at is None and (end is None or end > at)


def case_line(case: CaseOfPerson, words: PropertyScope) -> CaseLine:
    """Say what a case is about; outside `words` in nobody's own words."""
    sees = words is None or case.copropiedad_id in words
    unit = "" if case.label is None else short_name(case.tower, case.label)
    about = subject_of(case.case, case.opened_type, case.opened_data, unit=unit)
    opened = (case.opened_type or "").removeprefix(TYPE_PREFIX).removesuffix(TYPE_SUFFIX)
    return CaseLine(
        case=case.case, event=case.event, at=case.at, subject=about if sees else kind_of(opened or case.event)
    )
