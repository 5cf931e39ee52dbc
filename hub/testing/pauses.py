"""Pauses in memory, with the messages of the memory store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from msgspec import structs

from hub.model import Json, Lane, Message, State
from hub.model.tickets import grouped
from hub.ports import EVERYTHING, Now, Ticket
from hub.testing.faults import Faults
from hub.testing.store import MemoryStore
from hub.testing.tables import Row

_WAITING: Final = frozenset({State.QUEUED, State.RETRYING, State.HELD})
_UNSENT: Final = _WAITING | {State.SENDING}


class MemoryPauses:
    """`hub.ports.PauseStore`. `faults` applies to `paused`."""

    def __init__(self, store: MemoryStore, now: Now) -> None:
        self.faults = Faults()
        self._store = store
        self._now = now
        self._pauses: dict[str, dict[str, Json]] = {}

    async def paused(self) -> frozenset[str]:
        self.faults.meet("paused")
        return frozenset(self._pauses.keys() - self._over())

    async def pauses(self) -> Sequence[Mapping[str, Json]]:
        return [row for _, row in sorted(self._pauses.items())]

    async def pause(self, subject: str, *, by: str, reason: str, ends_at: datetime | None = None) -> bool:
        if subject in self._pauses.keys() - self._over():
            return False
        since = self._now().isoformat()
        ends = ends_at and ends_at.isoformat()
        self._pauses[subject] = {
            "subject": subject,
            "since": since,
            "by": by,
            "reason": reason,
            "ends_at": ends,
        }
        return True

    async def resume(self, subject: str) -> bool:
        return self._pauses.pop(subject, None) is not None

    async def end(self) -> Sequence[str]:
        over = sorted(self._over())
        for subject in over:
            del self._pauses[subject]
        return over

    def _over(self) -> set[str]:
        now = self._now()
        ends = {subject: row["ends_at"] for subject, row in self._pauses.items() if row["ends_at"]}
        return {subject for subject, at in ends.items() if datetime.fromisoformat(str(at)) <= now}

    async def release_resumed(self, limit: int) -> Sequence[Ticket]:
        resumed = [message for message in self._held() if _subjects(message).isdisjoint(self._pauses)][:limit]
        now, rows = self._now(), self._store.tables.messages
        for held in resumed:
            message = structs.replace(
                held, state=State.QUEUED, reason=None, next_at=None, expires_at=_unwaited(held, now)
            )
            rows[held.id] = replace(rows[held.id], message=message, lease=None, ticketed_at=now, sweeps=0)
        return grouped((message.id, message.channel, message.lane) for message in resumed)

    async def unsent(self) -> Sequence[Mapping[str, Json]]:
        rows = [row for row in self._store.tables.messages.values() if row.message.state in _UNSENT]
        groups = sorted({(row.message.channel, row.message.lane) for row in rows})
        of = {
            group: [row for row in rows if (row.message.channel, row.message.lane) == group]
            for group in groups
        }
        return [
            {
                "channel": channel,
                "lane": lane,
                "unsent": len(found),
                "oldest_at": min(row.message.created_at for row in found).isoformat(),
                "before": sum(self._is_before(row) for row in found),
            }
            for (channel, lane), found in of.items()
        ]

    async def due_steps(self) -> int:
        now = self._now()
        return sum(
            clock.next_at is not None and clock.next_at <= now for clock in self._store.tables.clocks.values()
        )

    async def cancel_before_pause(self, limit: int) -> int:
        rows = self._store.tables.messages
        found = [row for row in rows.values() if self._may_cancel(row) and self._is_before(row)][:limit]
        for row in found:
            message = structs.replace(
                row.message, state=State.CANCELLED, reason="restored", next_at=None, fallback=None
            )
            rows[message.id] = replace(row, message=message, lease=None)
        return len(found)

    def _is_before(self, row: Row) -> bool:
        pause = self._pauses.get(EVERYTHING)
        return pause is not None and row.message.created_at.isoformat() < str(pause["since"])

    def _may_cancel(self, row: Row) -> bool:
        ends = row.message.next_at
        leased = row.message.state is State.SENDING and ends is not None and ends > self._now()
        return row.message.state in _UNSENT and not leased

    async def held(self) -> Sequence[Mapping[str, Json]]:
        counts = Counter((message.channel, message.event) for message in self._held())
        urgent = Counter(
            (message.channel, message.event) for message in self._held() if message.lane is Lane.URGENT
        )
        return [
            {"channel": key[0], "event": key[1], "held": number, "urgent": urgent[key]}
            for key, number in sorted(counts.items())
        ]

    async def urgent(self, subject: str) -> int:
        return sum(
            message.state in _WAITING and message.lane is Lane.URGENT and subject in _subjects(message)
            for message in self._store.messages
        )

    def _held(self) -> list[Message]:
        return [
            message
            for message in self._store.messages
            if message.state is State.HELD and message.reason == "paused"
        ]


def _subjects(message: Message) -> set[str]:
    return {EVERYTHING, f"channel:{message.channel}", f"event:{message.event}"}


def _unwaited(message: Message, now: datetime) -> datetime | None:
    ends, expires = message.ends_at, message.expires_at
    if expires is None or message.next_at is None or (ends is not None and expires >= ends):
        return expires
    return expires - max(message.next_at - now, timedelta(0))
