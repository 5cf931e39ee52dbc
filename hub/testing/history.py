"""What the memory store remembers, read again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from hub.model import Event, Message
from hub.model.ids import earliest
from hub.model.promises import Period
from hub.ports import GOING, Cases, Contact, History
from hub.testing.store import MemoryStore
from hub.testing.tables import Tables


class MemoryHistory:
    """`hub.ports.HistoryStore`. A page is a case."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[History]:
        yield _Reading(self._store.tables.copy())


class _Reading:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def cases(self, since: datetime, types: Collection[str]) -> AsyncIterator[Cases]:
        stored = sorted(self._tables.events.values(), key=lambda one: one.key)
        heard = [one for one in stored if one.event.type in types and one.key > earliest(since)]
        clocks = sorted(self._tables.clocks.values(), key=lambda one: one.id)
        running = [clock for clock in clocks if clock.ended_at is None]
        reached = {one.case: one.event.time for one in reversed(heard)}
        for case in dict.fromkeys([*(one.case for one in heard), *(one.case for one in running)]):
            if case is not None:
                yield Cases(events={case: self._of(case)}, reached=reached.get(case, since))

    def _of(self, case: str) -> list[Event]:
        return [event.event for event in self._tables.events.values() if event.case == case]

    async def contacts(self, period: Period, *, without: Collection[str]) -> AsyncIterator[Sequence[Contact]]:
        first, last = earliest(period.since), earliest(period.until)
        for row in sorted(self._tables.messages.values(), key=lambda row: row.message.id):
            one = row.message
            if first < one.id < last and one.state in GOING and one.event not in without:
                yield [self._contact(one)]

    def _contact(self, one: Message) -> Contact:
        of = None if one.occasion == "initial" else self._tables.events.get(one.event_key)
        return Contact(
            channel=one.channel,
            purpose=one.purpose,
            rests=one.rests,
            created_at=one.created_at,
            occasion=one.occasion,
            reminds_of=None if of is None else of.event,
        )
