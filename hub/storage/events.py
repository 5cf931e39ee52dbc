"""Events as rows, and the parties of their cases."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Final
from uuid import UUID

from asyncpg import Record

from hub.model import HUB_SOURCE, AddedEvent, Event, Json, Party, StoredEvent
from hub.model.ids import DUPLICATE_WITHIN, earliest, span
from hub.storage.database import Runner, encode, encode_some, load, read, write

_SQL = load("events")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


async def add(run: Runner, events: Sequence[StoredEvent]) -> Mapping[UUID, AddedEvent]:
    # One of each unique key, for its doubles may be in two months. Sorted by it: two batches that overlap
    # wait for each other instead of deadlocking.
    found = {(stored.event.id, stored.event.source): stored for stored in reversed(events)}
    given = [_row(found[name]) for name in sorted(found)]
    nearby = span((stored.key for stored in events), DUPLICATE_WITHIN)
    rows = await write(run, _SQL["add"], given, *nearby)
    return {
        row["key"]: AddedEvent(row["place_known"], row["recalled"], row["owner"], row["opened"] is True)
        for row in rows
    }


async def other_content(run: Runner, events: Mapping[UUID, Event]) -> frozenset[UUID]:
    given = [
        (key, one.source, one.id, one.type, None if one.data is None else encode(one.data))
        for key, one in events.items()
    ]
    rows = await write(run, _SQL["other_content"], given, *span(events, DUPLICATE_WITHIN))
    return frozenset(row["key"] for row in rows)


async def owners(run: Runner, cases: Collection[str]) -> Mapping[str, str]:
    """Return the source that has opened each of these cases; one that nobody has opened is absent."""
    rows = await run.rows(_SQL["owners"], sorted(cases))
    return {row["case_key"]: row["source"] for row in rows}


async def expel(run: Runner, cases: Collection[str]) -> None:
    await run.rows(_SQL["expel"], sorted(cases), HUB_SOURCE)


async def mark_planned(run: Runner, keys: Collection[UUID]) -> None:
    await run.rows(_SQL["mark_planned"], sorted(keys), *span(keys))


async def place(run: Runner, placed: Collection[StoredEvent]) -> None:
    rows = sorted((event.key, event.copropiedad_id, event.unit_id) for event in placed)
    await write(run, _SQL["place"], rows, *span(event.key for event in placed))


async def unplanned(run: Runner, keys: Collection[UUID]) -> frozenset[UUID]:
    rows = await run.rows(_SQL["unplanned"], sorted(keys), *span(keys))
    return frozenset(row["key"] for row in rows)


async def waiting(run: Runner, cases: Collection[str]) -> Sequence[StoredEvent]:
    return [event_of(row) for row in await run.rows(_SQL["waiting"], sorted(cases))]


async def by_key(run: Runner, keys: Collection[UUID]) -> Mapping[UUID, StoredEvent]:
    """Return the events that exist, by key."""
    rows = await run.rows(_SQL["by_key"], sorted(keys), *span(keys)) if keys else []
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
    instants = [_EPOCH if at is None else max(at, _EPOCH) for at in cases.values()]
    given = sorted(cases.items(), key=itemgetter(0))
    rows = await write(run, _SQL["since"], given, earliest(min(instants, default=_EPOCH)))
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
        stored.opens,
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
