"""The input of the indicators: promises and a period."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from hub.model import ClockHistory, ClockState, Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseRecord:
    """The part of a clock that the indicators use."""

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
    """A period from `since` until `until`, exclusive; both aware."""

    since: datetime
    until: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.since <= at < self.until
