"""Data that the hub holds of a person, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from hub.model import Json, PreferenceEntry, Purpose
from hub.model.given_files import HandedFile
from hub.people.audience.contacts import strangers_in
from hub.ports.by_address import ByAddress
from hub.ports.person_export import (
    ContactRecord,
    CountedContactLine,
    ExportFacts,
    PageOpeningLine,
    PersonVersion,
    PromiseOfCase,
    RefusedByAddress,
    RoleVersion,
    SuppressionLine,
    SurveyOfPerson,
)
from hub.storage import given_files
from hub.storage.database import Store, load, read, storable
from hub.storage.own_addresses import own_addresses
from hub.storage.preferences import marks_of

_SQL = load("person_export")
MOST_BYTES: Final = 50_000_000
"""Bytes of files that one export has; it is in memory, whole."""


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
