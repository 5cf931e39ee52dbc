"""Clocks as rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from asyncpg import Record

from hub.model import Clock, ClockHistory, LiveClock, WatchedClock
from hub.model.ids import span
from hub.people.units import unit_name
from hub.storage.database import Runner, encode, encode_some, load, read, write

_SQL = load("clocks")


async def save(run: Runner, clocks: Sequence[Clock]) -> None:
    await write(run, _SQL["save"], [_row(clock) for clock in sorted(clocks, key=lambda clock: clock.id)])


async def of_cases(run: Runner, cases: Collection[str], ids: Collection[UUID]) -> Sequence[Clock]:
    return await find(run, "of_cases", sorted(cases), sorted(ids))


async def by_id(run: Runner, ids: Collection[UUID]) -> Sequence[Clock]:
    return await find(run, "by_id", list(ids))


async def due(run: Runner, limit: int, overdue: timedelta, reach: timedelta) -> Sequence[Clock]:
    return await find(run, "due", limit, overdue, reach)


async def live(run: Runner, after: UUID, limit: int) -> Sequence[LiveClock]:
    """Return clocks that have not ended, or whose end is still to be notified, by id; no silent ones."""
    return [LiveClock(*row) for row in await run.rows(_SQL["live"], after, limit)]


async def watched(run: Runner, at: datetime, after: UUID, limit: int) -> Sequence[WatchedClock]:
    """Return running clocks whose first step is due by `at`, by id, with their places."""
    rows = await run.rows(_SQL["watched"], after, limit, at)
    return [read(WatchedClock, row, clock=clock_of(row), unit=_unit(row)) for row in rows]


def _unit(row: Record) -> str | None:
    return unit_name(row["tower"], row["unit"]) if row["unit"] else None


async def find(run: Runner, statement: str, *arguments: object) -> Sequence[Clock]:
    """Return the clocks of this statement."""
    return [clock_of(row) for row in await run.rows(_SQL[statement], *arguments)]


async def advance(run: Runner, advanced: Sequence[Clock], *, seen: Sequence[Clock]) -> Collection[UUID]:
    rows = [_advance(clock, was) for clock, was in zip(advanced, seen, strict=True)]
    return {row["id"] for row in await write(run, _SQL["advance"], rows)}


def _advance(clock: Clock, seen: Clock) -> tuple[object, ...]:
    notified, running = clock.steps[seen.fired].told, seen.ended_at is None
    return clock.id, clock.state, clock.level, clock.fired, seen.fired, seen.next_at, notified, running


def started(event_ids: Iterable[str]) -> UUID:
    """Return an id before those of these events: an event of a clock names it, and comes after its start."""
    try:
        return span(UUID(name.partition(":")[0]) for name in event_ids)[0]
    except ValueError:  # not an event of a clock
        return UUID(int=0)


async def places(run: Runner, ids: Collection[UUID]) -> Mapping[UUID, str | None]:
    """Return clock id → its copropiedad."""
    return {row["id"]: row["copropiedad_id"] for row in await run.rows(_SQL["places"], list(ids))}


def _row(clock: Clock) -> tuple[object, ...]:
    return (
        clock.id,
        clock.case,
        clock.name,
        clock.state,
        clock.started_at,
        clock.due_at,
        clock.level,
        clock.fired,
        clock.ended_at,
        clock.opened_by,
        encode(clock.steps),
        encode_some(clock.context),
        encode(clock.promise),
        None if clock.course == ClockHistory() else encode(clock.course),
        clock.calendar,
    )


def clock_of(row: Record) -> Clock:
    """Read a clock from all columns of its row."""
    return read(
        Clock,
        row,
        case=row["case_key"],
        course=row["course"] or {},
        context=row["context"] or {},
        changed_at=row["updated_at"],
    )
