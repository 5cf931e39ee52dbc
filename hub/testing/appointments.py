"""Appointments in dictionaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hub.errors import AppointmentsUnavailable
from hub.model import Clock, Lane, LiveClock, live_clock
from hub.ports import Later, Now
from hub.testing.faults import Faults

AHEAD: Final = timedelta(seconds=30)
"""The time by which a claim pushes a member's score ahead: it comes again then unless `done` is called."""
_RANKS: Final[Mapping[Lane, int]] = {Lane.URGENT: 0, Lane.NORMAL: 2, Lane.BULK: 3}
_CLOCK_RANK: Final = 1
"""Clocks come after urgent messages and before the others."""


class MemoryAppointments:
    """
    `hub.ports.Appointments`. `away` simulates a Redis that does not answer.

    `filled_elsewhere`: another process fills it.
    """

    def __init__(self, now: Now) -> None:
        self.faults = Faults()
        self.away = False
        self.filled_elsewhere = False
        self.scores: dict[str, float] = {}
        self._now = now
        self.flush()

    def flush(self) -> None:
        """Delete everything, like a Redis without persistence at a restart."""
        self.scores = {}
        self._ranks: dict[str, int] = {}
        self._clocks: dict[UUID, LiveClock] = {}
        self._filling = False
        self._epoch = False

    async def arm_messages(self, items: Sequence[Later]) -> None:
        self._meet("arm_messages")
        for message_id, lane, at in items:
            self._arm(f"m:{message_id}", _RANKS[lane], at)

    async def track_clocks(self, clocks: Sequence[Clock]) -> None:
        self._meet("track_clocks")
        await self.restore_clocks([live_clock(clock) for clock in clocks if not clock.promise.silent])

    async def restore_clocks(self, clocks: Sequence[LiveClock]) -> None:
        self._meet("restore_clocks")
        for clock in clocks:
            if not _is_news(clock, self._clocks.get(clock.id)):
                continue
            self._clocks[clock.id] = clock
            self.scores.pop(f"c:{clock.id}", None)
            if clock.next_at is not None:
                self._arm(f"c:{clock.id}", _CLOCK_RANK, clock.next_at)

    async def claim(self, limit: int) -> Sequence[tuple[str, float]]:
        self._meet("claim")
        now = self._now()
        due = [member for member, score in self.scores.items() if score <= now.timestamp()]
        due.sort(key=lambda member: (self._ranks[member], self.scores[member]))
        for member in due[:limit]:
            self.scores[member] = (now + AHEAD).timestamp()
        return [(member, self.scores[member]) for member in due[:limit]]

    async def done(self, claimed: Sequence[tuple[str, float]]) -> None:
        self._meet("done")
        for member, score in claimed:
            if self.scores.get(member) == score:
                del self.scores[member]

    async def board(self, state: str, limit: int) -> Sequence[tuple[UUID, datetime]]:
        self._meet("board")
        live = [clock for clock in self._clocks.values() if not clock.ended]
        found = [(clock.id, clock.due_at) for clock in live if clock.state == state]
        return sorted(found, key=lambda entry: entry[1])[:limit]

    async def intact(self) -> bool:
        self._meet("intact")
        return self._epoch

    async def begin_filling(self) -> bool:
        self._meet("begin_filling")
        self._filling = not self.filled_elsewhere
        return self._filling

    async def continue_filling(self) -> bool:
        self._meet("continue_filling")
        return self._filling

    async def begin_epoch(self) -> None:
        self._meet("begin_epoch")
        self._epoch = True

    def _meet(self, method: str) -> None:
        if self.away:
            raise AppointmentsUnavailable
        self.faults.meet(method)

    def _arm(self, member: str, rank: int, at: datetime) -> None:
        self._ranks[member] = rank
        self.scores[member] = at.timestamp()


def _is_news(clock: LiveClock, known: LiveClock | None) -> bool:
    """Return whether this update is newer than the stored one; an older one is ignored."""
    if known is None or clock.ended:
        return True
    if clock.reopened != known.reopened:
        return clock.reopened > known.reopened
    return not known.ended and known.fired <= clock.fired
