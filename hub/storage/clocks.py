"""Clocks as rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

import msgspec
from asyncpg import Record

from hub.model import Clock, ClockHistory, ClockState, Promise, Step
from hub.model.promises import PromiseRecord
from hub.storage.database import Runner, encode, encode_some
from hub.storage.queries import load

_SQL = load("clocks")


async def save(run: Runner, clocks: Sequence[Clock]) -> None:
    """Insert or replace."""
    rows = [_row(clock) for clock in sorted(clocks, key=lambda clock: clock.id)]
    if rows:
        await run.rows(_SQL["save"], *zip(*rows, strict=True))


async def of_cases(run: Runner, cases: Collection[str]) -> Sequence[Clock]:
    """Answer the clocks of these cases."""
    return _clocks(await run.rows(_SQL["of_cases"], sorted(cases)))


async def by_id(run: Runner, ids: Collection[UUID]) -> Sequence[Clock]:
    """Answer these clocks."""
    return _clocks(await run.rows(_SQL["by_id"], list(ids)))


async def seen(run: Runner, clock_id: UUID, there: Sequence[str] | None) -> Clock | None:
    """Answer this clock where it belongs to one of these copropiedades; None is everywhere."""
    return next(iter(_clocks(await run.rows(_SQL["seen"], clock_id, there))), None)


async def due(run: Runner, limit: int, overdue: timedelta) -> Sequence[Clock]:
    """Answer clocks whose next step came so long ago, or longer, soonest first."""
    return _clocks(await run.rows(_SQL["due"], limit, overdue))


async def live(run: Runner, after: UUID, limit: int) -> Sequence[Clock]:
    """Answer clocks that have not ended, or have still to tell that they have, by id."""
    return _clocks(await run.rows(_SQL["live"], after, limit))


async def of_other_calendars(run: Runner, calendar: str, limit: int) -> Sequence[Clock]:
    """Answer, and lock, clocks that have not ended and whose instants another calendar gave."""
    return _clocks(await run.rows(_SQL["of_other_calendars"], calendar, limit))


async def advance(run: Runner, advanced: Sequence[Clock], *, seen: Sequence[Clock]) -> Collection[UUID]:
    """Write state, level and `fired` of each clock that still stands as it was seen; answer which did."""
    rows = [_advance(clock, was) for clock, was in zip(advanced, seen, strict=True)]
    done = await run.rows(_SQL["advance"], *zip(*rows, strict=True)) if rows else ()
    return {row["id"] for row in done}


def _advance(clock: Clock, seen: Clock) -> tuple[object, ...]:
    told, running = clock.steps[seen.fired].told, seen.ended_at is None
    return clock.id, clock.state, clock.level, clock.fired, seen.fired, seen.next_at, told, running


async def places(run: Runner, ids: Collection[UUID]) -> Mapping[UUID, str | None]:
    """Answer the copropiedad that each of these clocks belongs to."""
    return {row["id"]: row["copropiedad_id"] for row in await run.rows(_SQL["places"], list(ids))}


def kept_of(row: Record) -> PromiseRecord:
    """Read a clock as far as the indicators look at it."""
    return PromiseRecord(
        case=row["case_key"],
        name=row["name"],
        state=ClockState(row["state"]),
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        level=row["level"],
        promise=msgspec.convert(row["promise"], Promise),
        course=_course(row),
    )


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


def _clocks(rows: Sequence[Record]) -> list[Clock]:
    return [
        Clock(
            id=row["id"],
            case=row["case_key"],
            name=row["name"],
            state=ClockState(row["state"]),
            started_at=row["started_at"],
            due_at=row["due_at"],
            level=row["level"],
            promise=msgspec.convert(row["promise"], Promise),
            steps=msgspec.convert(row["steps"], tuple[Step, ...]),
            course=_course(row),
            calendar=row["calendar"],
            fired=row["fired"],
            ended_at=row["ended_at"],
            opened_by=row["opened_by"],
            context=row["context"] or {},
            changed_at=row["updated_at"],
        )
        for row in rows
    ]


def _course(row: Record) -> ClockHistory:
    return msgspec.convert(row["course"], ClockHistory) if row["course"] else ClockHistory()
