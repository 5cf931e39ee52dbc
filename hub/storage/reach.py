"""Reach in PostgreSQL: the units of each copropiedad, and those that nobody reaches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from asyncpg import Record

from hub.model import PropertyScope
from hub.model.reach import PlaceReach, UnreachedUnit
from hub.people.audience import Group
from hub.people.readiness import CONSENTS, DUTIES, LEVELS, Place, Readiness, readiness
from hub.storage import consents, staff
from hub.storage.database import Database, Runner, Store, load, read
from hub.storage.people import to_person
from hub.storage.suppressions import Lasts, suppressed

_SQL = load("reach")
BEST: Final = _SQL["best"]
"""What a `unit` has: `reach`, the `ways` to its people, and how many `people`; of the values of `lasting`."""
_BY_PLACE: Final = _SQL["by_place"].replace("<best>", BEST)
_UNREACHED: Final = _SQL["unreached"].replace("<best>", BEST)
_CHANNELS: Final = ("email", "sms", "push")


class PostgresReach(Store):
    """
    One statement each, of the directory as it is now.

    `lasts` is how long a suppression without an end of its own lasts, by channel.
    """

    def __init__(self, database: Database, lasts: Lasts) -> None:
        super().__init__(database)
        self._lasting = lasting(lasts)

    async def by_place(self, places: PropertyScope = None) -> Sequence[PlaceReach]:
        """Count the units of each copropiedad that has any, those with the most unreachable ones first."""
        narrowed = None if places is None else sorted(places)
        return [read(PlaceReach, row) for row in await self.rows(_BY_PLACE, *self._lasting, narrowed)]

    async def unreached(self, copropiedad: str) -> Sequence[UnreachedUnit]:
        """List the units of a copropiedad that cannot be reached, by tower and label."""
        rows = await self.rows(_UNREACHED, *self._lasting, copropiedad)
        return [read(UnreachedUnit, row) for row in rows]


def lasting(lasts: Lasts) -> tuple[list[str], list[timedelta | None]]:
    """Return the first parameters of each statement here: channels, and how long each suppresses."""
    return list(_CHANNELS), [lasts(channel) for channel in _CHANNELS]


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
