"""What PostgreSQL knows of copropiedades that are to go live."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from asyncpg import Record

from hub.audience import Group
from hub.readiness import CONSENTS, DUTIES, LEVELS, Place, Readiness, Suppressed, readiness
from hub.storage import consents, staff
from hub.storage.database import Database, Runner
from hub.storage.people import to_person
from hub.storage.queries import load

_SQL = load("readiness")

Lasts = Callable[[str], timedelta | None]
"""Channel → how long a suppression lasts that says no end itself; None is for ever."""


class PostgresReadiness:
    """Looks at one copropiedad, or at each."""

    def __init__(self, database: Database, lasts: Lasts) -> None:
        self._database = database
        self._lasts = lasts

    async def of(self, copropiedad: str | None) -> list[Readiness]:
        """Answer for one, or for each, by id; nothing for one that is not known."""
        async with self._database.transaction() as run:
            suppressed = await self._suppressed(run)
            rows = await run.rows(_SQL["opt_outs"])
            opted_out = {row["address"] for row in rows} | {row["person"] for row in rows}
            places = await run.rows(_SQL["places"], copropiedad)
            return [readiness(await _place(run, row), suppressed, opted_out - {None}) for row in places]

    async def _suppressed(self, run: Runner) -> Suppressed:
        found = set()
        for row in await run.rows(_SQL["suppressions"]):
            lasts = self._lasts(row["channel"])
            ends = row["expires_at"] or (None if lasts is None else row["since"] + lasts)
            if ends is None or ends > row["at"]:
                found.add((row["address"], row["channel"]))
        return found


async def _place(run: Runner, row: Record) -> Place:
    ref = row["id"]
    asked = {
        **{duty: Group(duty=duty, copropiedad_id=ref) for duty in DUTIES},
        **{f"level {level}": Group(level=level, copropiedad_id=ref) for level in LEVELS},
    }
    found = await staff.find(run, list(asked.values()))
    people = [to_person(one) for one in await run.rows(_SQL["people"], ref)]
    return Place(
        **dict(row),
        people=people,
        consents=await consents.yeses(run, [one.ref for one in people], CONSENTS),
        unstaffed=[name for name, group in asked.items() if not found[group].present],
    )
