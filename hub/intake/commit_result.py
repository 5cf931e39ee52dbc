"""The work that remains after a transaction of intake commits."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from hub.intake.resolved_audience import PlannedAudience
from hub.model import AddedEvent, Clock, DeadLetter, Message, StoredEvent, Unreached
from hub.ports import Later


@dataclass(slots=True)
class CommitResult:
    """
    Messages to ticket, audiences to expand, clocks to track, dead letters and events to report.

    `of_others` are the new events whose cases are of other sources, `changed` the known ones that come with
    other content: both are judged before the commit.
    """

    messages: list[Message] = field(default_factory=list)
    broad: list[PlannedAudience] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)
    later: list[Later] = field(default_factory=list)
    unreached: list[Unreached] = field(default_factory=list)
    changed: frozenset[UUID] = frozenset()
    of_others: dict[UUID, tuple[StoredEvent, AddedEvent]] = field(default_factory=dict)

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
