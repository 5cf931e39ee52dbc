"""What the hub holds of a person, in PostgreSQL."""

from __future__ import annotations

from hub.ports.person_export import AnsweredSurvey, HeldFacts, HeldRole, NamedVersion, PromiseOfCase
from hub.storage.database import Store, load, read, storable

_SQL = load("person_export")


class PostgresPersonExport(Store):
    """The PersonExportStore."""

    async def held(self, person: str) -> HeldFacts:
        asked = storable(person)
        async with self._database.snapshot() as run:
            return HeldFacts(
                versions=[read(NamedVersion, row) for row in await run.rows(_SQL["versions"], asked)],
                roles=[read(HeldRole, row) for row in await run.rows(_SQL["roles"], asked)],
                cases=[read(PromiseOfCase, row) for row in await run.rows(_SQL["cases"], asked)],
                surveys=[read(AnsweredSurvey, row) for row in await run.rows(_SQL["surveys"], asked)],
            )
