"""What an import asks of PostgreSQL: the rows that a file speaks of, and one transaction for all of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from asyncpg import Record

from hub.importing import Change, Changes, Entries, Known, Report, compare, entries_of
from hub.importing.changes import NOUNS, events
from hub.importing.entries import COPROPIEDAD, MEMBERSHIP, PERSON, UNIT, Hashes, places_of, possible_people
from hub.model import Json
from hub.storage import directory
from hub.storage.database import Database, Runner
from hub.storage.queries import load

_SQL = load("importing")
_ZONE: Final = ZoneInfo("America/Bogota")
_AT_ONCE: Final = 1_000
"""Rows in a statement: enough to be quick, few enough to show how far it is."""

Step = Callable[[int, int], None]
"""Told how many rows are written, and of how many."""


class PostgresImports:
    """Compares files with the directory, and writes what they change."""

    def __init__(self, database: Database, hashes: Hashes) -> None:
        self._database = database
        self._hashes = hashes

    async def compare(self, report: Report, *, now: datetime) -> tuple[Entries, Changes]:
        """Tell what a file would change; nothing is written."""
        async with self._database.transaction() as run:
            return await self._compared(run, report, now)

    async def apply(
        self, report: Report, *, now: datetime, end_missing: bool = False, step: Step = lambda _, __: None
    ) -> tuple[Entries, Changes]:
        """
        Write what a file changes, all of it or nothing.

        Compared again in the transaction that writes. Raises StorageRefused, StorageUnavailable.
        """
        async with self._database.transaction() as run:
            await run.rows(_SQL["alone"])
            entries, changes = await self._compared(run, report, now)
            await _write(run, [*changes.made, *(changes.ended if end_missing else ())], now, step)
        return entries, changes

    async def _compared(self, run: Runner, report: Report, now: datetime) -> tuple[Entries, Changes]:
        named = {row["id"]: row["name"] for row in await run.rows(_SQL["copropiedades"])}
        places = sorted(set(places_of(report.rows, named).values()))
        memberships = await run.rows(_SQL["memberships"], places)
        people = {row["person_id"] for row in memberships} | possible_people(report.rows, self._hashes)
        known = Known(
            copropiedades=named,
            units=[dict(row) for row in await run.rows(_SQL["units"], places)],
            people=[dict(row) for row in await run.rows(_SQL["people"], sorted(people))],
            memberships=[_member(row) for row in memberships],
        )
        entries = entries_of(report.rows, known, self._hashes)
        stored = {noun: await _stored(run, noun, entries.facts[noun]) for noun in NOUNS}
        return entries, compare(entries, stored, known, now=now)


async def _write(run: Runner, changes: list[Change], now: datetime, step: Step) -> None:
    for start in range(0, len(changes), _AT_ONCE):
        some = changes[start : start + _AT_ONCE]
        await directory.apply(run, events(some, now=now))
        step(start + len(some), len(changes))


async def _stored(run: Runner, noun: str, ids: Collection[str]) -> Mapping[str, Mapping[str, Json]]:
    rows = await run.rows(_SQL[f"stored_{noun}"], sorted(ids))
    return {
        row["id"]: {
            "version": row["version"],
            "removed": row["removed"],
            "data": {f"{noun}_id": row["id"], **_DATA[noun](row)},
        }
        for row in rows
    }


def _copropiedad(_: Record) -> Mapping[str, Json]:
    return {}


def _unit(row: Record) -> Mapping[str, Json]:
    return {name: row[name] for name in ("copropiedad_id", "tower", "label", "floor", "coefficient")}


def _person(row: Record) -> Mapping[str, Json]:
    return {
        "names": row["name"],
        **{name: row[name] for name in ("locale", "digital_access", "document_hash")},
        "contact_points": row["contact_points_given"] or [],
    }


def _membership(row: Record) -> Mapping[str, Json]:
    return {
        "person_id": row["person_id"],
        "scope": f"{row['scope_kind']}:{row['scope_id']}",
        "role": row["role"],
        "since": _day(row["since"]),
        "until": _day(row["until"]),
    }


_DATA: Final[Mapping[str, Callable[[Record], Mapping[str, Json]]]] = {
    COPROPIEDAD: _copropiedad,
    UNIT: _unit,
    PERSON: _person,
    MEMBERSHIP: _membership,
}


def _member(row: Record) -> Mapping[str, Json]:
    return {"id": row["id"], "version": row["version"], "ends_at": row["until"], **_membership(row)}


def _day(instant: datetime | None) -> str | None:
    """Say an instant as a file does: its date in Bogotá, if it is the first of it."""
    if instant is None:
        return None
    local = instant.astimezone(_ZONE)
    return local.date().isoformat() if local.time() == time() else instant.isoformat()
