"""What a promise was, and over which time the indicators look."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from hub.model import ClockHistory, ClockState, Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseRecord:
    """A clock as far as the indicators look at it."""

    case: str
    name: str
    state: ClockState
    started_at: datetime
    level: int
    promise: Promise
    ended_at: datetime | None = None
    course: ClockHistory = field(default_factory=ClockHistory)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From an instant until another one, which is no more in it; aware."""

    since: datetime
    until: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.since <= at < self.until
