"""Data that the hub holds of a person, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hub.model import PreferenceEntry, Purpose
from hub.ports.person_export import (
    ContactRecord,
    CountedContact,
    ExportFacts,
    PageOpening,
    PersonVersion,
    PromiseOfCase,
    RoleVersion,
    SurveyOfPerson,
)
from hub.storage.database import Store, load, read, storable
from hub.storage.preferences import marks_of

_SQL = load("person_export")


class PostgresPersonExport(Store):
    """The PersonExportStore."""

    async def held(self, person: str) -> ExportFacts:
        asked = storable(person)
        async with self._database.snapshot() as run:
            return ExportFacts(
                versions=[read(PersonVersion, row) for row in await run.rows(_SQL["versions"], asked)],
                roles=[read(RoleVersion, row) for row in await run.rows(_SQL["roles"], asked)],
                cases=[read(PromiseOfCase, row) for row in await run.rows(_SQL["cases"], asked)],
                surveys=[read(SurveyOfPerson, row) for row in await run.rows(_SQL["surveys"], asked)],
                preferences=[
                    read(PreferenceEntry, row) for row in await run.rows(_SQL["preferences"], asked)
                ],
                marks=await marks_of(run, person),
                openings=[read(PageOpening, row) for row in await run.rows(_SQL["openings"], asked)],
                contacts=[read(CountedContact, row) for row in await run.rows(_SQL["counted"], asked)],
            )

    async def contacts(self, person: str, purposes: Collection[Purpose]) -> Sequence[ContactRecord]:
        rows = await self.rows(_SQL["contacts"], storable(person), sorted(purposes))
        return [read(ContactRecord, row) for row in rows]
