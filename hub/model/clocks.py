"""Clocks: the promise, the history and the steps of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final, NamedTuple, Self, cast
from uuid import UUID

from msgspec import Struct

from hub.business_time import Mode, Term
from hub.model.catalogue import FollowUp
from hub.model.json import Json

FIRST_LEVEL: Final = 1
NOBODY: Final = 0
TOP_LEVEL: Final = 4
"""The levels of the company's policy, §7.2: from customer service to the general manager."""


class ClockState(StrEnum):
    OPEN = "open"
    AT_RISK = "at_risk"
    BREACHED = "breached"
    MET = "met"
    CANCELLED = "cancelled"


class StepKind(StrEnum):
    """
    The kind of a clock's step.

    AT_RISK warns the holder, BREACH reports that the promise is broken. ESCALATE moves the clock to a higher
    level, REMIND reminds the top level. CHECK is the instant of the announced event, which ends the check.
    RESOLVE notifies those who were alerted that the clock has ended. FOLLOW_UP publishes the event that
    another one has scheduled.
    """

    AT_RISK = "at_risk"
    BREACH = "breach"
    ESCALATE = "escalate"
    REMIND = "remind"
    CHECK = "check"
    RESOLVE = "resolve"
    FOLLOW_UP = "follow_up"

    @classmethod
    def _missing_(cls, value: object) -> StepKind | None:
        """Accept a kind that a newer hub has stored: this hub cannot fire that clock, but all others."""
        if not isinstance(value, str):
            return None
        unknown = str.__new__(cls, value)
        unknown._name_, unknown._value_ = "UNKNOWN", value
        return unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """
    The promise of the policy when a clock started. It never changes: a new policy is for new clocks.

    `ladder` holds the terms between the steps of the ladder, the first one from the start. `at_risk_level`
    and `breach_level` are notified at once when the clock is at risk and when it is breached. `extension` is
    the longest extension of the term. `until` is the instant of a dated promise, whose `target` does not
    count; `warn_at` is when its holder is warned, `happens_at` the instant of the announced event. A
    `silent` promise notifies nobody. A `checked` promise is that all messages of its opening event leave in
    time. `follow_up` is the event that the clock publishes when it is due, of a clock that does nothing else.
    """

    target: Term
    at_risk: float | None = None
    ladder: tuple[Term, ...] = ()
    at_risk_level: int | None = None
    breach_level: int | None = None
    extension: Term | None = None
    any_hour: bool = False
    mode: Mode = Mode.WORKING_TIME
    until: datetime | None = None
    warn_at: datetime | None = None
    happens_at: datetime | None = None
    silent: bool = False
    checked: bool = False
    follow_up: FollowUp | None = None

    @property
    def in_wall_time(self) -> bool:
        """Whether its time runs day and night."""
        return self.any_hour or self.until is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A pause of a clock; `until` is None while it lasts."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    level: int
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockHistory:
    """
    The history of a clock since its start.

    `extended_at` is when the term was extended, `extended_to` the end of the day that the extension named.
    `reopened` are the instants at which an answer was found not to have arrived. Until `unknown_until` the
    hub did not know of the clock: nobody is called for steps up to then. `registered_at` is the time of the
    event that began it, where that is later than the fact from which it counts.
    """

    pauses: tuple[Pause, ...] = ()
    extended_at: datetime | None = None
    extended_to: datetime | None = None
    acknowledged: tuple[Acknowledgement, ...] = ()
    reopened: tuple[datetime, ...] = ()
    unknown_until: datetime | None = None
    registered_at: datetime | None = None

    @property
    def paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1].until is None


class Step(Struct, frozen=True, kw_only=True):
    """
    One step of a clock.

    `percent` is how much of the target, in the clock's own time, has passed at the step. `number`
    distinguishes repeated steps. `told` is the level that was notified because nobody held `to_level`;
    NOBODY if nothing was wrong.
    """

    kind: StepKind
    at: datetime
    from_level: int
    to_level: int
    percent: int = 100
    number: int = 0
    told: int | None = None

    @property
    def notified_level(self) -> int:
        """The level that has the clock after the step."""
        return self.to_level if self.told is None else self.told

    @property
    def vacant_levels(self) -> list[int]:
        """The levels that were skipped because nobody held them."""
        return list(range(self.to_level, self.notified_level))

    @property
    def key(self) -> str:
        """The identity of the step in its clock, independent of its instant."""
        suffix = f":{self.number}" if self.number else ""
        return f"{self.kind}:{self.to_level}{suffix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchStatus:
    """How many of an event's messages have not left yet, and when the last of the others left."""

    pending: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """
    A promise with a due instant.

    `steps` are the done steps, then those to come; `fired` counts the done ones. A stored clock that has
    ended has at most its `resolve` step to come. `context` holds fields of the case's opening event
    (radicado, copropiedad_id, service_area …). `calendar` names the hours and holidays by which it was
    scheduled. `changed_at` is when its row was last written, by the store's own clock.
    """

    id: UUID
    case: str
    name: str
    state: ClockState
    started_at: datetime
    due_at: datetime
    level: int
    promise: Promise
    steps: tuple[Step, ...]
    course: ClockHistory = ClockHistory()
    calendar: str = ""
    fired: int = 0
    ended_at: datetime | None = None
    opened_by: UUID | None = None
    context: Mapping[str, Json] = field(default_factory=dict)
    changed_at: datetime | None = field(default=None, compare=False)

    @property
    def next_at(self) -> datetime | None:
        """The instant of the next step; None if the clock is paused or has no step left."""
        if self.course.paused or self.fired >= len(self.steps):
            return None
        return self.steps[self.fired].at


class WatchedClock(Struct, frozen=True, kw_only=True):
    """A clock with its place: the id of the copropiedad, and the names of the building and the unit."""

    clock: Clock
    place: str | None = None
    building: str | None = None
    unit: str | None = None


class LiveClock(NamedTuple):
    """
    The part of a clock that the boards and appointments use, a tuple because there are a million of them.

    `place` is its copropiedad; `reopened` counts how often its end was undone.
    """

    id: UUID
    state: str
    level: int
    fired: int
    due_at: datetime
    next_at: datetime | None
    ended: bool
    place: str | None
    reopened: int


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
    course: ClockHistory = ClockHistory()
    area: str | None = None
    copropiedad: str | None = None


def live_clock(clock: Clock) -> LiveClock:
    return LiveClock(
        id=clock.id,
        state=clock.state,
        level=clock.level,
        fired=clock.fired,
        due_at=clock.due_at,
        next_at=clock.next_at,
        ended=clock.ended_at is not None,
        place=cast("str | None", clock.context.get("copropiedad_id")),
        reopened=len(clock.course.reopened),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A period from `since` until `until`, exclusive; both aware."""

    since: datetime
    until: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.since <= at < self.until

    @classmethod
    def of_days(cls, first: date, last: date, zone: tzinfo) -> Self:
        """Return the period from the beginning of the first day to the end of the last."""
        midnight = (datetime.combine(day, time.min, zone) for day in (first, last + timedelta(days=1)))
        return cls(since=next(midnight), until=next(midnight))
