"""What the hub holds of a person, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hub.model import Purpose
from hub.ports.person_export import (
    ContactRecord,
    ExportFacts,
    PersonVersion,
    PromiseOfCase,
    RoleVersion,
    SurveyOfPerson,
)
from hub.storage.database import Store, load, read, storable

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
            )

    async def contacts(self, person: str, purposes: Collection[Purpose]) -> Sequence[ContactRecord]:
        rows = await self.rows(_SQL["contacts"], storable(person), sorted(purposes))
        return [read(ContactRecord, row) for row in rows]
