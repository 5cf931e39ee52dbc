"""
A database of a company that has run for a year: buildings, people, events, messages, cases. Filled by SQL.

Names are as frequent as they are in Colombia: some surnames have thousands of people. Ids and instants spread
over twelve months, a partition for each.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import asyncpg

from hub.model.months import month_of, months_after
from hub.storage import Database, PostgresMonths
from hub.storage.database import statements

_FOLDER: Final = Path(__file__).parent
_SQL: Final = statements((_FOLDER / "search_town.sql").read_text(encoding="utf-8"))
_DIRECTORY: Final = (
    "copropiedades",
    "units",
    "people",
    "memberships",
    "membership_versions",
    "unit_versions",
)
NAMES: Final[Mapping[str, Sequence[str]]] = tomllib.loads(
    (_FOLDER / "search_names.toml").read_text(encoding="utf-8")
)
"""`given`, `surnames`, `places`, `titles`, `subjects`."""
AT_ONCE: Final = 100_000
PEOPLE_OF_A_BUILDING: Final = 500
PEOPLE_OF_A_UNIT: Final = 2.5
TOLD_AT_ONCE: Final = 200
"""Messages of a circular."""
MONTHS: Final = 12


KINDS: Final[Sequence[tuple[str, float, int]]] = (
    ("admin.payment.received", 0.70, 1),
    ("admin.circular.issued", 0.19, TOLD_AT_ONCE),
    ("pqrs.received", 0.05, 1),
    ("concierge.package.received", 0.0599, 1),
    ("admin.assembly.cancelled", 0.0001, 1),
)
"""Event, share of the messages, messages of one event. The last is rare: a list of it is a list of few."""

_SPREAD: Final = "(timestamptz '%(now)s' - interval '360 days' * (1 - %(place)s))"
_ID: Final = (
    "(lpad(to_hex(floor(extract(epoch FROM %(at)s) * 1000)::bigint), 12, '0')"
    " || '8' || substr(md5(%(name)s), 1, 3) || '8' || substr(md5(%(name)s), 4, 15))::uuid"
)

_SETTLED: Final = (
    "event",
    "message",
    "clock",
    "person",
    "unit",
    "membership",
    "copropiedad",
    "directory_version",
)


async def fill(url: str, messages: int, people: int, say: Callable[[str], None]) -> None:
    """Store so many messages of events of the last year, and so many people."""
    async with Database(url, size=1) as database:
        await _make_months(database)
    connection = await asyncpg.connect(url, timeout=30, command_timeout=3600)
    try:
        await connection.execute("SET synchronous_commit = off")
        await connection.execute(_SQL["functions"])
        await _fill_directory(connection, people)
        say(f"{people:,} people stored")
        for name, share, copies in KINDS:
            await _fill_kind(connection, name, max(1, int(messages * share) // copies), copies, people)
            say(f"messages of {name} stored")
        for table in _SETTLED:
            await connection.execute(f"VACUUM (ANALYZE) {table}")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


def buildings(people: int) -> int:
    return max(2, people // PEOPLE_OF_A_BUILDING)


def _units(people: int) -> int:
    return max(1, int(people / PEOPLE_OF_A_UNIT))


async def _make_months(database: Database) -> None:
    """Make the months of the year, in place of the one that a new database has for all that was before."""
    months = PostgresMonths(database)
    for month in await months.months():
        if month.is_first:
            # The hub itself drops no month of today.
            await database.rows(f"DROP TABLE attempt_{month.name}, message_{month.name}, event_{month.name}")
    this = month_of(datetime.now(UTC))
    for number in range(-MONTHS, 2):
        await months.make(months_after(this, number))


async def _fill_directory(connection: asyncpg.Connection, people: int) -> None:
    places, units = buildings(people), _units(people)
    given: Sequence[Sequence[object]] = (
        (NAMES["places"], places),
        (units, places),
        (NAMES["given"], NAMES["surnames"], people),
        (people, units),
        (),
        (),
    )
    for name, values in zip(_DIRECTORY, given, strict=True):
        await connection.execute(_SQL[name], *values)


async def _fill_kind(
    connection: asyncpg.Connection, name: str, events: int, copies: int, people: int
) -> None:
    words = _words(name, events)
    for first in range(1, events + 1, max(1, AT_ONCE // copies)):
        last = min(events, first + max(1, AT_ONCE // copies) - 1)
        places = buildings(people)
        await connection.execute(
            _SQL["events"].format(**words),
            *(first, last, NAMES["titles"], NAMES["subjects"], places, _units(people)),
        )
        await connection.execute(_SQL["messages"].format(**words, copies=copies), first, last, people, places)
        if name == "pqrs.received":
            await connection.execute(_SQL["clocks"].format(**words), first, last, places)


def _words(name: str, events: int) -> Mapping[str, str]:
    at = _SPREAD % {"now": datetime.now(UTC).date(), "place": f"n / {events}::double precision"}
    key = _ID % {"at": "at", "name": f"'{name}' || n"}
    return {
        "name": name,
        "at": at,
        "key": key,
        "message": _ID % {"at": "at", "name": f"'m{name}' || n || '/' || copy"},
    }
