"""Readiness of copropiedades before they go live."""

from __future__ import annotations

from asyncpg import Record

from hub.people.audience import Group
from hub.people.readiness import CONSENTS, DUTIES, LEVELS, Place, Readiness, readiness
from hub.storage import consents, staff
from hub.storage.database import Database, Runner, Store, load
from hub.storage.people import to_person
from hub.storage.suppressions import Lasts, suppressed

_SQL = load("readiness")


class PostgresReadiness(Store):
    """Checks one copropiedad, or all."""

    def __init__(self, database: Database, lasts: Lasts) -> None:
        super().__init__(database)
        self._lasts = lasts

    async def of(self, copropiedad: str | None) -> list[Readiness]:
        """Return the readiness of one or of all, by id; nothing for an unknown one."""
        async with self._database.transaction() as run:
            gone = await suppressed(run, self._lasts)
            rows = await run.rows(_SQL["opt_outs"])
            opted_out = {row["address"] for row in rows} | {row["person"] for row in rows}
            places = await run.rows(_SQL["places"], copropiedad)
            return [readiness(await _place(run, row), gone, opted_out - {None}) for row in places]


async def _place(run: Runner, row: Record) -> Place:
    ref = row["id"]
    asked = {
        **{duty: Group(duty=duty, copropiedad_id=ref) for duty in DUTIES},
        **{f"level {level}": Group(level=level, copropiedad_id=ref) for level in LEVELS},
    }
    found = await staff.find(run, list(asked.values()))
    people = [to_person(row) for row in await run.rows(_SQL["people"], ref)]
    return Place(
        **dict(row),
        people=people,
        consents=await consents.yeses(run, [person.ref for person in people], CONSENTS),
        unstaffed=[name for name, group in asked.items() if not found[group].present],
    )
