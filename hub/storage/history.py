"""Reads the history page by page, in a read-only transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from asyncpg import Record

from hub.model import Event, Period, Purpose, State, StoredEvent
from hub.model.ids import earliest
from hub.storage import events
from hub.storage.database import Database, Runner, Store, load, read

_SQL = load("history")
_PAGE: Final = 1000
"""Rows per page: processing them takes far less time than the idle limit of a transaction."""
_START: Final = UUID(int=0)


GOING: Final = frozenset(
    {
        *(State.QUEUED, State.HELD, State.RETRYING, State.SENDING),
        *(State.SENT, State.WAITING, State.DELIVERED, State.READ),
    }
)
"""States of messages that were sent or are to be sent: messages in other states reached nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """A page of cases, each with all its events, and the event time that the reading has reached."""

    events: Mapping[str, Sequence[Event]]
    reached: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """
    A message that was sent or is to be sent, without the person.

    `rests` as in the message. `reminds_of` is the event of a reminder; None for an initial message.
    """

    channel: str
    purpose: Purpose
    rests: bool
    created_at: datetime
    occasion: str = "initial"
    reminds_of: Event | None = None


class PostgresHistory(Store):
    """Opens the History. A reading holds one connection and one snapshot until its end."""

    def __init__(self, database: Database, *, page: int = _PAGE) -> None:
        super().__init__(database)
        self._page = page

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[History]:
        async with self._database.snapshot() as run:
            yield History(run, self._page)


class History:
    """A consistent snapshot of the stored rows, unchanged by later writes."""

    def __init__(self, run: Runner, page: int) -> None:
        self._run = run
        self._page = page

    async def cases(self, since: datetime, types: Collection[str]) -> AsyncIterator[Cases]:
        """
        Read each case with an event of these types from `since` on, or with a running clock, once and whole.

        Cases come in the order of their oldest such event; then those with a running clock only.
        """
        begin, asked = earliest(since), sorted(types)
        reached = since
        async for rows in self._pages("events", begin, begin, asked):
            reached = rows[-1]["time"]
            yield Cases(events=await self._whole(rows), reached=reached)
        async for rows in self._pages("running", _START, begin, asked):
            yield Cases(events=await self._whole(rows), reached=reached)

    async def contacts(self, period: Period, *, without: Collection[str]) -> AsyncIterator[Sequence[Contact]]:
        """Read the messages of the period's events, except the events of these names."""
        asked = earliest(period.until), sorted(GOING), sorted(without)
        async for rows in self._pages("contacts", earliest(period.since), *asked):
            reminders = {row["event_key"] for row in rows if row["occasion"] != "initial"}
            of = await events.by_key(self._run, reminders)
            yield [_contact(row, of.get(row["event_key"])) for row in rows]

    async def _pages(self, name: str, after: UUID, *asked: object) -> AsyncIterator[list[Record]]:
        while rows := await self._run.rows(_SQL[name], after, *asked, self._page):
            yield rows
            after = rows[-1][0]

    async def _whole(self, rows: Iterable[Record]) -> Mapping[str, Sequence[Event]]:
        found = await events.of_cases(self._run, [row["case_key"] for row in rows if row["case_key"]])
        return {case: [event.event for event in stored] for case, stored in found.items()}


def _contact(row: Record, of: StoredEvent | None) -> Contact:
    reminder = row["occasion"] != "initial"
    return read(Contact, row, reminds_of=of.event if reminder and of is not None else None)
