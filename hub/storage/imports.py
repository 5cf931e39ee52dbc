"""Imports in PostgreSQL: the rows that a file names, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from asyncpg import Record

from hub.business_time.dates import written
from hub.model import Event, Json
from hub.people.importing import KnownDirectory, Part, Stored
from hub.people.importing.entries import (
    COPROPIEDAD,
    HOURS,
    MEMBERSHIP,
    PERSON,
    STAFF,
    STAFF_FACTS,
    UNIT,
    StoredEntry,
    StoredPerson,
    StoredUnit,
)
from hub.storage import directory
from hub.storage.database import Runner, load, read

_SQL = load("imports")


async def alone(run: Runner) -> datetime:
    """
    Wait until no other import writes, and return the present of this transaction.

    Else each would read rows that the other is about to change.
    """
    await run.rows(_SQL["alone"])
    [row] = await run.rows("SELECT now() AS at")
    at: datetime = row["at"]
    return at


async def copropiedades(run: Runner) -> Mapping[str, str]:
    """Return all copropiedades of the company: id → name."""
    return {row["id"]: row["name"] for row in await run.rows(_SQL["copropiedades"])}


async def known(run: Runner, part: Part, people: Collection[str]) -> KnownDirectory:
    """
    Return the stored units, memberships and people of a part, and the people with these ids.

    Removed memberships and people are left out, and so are the names of the copropiedades.
    """
    places = list(part.copropiedades)
    memberships = await run.rows(_SQL["memberships"], places, part.staff, part.company)
    wanted = {row["person_id"] for row in memberships} | set(people)
    return KnownDirectory(
        units=[read(StoredUnit, row) for row in await run.rows(_SQL["units"], places)],
        people=[read(StoredPerson, row) for row in await run.rows(_SQL["people"], sorted(wanted))],
        memberships=[_entry(MEMBERSHIP, row) for row in memberships],
    )


async def stored(run: Runner, ids: Mapping[str, Collection[str]]) -> Stored:
    """Return the rows with these ids, by noun, including removed ones."""
    found = {noun: await run.rows(_SQL[f"stored_{noun}"], sorted(some)) for noun, some in ids.items()}
    return {noun: {row["id"]: _entry(noun, row) for row in rows} for noun, rows in found.items()}


async def apply(run: Runner, events: Sequence[Event]) -> None:
    """Apply `directory.*` events, each with the next version of the row that this transaction has read."""
    await directory.apply(run, events, jumps=True)


def _entry(noun: str, row: Record) -> StoredEntry:
    return read(StoredEntry, row, data={f"{noun}_id": row["id"], **_DATA[noun](row)})


def _copropiedad(_: Record) -> Mapping[str, Json]:
    return {}


def _unit(row: Record) -> Mapping[str, Json]:
    return {name: row[name] for name in ("copropiedad_id", "tower", "label", "floor", "coefficient")}


def _person(row: Record) -> Mapping[str, Json]:
    return {
        "names": row["name"],
        **{name: row[name] for name in ("locale", "digital_access", "large_print", "document_hash")},
        "contact_points": row["contact_points_given"] or [],
    }


def _membership(row: Record) -> Mapping[str, Json]:
    kind, ref = row["scope_kind"], row["scope_id"]
    return {
        "person_id": row["person_id"],
        "scope": f"{kind}:{ref}" if ref else kind,
        "role": row["role"],
        "since": written(row["since"]),
        "until": written(row["until"]),
        **({name: row[name] for name in STAFF_FACTS} if row["role"] == STAFF else {}),
        **({HOURS: row[HOURS]} if row[HOURS] else {}),
    }


_DATA: Final[Mapping[str, Callable[[Record], Mapping[str, Json]]]] = {
    COPROPIEDAD: _copropiedad,
    UNIT: _unit,
    PERSON: _person,
    MEMBERSHIP: _membership,
}
