"""Promises: their list, from the boards in Redis or from SQL, one in full, and taking one on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from msgspec import convert, structs

from hub.access.sight import Field
from hub.business_time import WorkCalendar
from hub.desk.clocks.rows import AcknowledgeBody, ClocksQuery
from hub.doors.operator import Operator, found
from hub.errors import AppointmentsUnavailable, StorageRefused
from hub.model import Clock, ClockState, Json, Step, within
from hub.model.pages import Rows
from hub.model.step_messages import StepMessage, ToldByName
from hub.operations.acknowledge import acknowledge_clock
from hub.operations.clocks.calculation import calculation
from hub.operations.clocks.due_words import due_words, ended_words, paused_words, time_left
from hub.operations.clocks.schemas import (
    Acknowledged,
    ClockExplained,
    ClockPage,
    ClockPause,
    ClockRow,
    ClockSource,
    ClockStep,
)
from hub.policy.clocks import EMERGENCY_REPLY
from hub.ports import BoardFilter
from hub.sla.acknowledge import AckResult
from hub.sla.events import OF_PEOPLE

CLOCK: Final = "clock"
PROMISE: Final = "promise"
LIVE: Final = (ClockState.OPEN, ClockState.AT_RISK, ClockState.BREACHED)
_BOARD: Final = "board:"
_Found: TypeAlias = tuple[Rows[Clock], ClockSource]


async def list_clocks(by: Operator, query: ClocksQuery) -> ClockPage:
    """
    List promises: the live ones, soonest due first, or those of one state.

    Live clocks come from the boards in Redis. Ended clocks, those of some copropiedades and those that a
    filter selects come from SQL, and so do all clocks while Redis is unavailable or has lost its data.
    """
    page, source = await _found(by, query)
    told = await by.stores.log.step_messages(
        events_of(page.items), named=by.sight.is_plain_in(Field.NAME, by.places)
    )
    calendar = by.stores.policy.calendar
    items = [clock_row(clock, told.get(clock.id, ()), by.now, calendar) for clock in page.items]
    return ClockPage(items=items, next=page.next, source=source)


async def show_clock(by: Operator, clock_id: UUID) -> ClockExplained:
    """Show a promise: its steps, the people notified at each, the person who has acknowledged it."""
    clock = found(CLOCK, await by.stores.log.clock(clock_id, places=by.places))
    named = by.sight.names(clock.context.get("copropiedad_id"))
    told = await by.stores.log.step_messages(events_of([clock]), named=named)
    await by.audit_look("clock.show", f"clock:{clock_id}")
    return whole_clock(clock, told.get(clock_id, ()), by.now, by.stores.policy.calendar)


async def acknowledge(by: Operator, clock_id: UUID, body: AcknowledgeBody) -> AckResult:
    """Acknowledge a promise for the level that was notified; safe to repeat."""
    log, publisher = by.stores.log, by.stores.publisher
    done = await acknowledge_clock(by.actor, clock_id, log=log, publisher=publisher, words=body.note)
    return found(PROMISE, done)


async def _found(by: Operator, query: ClocksQuery) -> _Found:
    if query.is_narrowed:
        return await _narrowed(by, query), "filtered"
    return await (_page(by, query) if by.places is None else _from_places(by, by.places, query))


async def _narrowed(by: Operator, query: ClocksQuery) -> Rows[Clock]:
    asked = BoardFilter(
        states=LIVE if query.state is None else (query.state,),
        name=query.name,
        area=query.area,
        level=query.level,
        places=within(by.places, query.copropiedad),
    )
    is_live = query.state in (None, *LIVE)
    read = by.stores.log.board if is_live else by.stores.log.ended_clocks
    return await read(asked, after=query.after, limit=query.limit)


async def _page(by: Operator, query: ClocksQuery) -> _Found:
    states = LIVE if query.state is None else (query.state,)
    offset = _board_offset(query.after)
    if query.state is None and offset is None:
        raise StorageRefused("The cursor is not one that this list has given.")
    if query.state in (None, *LIVE) and offset is not None:
        try:
            return await _from_boards(by, states, offset, query.limit), "redis"
        except AppointmentsUnavailable:
            # SQL has no counterpart of a page in the middle of the boards.
            if offset:
                raise
    return await _from_sql(by, states, query), "sql"


async def _from_places(by: Operator, places: frozenset[str], query: ClocksQuery) -> _Found:
    """Read from SQL: the boards do not know the copropiedad of a clock."""
    states = LIVE if query.state is None else (query.state,)
    if query.state in (None, *LIVE):
        page = await by.stores.log.clocks_of(places, states, after=query.after, limit=query.limit)
    else:
        page = await by.stores.log.recent_clocks(
            state=query.state, after=query.after, limit=query.limit, places=places
        )
    return page, "places"


async def _from_boards(by: Operator, states: Sequence[str], offset: int, limit: int) -> Rows[Clock]:
    if not await by.stores.appointments.intact():
        raise AppointmentsUnavailable("Redis has lost its boards; they are being made again")
    end = offset + limit
    boards = await asyncio.gather(*(by.stores.appointments.board(state, end + 1) for state in states))
    due = sorted((due_at, clock_id) for board in boards for clock_id, due_at in board)
    rows = await by.stores.log.clocks([clock_id for _, clock_id in due[offset:end]])
    return Rows(items=list(rows), next=f"{_BOARD}{end}" if len(due) > end else None)


async def _from_sql(by: Operator, states: Sequence[str], query: ClocksQuery) -> Rows[Clock]:
    if len(states) == 1:
        return await by.stores.log.recent_clocks(state=states[0], after=query.after, limit=query.limit)
    pages = [
        await by.stores.log.recent_clocks(state=state, after=None, limit=query.limit) for state in states
    ]
    found = sorted((clock for page in pages for clock in page.items), key=lambda clock: clock.due_at)
    return Rows(items=found[: query.limit], next=None)


def _board_offset(after: str | None) -> int | None:
    """Return the offset into the boards of a cursor; None for a cursor of SQL."""
    if after is None:
        return 0
    offset = after.removeprefix(_BOARD)
    return int(offset) if after.startswith(_BOARD) and offset.isdecimal() and len(offset) < 6 else None


def events_of(clocks: Iterable[Clock]) -> list[str]:
    """Return the ids of the events of the fired steps of these clocks."""
    return [f"{clock.id}:{step.key}" for clock in clocks for step in clock.steps[: clock.fired]]


def clock_row(clock: Clock, told: Sequence[StepMessage], now: datetime, calendar: WorkCalendar) -> ClockRow:
    """Make a row of the list, with the messages of its steps, without names."""
    course, runs = clock.course, clock.ended_at is None and not clock.course.paused
    return ClockRow(
        id=clock.id,
        case=clock.case,
        name=clock.name,
        state=clock.state,
        started_at=clock.started_at,
        due_at=clock.due_at,
        level=clock.level,
        ended_at=clock.ended_at,
        due_local=clock.due_at.astimezone(calendar.zone),
        due_words=_words(clock, now, calendar),
        left=time_left(clock.promise, clock.due_at, now, calendar) if runs else None,
        paused=course.paused,
        told=convert(told, list[StepMessage], from_attributes=True),
        acknowledged=convert(course.acknowledged, list[Acknowledged], from_attributes=True),
        held_by=_holder(clock),
        copropiedad=clock.context.get("copropiedad_id"),
        service_area=clock.context.get("service_area"),
        radicado=clock.context.get("radicado"),
    )


def _holder(clock: Clock) -> str | None:
    """Return the person who has acknowledged the level that has the clock now."""
    taken = [ack for ack in clock.course.acknowledged if ack.level >= clock.level]
    return max(taken, key=lambda ack: ack.at).by if taken else None


def whole_clock(
    clock: Clock, told: Sequence[ToldByName], now: datetime, calendar: WorkCalendar
) -> ClockExplained:
    """Show one clock in full, with the people whom its steps have notified."""
    course = clock.course
    return ClockExplained(
        **{**structs.asdict(clock_row(clock, told, now, calendar)), "told": told},
        steps=_steps(clock),
        pauses=convert(course.pauses, list[ClockPause], from_attributes=True),
        extended_at=course.extended_at,
        reopened=list(course.reopened),
        context=_without_people(clock.context, clock.name),
        calculation=calculation(clock, calendar),
    )


def _without_people(context: Mapping[str, Json], name: str) -> dict[str, Json]:
    """Leave out fields for the staff in charge alone: names, and the words and the number of a writer."""
    hidden = OF_PEOPLE | ({"contact"} if name == EMERGENCY_REPLY else set())
    return {key: value for key, value in context.items() if key not in hidden}


def _words(clock: Clock, now: datetime, calendar: WorkCalendar) -> str:
    if clock.ended_at is not None:
        return ended_words(clock.state, clock.ended_at, now)
    if clock.course.paused:
        return paused_words(clock.course, now)
    return due_words(clock.promise, clock.due_at, now, calendar)


def _steps(clock: Clock) -> list[ClockStep]:
    """Return each step once: one that had passed may come once more."""
    last = {step.key: _step(step, done=n < clock.fired) for n, step in enumerate(clock.steps)}
    return list(last.values())


def _step(step: Step, *, done: bool) -> ClockStep:
    return ClockStep(
        key=step.key,
        kind=step.kind,
        at=step.at,
        from_level=step.from_level,
        to_level=step.to_level,
        done=done,
    )
