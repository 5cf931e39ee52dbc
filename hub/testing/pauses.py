"""Pauses in memory, with the messages of the memory store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from msgspec import structs

from hub.model import Message, State
from hub.model.communications import subject_of
from hub.model.tickets import grouped
from hub.ports import EVERYTHING, Now, Ticket
from hub.testing.faults import Faults
from hub.testing.store import MemoryStore


class MemoryPauses:
    """`hub.ports.PauseStore`. Tests set `subjects`: subject → its end, or None. `faults` are of `paused`."""

    def __init__(self, store: MemoryStore, now: Now) -> None:
        self.faults = Faults()
        self.subjects: dict[str, datetime | None] = {}
        self._store = store
        self._now = now

    async def paused(self) -> frozenset[str]:
        self.faults.meet("paused")
        return frozenset(self.subjects.keys() - self._over())

    async def end(self) -> Sequence[str]:
        over = sorted(self._over())
        for subject in over:
            del self.subjects[subject]
        return over

    def _over(self) -> set[str]:
        now = self._now()
        return {subject for subject, at in self.subjects.items() if at is not None and at <= now}

    async def release_resumed(self, limit: int) -> Sequence[Ticket]:
        held = (one for one in self._store.messages if (one.state, one.reason) == (State.HELD, "paused"))
        resumed = [message for message in held if _subjects(message).isdisjoint(self.subjects)][:limit]
        now, rows = self._now(), self._store.tables.messages
        for one in resumed:
            expires = _unwaited(one, now)
            message = structs.replace(one, state=State.QUEUED, reason=None, next_at=None, expires_at=expires)
            rows[one.id] = replace(rows[one.id], message=message, lease=None, ticketed_at=now, sweeps=0)
        return grouped((message.id, message.channel, message.lane) for message in resumed)


def _subjects(message: Message) -> set[str]:
    own = subject_of(message.event_id)
    return {EVERYTHING, f"channel:{message.channel}", f"event:{message.event}", *([own] if own else ())}


def _unwaited(message: Message, now: datetime) -> datetime | None:
    ends, expires = message.ends_at, message.expires_at
    if expires is None or message.next_at is None or (ends is not None and expires >= ends):
        return expires
    return expires - max(message.next_at - now, timedelta(0))
