"""Data that the hub holds of a person, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

from hub.model import Instant, Json, MarkEntry, PreferenceEntry, Purpose
from hub.model.given_files import HandedFile
from hub.people.audience.contacts import strangers_in
from hub.storage import given_files
from hub.storage.database import Store, load, read, storable
from hub.storage.own_addresses import NO_ADDRESS, ByAddress, own_addresses
from hub.storage.preferences import marks_of

_SQL = load("person_export")
MOST_BYTES: Final = 50_000_000
"""Bytes of files that one export has; it is in memory, whole."""


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


class ContactRecord(Struct, frozen=True, kw_only=True):
    """
    A message of a limited purpose that a provider accepted, or may have accepted.

    `register` is the day of the list of excluded numbers against which it was checked; advertising has one.
    """

    message_id: UUID
    at: Instant
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


class PostgresPersonExport(Store):
    async def held(self, person: str) -> ExportFacts:
        """Return the data of the person besides messages, replies and consents."""
        asked = storable(person)
        async with self._database.snapshot() as run:
            own = await own_addresses(run, person)
            return ExportFacts(
                versions=[read(PersonVersion, row) for row in await run.rows(_SQL["versions"], asked)],
                roles=[read(RoleVersion, row) for row in await run.rows(_SQL["roles"], asked)],
                cases=[
                    read(PromiseOfCase, row)
                    for row in await run.rows(_SQL["cases"], asked, *_split(own.refs))
                    if row["is_named"] or _is_of(row["recipients"], own.refs)
                ],
                surveys=[read(SurveyOfPerson, row) for row in await run.rows(_SQL["surveys"], asked)],
                preferences=[
                    read(PreferenceEntry, row) for row in await run.rows(_SQL["preferences"], asked)
                ],
                marks=await marks_of(run, person),
                openings=[read(PageOpeningLine, row) for row in await run.rows(_SQL["openings"], asked)],
                contacts=[read(CountedContactLine, row) for row in await run.rows(_SQL["counted"], asked)],
                suppressions=[
                    read(SuppressionLine, row)
                    for row in await run.rows(_SQL["suppressions"], *_split(own.lower))
                ],
                opt_outs=[
                    read(RefusedByAddress, row)
                    for row in await run.rows(_SQL["opt_outs"], *_split(own.lower))
                ],
                by_address=ByAddress(refs=own.refs, addresses=own.lower),
            )

    async def contacts(self, person: str, purposes: Collection[Purpose]) -> Sequence[ContactRecord]:
        """Return the contacts of these purposes, oldest first; those of dropped months are gone."""
        own = await own_addresses(self, person)
        rows = await self.rows(_SQL["contacts"], *_split(own.refs), sorted(purposes))
        return [read(ContactRecord, row) for row in rows]

    async def files(self, person: str, replies: Collection[UUID]) -> list[HandedFile]:
        return await given_files.of_person(self, person, replies, MOST_BYTES)


def _split(until: Mapping[str, datetime]) -> tuple[list[str], list[datetime]]:
    return list(until), list(until.values())


def _is_of(recipients: Json, refs: Collection[str]) -> bool:
    """Return whether a party is a stranger of these references."""
    return any(person.ref in refs for person in strangers_in(recipients))
