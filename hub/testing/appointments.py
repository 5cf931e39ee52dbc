"""Appointments in a dictionary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hub.errors import AppointmentsUnavailable
from hub.model import Clock, ClockState, Lane
from hub.ports import Now
from hub.testing.faults import Faults

AHEAD: Final = timedelta(seconds=30)
"""How far a claimed member's score is pushed: when it comes again if nobody says `done`."""
_ORDER: Final[Mapping[Lane, int]] = {Lane.URGENT: 0, Lane.NORMAL: 1, Lane.BULK: 2}


class MemoryAppointments:
    """`hub.ports.Appointments`. `away` is a Redis that does not answer."""

    def __init__(self, now: Now) -> None:
        self.faults = Faults()
        self.away = False
        self.scores: dict[str, float] = {}
        self._lanes: dict[str, Lane] = {}
        self._boards: dict[UUID, Clock] = {}
        self._epoch = False
        self._now = now

    def flush(self) -> None:
        """Forget everything, as a Redis without persistence does when it starts again."""
        self.scores, self._lanes, self._boards, self._epoch = {}, {}, {}, False

    async def arm_messages(self, items: Sequence[tuple[UUID, Lane, datetime]]) -> None:
        self._meet("arm_messages")
        for message_id, lane, at in items:
            self._arm(f"m:{message_id}", lane, at)

    async def track_clocks(self, clocks: Sequence[Clock]) -> None:
        self._meet("track_clocks")
        for clock in clocks:
            self._boards.pop(clock.id, None)
            self.scores.pop(f"c:{clock.id}", None)
            if clock.ended_at is None:
                self._boards[clock.id] = clock
            if clock.next_at is not None:
                self._arm(f"c:{clock.id}", Lane.URGENT, clock.next_at)

    async def claim(self, limit: int) -> Sequence[tuple[str, float]]:
        self._meet("claim")
        now = self._now()
        due = [member for member, score in self.scores.items() if score <= now.timestamp()]
        due.sort(key=lambda member: (_ORDER[self._lanes[member]], self.scores[member]))
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
        clocks = [clock for clock in self._boards.values() if clock.state == ClockState(state)]
        return sorted(((clock.id, clock.due_at) for clock in clocks), key=lambda entry: entry[1])[:limit]

    async def intact(self) -> bool:
        self._meet("intact")
        return self._epoch

    async def begin_epoch(self) -> None:
        self._meet("begin_epoch")
        self._epoch = True

    def _meet(self, method: str) -> None:
        if self.away:
            raise AppointmentsUnavailable
        self.faults.meet(method)

    def _arm(self, member: str, lane: Lane, at: datetime) -> None:
        self._lanes[member] = lane
        self.scores[member] = at.timestamp()
