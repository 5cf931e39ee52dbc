"""Rows of the directory from which the list of people and the overview are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hub.model import Json, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFilter:
    """
    A filter of people; a field that is None or false does not filter.

    `unreachable` is judged by the use case: the database cannot tell whether a channel reaches somebody.
    """

    copropiedad: str | None = None
    unit: str | None = None
    role: str | None = None
    marked: bool = False
    unreachable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleHeld:
    """A role of a person now. Without a copropiedad it is of the company."""

    role: str
    copropiedad_id: str | None
    copropiedad: str | None
    unit_id: str | None
    unit: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Housemate:
    """Another person of a unit of somebody."""

    unit_id: str
    unit: str
    copropiedad_id: str
    copropiedad: str
    person: str
    name: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleDuplicate:
    """Another entry that may be the same person; `why`: email, phone or unit."""

    person: str
    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPerson:
    """A person with contact points, wishes and mark, and the roles that the caller may know of."""

    person: Person
    roles: Sequence[RoleHeld]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTerm:
    """A membership over time; `ended_at` is when it was removed from the directory, or its own end."""

    id: str
    role: str
    scope: str
    copropiedad_id: str | None
    copropiedad: str | None
    unit: str | None
    since: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadAddress:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOfPerson:
    """A case in which the person was written to, with its first event, and the unit of a payment's."""

    case: str
    event: str
    at: datetime
    opened_type: str | None
    opened_data: Mapping[str, Json] | None
    copropiedad_id: str | None
    tower: str | None
    label: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastByChannel:
    """The last message that went to a person by a channel."""

    channel: str
    state: str
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyOfPerson:
    """A reply of the person to one of our messages, without its text."""

    id: UUID
    at: datetime
    kind: str
    channel: str
    case: str | None
