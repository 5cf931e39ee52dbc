"""What a transaction of intake leaves to do after its commit."""

from __future__ import annotations

from dataclasses import dataclass, field

from hub.intake.resolved_audience import PlannedAudience
from hub.model import Clock, DeadLetter, Message
from hub.ports import Later


@dataclass(slots=True)
class Taken:
    """The messages to ticket, the audiences to expand, the clocks to track, the letters to tell of."""

    messages: list[Message] = field(default_factory=list)
    broad: list[PlannedAudience] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)
    later: list[Later] = field(default_factory=list)

    def join(self, other: Taken) -> Taken:
        """Put two halves of a batch together again."""
        return Taken(
            messages=self.messages + other.messages,
            broad=self.broad + other.broad,
            clocks=self.clocks + other.clocks,
            letters=self.letters + other.letters,
            later=self.later + other.later,
        )
