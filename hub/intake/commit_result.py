"""The work that remains after a transaction of intake commits."""

from __future__ import annotations

from dataclasses import dataclass, field

from hub.intake.resolved_audience import PlannedAudience
from hub.model import Clock, DeadLetter, Message, Unreached
from hub.ports import Later


@dataclass(slots=True)
class CommitResult:
    """Messages to ticket, audiences to expand, clocks to track, dead letters and events to report."""

    messages: list[Message] = field(default_factory=list)
    broad: list[PlannedAudience] = field(default_factory=list)
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
