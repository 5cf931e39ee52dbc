"""Events as rows, and the parties of their cases."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from asyncpg import Record

from hub.model import Event, Json, Party, StoredEvent
from hub.storage.database import Runner, encode, encode_some, load, read, write

_SQL = load("events")


async def add(run: Runner, events: Sequence[StoredEvent]) -> Mapping[UUID, bool]:
    # Sorted by unique key: two batches that overlap wait for each other instead of deadlocking.
    ordered = sorted(events, key=lambda stored: (stored.event.id, stored.event.source))
    rows = await write(run, _SQL["add"], [_row(stored) for stored in ordered])
    return {row["key"]: row["place_known"] for row in rows}


async def mark_planned(run: Runner, keys: Collection[UUID]) -> None:
    await run.rows(_SQL["mark_planned"], sorted(keys))


async def place(run: Runner, placed: Collection[StoredEvent]) -> None:
    rows = sorted((event.key, event.copropiedad_id, event.unit_id) for event in placed)
    await write(run, _SQL["place"], rows)


async def unplanned(run: Runner, keys: Collection[UUID]) -> frozenset[UUID]:
    return frozenset(row["key"] for row in await run.rows(_SQL["unplanned"], sorted(keys)))


async def waiting(run: Runner, cases: Collection[str]) -> Sequence[StoredEvent]:
    return [event_of(row) for row in await run.rows(_SQL["waiting"], sorted(cases))]


async def by_key(run: Runner, keys: Collection[UUID]) -> Mapping[UUID, StoredEvent]:
    """Return the events that exist, by key."""
    rows = await run.rows(_SQL["by_key"], sorted(keys)) if keys else []
    return {row["key"]: event_of(row) for row in rows}


async def add_parties(run: Runner, parties: Sequence[Party]) -> None:
    latest: dict[tuple[str, str], Party] = {}
    for party in parties:
        known = latest.setdefault((party.case, party.who), party)
        if party.since > known.since:
            latest[party.case, party.who] = party
    rows = [
        (case, who, encode(party.recipients), party.since) for (case, who), party in sorted(latest.items())
    ]
    await write(run, _SQL["add_parties"], rows)


async def parties(run: Runner, cases: Collection[str]) -> Mapping[tuple[str, str], Json]:
    found = await run.rows(_SQL["parties"], sorted(cases))
    return {(row["case_key"], row["who"]): row["recipients"] for row in found}


async def of_cases(run: Runner, cases: Collection[str]) -> Mapping[str, Sequence[StoredEvent]]:
    """Return case → all its events; cases without events are absent."""
    return await since(run, dict.fromkeys(cases))


async def since(run: Runner, cases: Mapping[str, datetime | None]) -> Mapping[str, Sequence[StoredEvent]]:
    """Return case → its events from that instant on (None: all), in order; cases without any are absent."""
    rows = await write(run, _SQL["since"], sorted(cases.items(), key=itemgetter(0)))
    return {
        case: [event_of(row) for row in found] for case, found in groupby(rows, lambda row: row["case_key"])
    }


def _row(stored: StoredEvent) -> tuple[object, ...]:
    event = stored.event
    return (
        stored.key,
        event.source,
        event.id,
        event.type,
        event.time,
        stored.case,
        stored.copropiedad_id,
        stored.unit_id,
        event.subject,
        event.datacontenttype,
        event.dataschema,
        None if event.data is None else encode(event.data),
        encode_some(event.extensions),
        stored.planned,
        stored.waiting,
    )


def event_of(row: Record) -> StoredEvent:
    """Read a row of `event`."""
    return StoredEvent(
        key=row["key"],
        event=read(Event, row, extensions=row["extensions"] or {}),
        case=row["case_key"],
        copropiedad_id=row["copropiedad_id"],
        unit_id=row["unit_id"],
        planned=row["planned_at"] is not None,
        waiting=row["waiting"],
    )
