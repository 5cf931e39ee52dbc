"""Data that the hub holds of a person besides the thread of messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from hub.model import Instant, Json, MarkEntry, PreferenceEntry, Purpose
from hub.ports.by_address import NO_ADDRESS, ByAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonVersion:
    """A version of the person, with its first instant and its sender; `data` is the event's."""

    version: int
    since: datetime
    source: str | None
    data: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleVersion:
    """A role in a unit, a copropiedad or the company, in one version of the directory."""

    id: str
    role: str
    scope: str
    since: datetime
    until: datetime | None
    removed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseOfCase:
    """A promise in a case that the person is a party of; `who` is the part that the person has in it."""

    case: str
    who: str
    radicado: str | None
    subject: str | None
    clock: UUID | None
    name: str | None
    state: str | None
    started_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyOfPerson:
    """An answer of the person to a survey."""

    at: datetime
    data: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOpeningLine:
    """A code that was sent for the own page, or an opening of it (`shown` is null)."""

    at: Instant
    ends_at: Instant
    shown: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedContactLine:
    """A contact that the limits count (Ley 2300 de 2023)."""

    day: date
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionLine:
    """An address of the person to which the hub does not, or did not, write on a channel."""

    address: str
    channel: str
    reason: str
    since: Instant
    expires_at: Instant | None
    lifted_at: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedByAddress:
    """An opt-out from an address of the person, which named nobody."""

    purpose: Purpose
    at: datetime
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRecord:
    """
    A message of a limited purpose that a provider accepted, or may have accepted.

    `register` is the day of the list of excluded numbers against which it was checked; advertising has one.
    """

    message_id: UUID
    at: datetime
    event: str
    purpose: Purpose
    channel: str
    provider: str
    outcome: str
    register: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFacts:
    """All of it, of one moment."""

    versions: Sequence[PersonVersion]
    roles: Sequence[RoleVersion]
    cases: Sequence[PromiseOfCase]
    surveys: Sequence[SurveyOfPerson]
    preferences: Sequence[PreferenceEntry] = ()
    marks: Sequence[MarkEntry] = ()
    openings: Sequence[PageOpeningLine] = ()
    contacts: Sequence[CountedContactLine] = ()
    suppressions: Sequence[SuppressionLine] = ()
    opt_outs: Sequence[RefusedByAddress] = ()
    by_address: ByAddress = NO_ADDRESS
