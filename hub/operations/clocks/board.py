"""The list of promises, from the boards in Redis or from SQL, and one promise in full."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from hub.access.actor import Actor
from hub.access.sight import EVERY_SIGHT, Field, Sight
from hub.business_time import WorkCalendar
from hub.errors import AppointmentsUnavailable, StorageRefused
from hub.model import Clock, ClockState, PropertyScope, within
from hub.model.pages import Rows
from hub.operations.clocks.rows import clock_row, events_of, whole_clock
from hub.operations.clocks.schemas import ClockExplained, ClockPage, ClockSource
from hub.ports import Appointments, BoardFilter
from hub.storage import PostgresLog

LIVE: Final = (ClockState.OPEN, ClockState.AT_RISK, ClockState.BREACHED)
_Found: TypeAlias = tuple[Rows[Clock], ClockSource]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockFilter:
    """Selects clocks; without a state, the running ones."""

    state: ClockState | None = None
    name: str | None = None
    area: str | None = None
    copropiedad: str | None = None
    level: int | None = None
    after: str | None = None
    limit: int

    @property
    def is_narrowed(self) -> bool:
        """Whether it selects by a field that the boards in Redis do not have."""
        return any(asked is not None for asked in (self.name, self.area, self.copropiedad, self.level))


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """Reads clocks from their stores, and counts their time by the calendar."""

    log: PostgresLog
    appointments: Appointments
    calendar: WorkCalendar

    async def list(
        self,
        query: ClockFilter,
        now: datetime,
        *,
        places: PropertyScope = None,
        sight: Sight = EVERY_SIGHT,
    ) -> ClockPage:
        """
        List clocks; without a state the live ones, soonest due first.

        Live clocks come from the boards in Redis. Ended clocks, those of `places` and those that a filter
        selects come from SQL, and so do all clocks while Redis is unavailable or has lost its data.
        """
        page, source = await self._found(query, places)
        named = sight.is_plain_in(Field.NAME, places)
        told = await self.log.step_messages(events_of(page.items), named=named)
        items = [clock_row(clock, told.get(clock.id, ()), now, self.calendar) for clock in page.items]
        return ClockPage(items=items, next=page.next, source=source)

    async def show(self, by: Actor, clock_id: UUID, *, sight: Sight = EVERY_SIGHT) -> ClockExplained | None:
        """
        Show one clock with its steps and the people notified of each, and audit the look.

        None if the actor does not reach it.
        """
        shown = await self._shown(clock_id, by, sight)
        if shown is not None:
            await by.note_look("clock.show", f"clock:{clock_id}")
        return shown

    async def _shown(self, clock_id: UUID, by: Actor, sight: Sight) -> ClockExplained | None:
        clock = await self.log.clock(clock_id, places=by.places)
        if clock is None:
            return None
        named = sight.names(clock.context.get("copropiedad_id"))
        told = await self.log.step_messages(events_of([clock]), named=named)
        return whole_clock(clock, told.get(clock_id, ()), by.now, self.calendar)

    async def _found(self, query: ClockFilter, places: PropertyScope) -> _Found:
        if query.is_narrowed:
            return await self._narrowed(query, places), "filtered"
        return await (self._page(query) if places is None else self._from_places(places, query))

    async def _narrowed(self, query: ClockFilter, places: PropertyScope) -> Rows[Clock]:
        asked = BoardFilter(
            states=LIVE if query.state is None else (query.state,),
            name=query.name,
            area=query.area,
            level=query.level,
            places=within(places, query.copropiedad),
        )
        is_live = query.state in (None, *LIVE)
        read = self.log.board if is_live else self.log.ended_clocks
        return await read(asked, after=query.after, limit=query.limit)

    async def _page(self, query: ClockFilter) -> _Found:
        states = LIVE if query.state is None else (query.state,)
        offset = _board_offset(query.after)
        if query.state is None and offset is None:
            raise StorageRefused("The cursor is not one that this list has given.")
        if query.state in (None, *LIVE) and offset is not None:
            try:
                return await self._from_boards(states, offset, query.limit), "redis"
            except AppointmentsUnavailable:
                # SQL has no counterpart of a page in the middle of the boards.
                if offset:
                    raise
        return await self._from_sql(states, query), "sql"

    async def _from_places(self, places: frozenset[str], query: ClockFilter) -> _Found:
        """Read from SQL: the boards do not know the copropiedad of a clock."""
        states = LIVE if query.state is None else (query.state,)
        if query.state in (None, *LIVE):
            page = await self.log.clocks_of(places, states, after=query.after, limit=query.limit)
        else:
            page = await self.log.recent_clocks(
                state=query.state, after=query.after, limit=query.limit, places=places
            )
        return page, "places"

    async def _from_boards(self, states: Sequence[str], offset: int, limit: int) -> Rows[Clock]:
        if not await self.appointments.intact():
            raise AppointmentsUnavailable("Redis has lost its boards; they are being made again")
        end = offset + limit
        boards = await asyncio.gather(*(self.appointments.board(state, end + 1) for state in states))
        due = sorted((due_at, clock_id) for board in boards for clock_id, due_at in board)
        rows = await self.log.clocks([clock_id for _, clock_id in due[offset:end]])
        return Rows(items=list(rows), next=f"{_BOARD}{end}" if len(due) > end else None)

    async def _from_sql(self, states: Sequence[str], query: ClockFilter) -> Rows[Clock]:
        if len(states) == 1:
            return await self.log.recent_clocks(state=states[0], after=query.after, limit=query.limit)
        pages = [await self.log.recent_clocks(state=state, after=None, limit=query.limit) for state in states]
        found = sorted((clock for page in pages for clock in page.items), key=lambda clock: clock.due_at)
        return Rows(items=found[: query.limit], next=None)


_BOARD: Final = "board:"


def _board_offset(after: str | None) -> int | None:
    """Return the offset into the boards of a cursor; None for a cursor of SQL."""
    if after is None:
        return 0
    offset = after.removeprefix(_BOARD)
    return int(offset) if after.startswith(_BOARD) and offset.isdecimal() and len(offset) < 6 else None
