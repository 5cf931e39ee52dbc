"""The list of promises, from the boards in Redis or from SQL; and one of them whole."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from hub.business_time import WorkCalendar
from hub.errors import AppointmentsUnavailable, StorageRefused
from hub.model import ClockState, PropertyScope
from hub.operations.clocks.rows import Row, as_instant, clock_row, events_of, whole_clock
from hub.ports import Appointments, LogStore, Page

LIVE: Final = (ClockState.OPEN, ClockState.AT_RISK, ClockState.BREACHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockFilter:
    """Which clocks of the list: without a state those that run."""

    state: ClockState | None = None
    after: str | None = None
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """Where clocks are read from, and how their time is counted."""

    log: LogStore
    appointments: Appointments
    calendar: WorkCalendar

    async def list(
        self, query: ClockFilter, now: datetime, *, places: PropertyScope = None
    ) -> dict[str, Any]:
        """
        List clocks; without a state the live ones, soonest due first.

        Live ones come from the boards in Redis. From SQL come the ended ones, those of `places`, and all
        of them while Redis is away or has forgotten everything.
        """
        page, source = await (self._page(query) if places is None else self._of(places, query))
        told = await self.log.told(events_of(page.items))
        items = [clock_row(row, told, now, self.calendar) for row in page.items]
        return {"items": items, "next": page.next, "source": source}

    async def show(
        self, clock_id: UUID, now: datetime, *, places: PropertyScope = None
    ) -> dict[str, Any] | None:
        """Show one clock with its steps and who was told of each; None where the places reach none."""
        clock = await self.log.clock(clock_id, places=places)
        if clock is None:
            return None
        row: Row = msgspec.to_builtins(clock)
        return whole_clock(row, await self.log.told(events_of([row])), now, self.calendar)

    async def _page(self, query: ClockFilter) -> tuple[Page, str]:
        states = LIVE if query.state is None else (query.state,)
        place = _place(query.after)
        if query.state is None and place is None:
            raise StorageRefused("The cursor is not one that this list has given.")
        if query.state in (None, *LIVE) and place is not None:
            try:
                return await self._from_boards(states, place, query.limit), "redis"
            except AppointmentsUnavailable:
                # A page in the middle of the boards has no counterpart in SQL.
                if place:
                    raise
        return await self._from_sql(states, query), "sql"

    async def _of(self, places: frozenset[str], query: ClockFilter) -> tuple[Page, str]:
        """The boards do not know where a clock belongs."""
        states = LIVE if query.state is None else (query.state,)
        if query.state in (None, *LIVE):
            page = await self.log.clocks_of(places, states, after=query.after, limit=query.limit)
        else:
            page = await self.log.recent_clocks(
                state=query.state, after=query.after, limit=query.limit, places=places
            )
        return page, "places"

    async def _from_boards(self, states: Sequence[str], place: int, limit: int) -> Page:
        if not await self.appointments.intact():
            raise AppointmentsUnavailable("Redis has lost its boards; they are being made again")
        end = place + limit
        boards = await asyncio.gather(*(self.appointments.board(state, end + 1) for state in states))
        due = sorted((due_at, clock_id) for board in boards for clock_id, due_at in board)
        rows = await self.log.clocks([clock_id for _, clock_id in due[place:end]])
        return Page(items=rows, next=f"{_BOARD}{end}" if len(due) > end else None)

    async def _from_sql(self, states: Sequence[str], query: ClockFilter) -> Page:
        if len(states) == 1:
            return await self.log.recent_clocks(state=states[0], after=query.after, limit=query.limit)
        pages = [await self.log.recent_clocks(state=s, after=None, limit=query.limit) for s in states]
        rows = sorted(
            (row for page in pages for row in page.items), key=lambda row: as_instant(row["due_at"])
        )
        return Page(items=rows[: query.limit])


_BOARD: Final = "board:"


def _place(after: str | None) -> int | None:
    """How far into the boards a cursor is; None for a cursor of SQL's."""
    if after is None:
        return 0
    place = after.removeprefix(_BOARD)
    return int(place) if after.startswith(_BOARD) and place.isdecimal() and len(place) < 6 else None
