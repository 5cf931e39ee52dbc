"""The work that remains after a transaction of intake commits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hub.model import Clock, DeadLetter, EventType, Lane, Message, StoredEvent, Unreached
from hub.people.audience import Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Broad:
    """An audience that may hold thousands of people; `last` if its end completes the event's planning."""

    stored: StoredEvent
    kind: EventType
    audience: int
    groups: tuple[Group, ...]
    last: bool


Later = tuple[UUID, Lane, datetime]
"""A scheduled message: its id, lane and instant."""


def waiting(messages: Iterable[Message]) -> list[Later]:
    """Return the messages that wait, and until when."""
    return [
        (message.id, message.lane, message.next_at) for message in messages if message.next_at is not None
    ]


@dataclass(slots=True)
class CommitResult:
    """Messages to ticket, audiences to expand, clocks to track, dead letters and events to report."""

    messages: list[Message] = field(default_factory=list)
    broad: list[Broad] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)
    later: list[Later] = field(default_factory=list)
    unreached: list[Unreached] = field(default_factory=list)

    def join(self, other: CommitResult) -> CommitResult:
        """Combine the results of two halves of a batch."""
        return CommitResult(
            messages=self.messages + other.messages,
            broad=self.broad + other.broad,
            clocks=self.clocks + other.clocks,
            letters=self.letters + other.letters,
            later=self.later + other.later,
            unreached=self.unreached + other.unreached,
        )
