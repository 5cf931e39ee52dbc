"""Clocks: what was promised, what has befallen it, and what each will do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub.business_time import Mode, Term
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
    What a step of a clock does.

    AT_RISK warns the holder, BREACH says that the promise is broken. ESCALATE hands over to a higher level,
    REMIND reminds the top one. CHECK falls when what had to be announced happens: nothing is looked for any
    more. RESOLVE says to those who were called that the clock has ended.
    """

    AT_RISK = "at_risk"
    BREACH = "breach"
    ESCALATE = "escalate"
    REMIND = "remind"
    CHECK = "check"
    RESOLVE = "resolve"

    @classmethod
    def _missing_(cls, value: object) -> StepKind | None:
        """Read a kind that a newer hub has stored: only the clock that has it cannot be told here."""
        if not isinstance(value, str):
            return None
        unknown = str.__new__(cls, value)
        unknown._name_, unknown._value_ = "UNKNOWN", value
        return unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """
    What the policy promised when a clock started. Kept as it was: a new policy is for new clocks.

    `ladder` holds the terms between the steps of the ladder, the first one from the start; `at_risk_level`
    and `breach_level` are told at once when it is at risk and when it is broken; `extension` is the most by
    which the term may be extended. `until` is the instant of a dated promise, whose `target` does not count;
    `warn_at` when its holder is warned, `happens_at` what it was ahead of. A `silent` one tells nobody. One
    that is `checked` is about the messages of the event that began it: have all left?
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

    @property
    def by_the_wall(self) -> bool:
        """Whether its time runs day and night."""
        return self.any_hour or self.until is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """From when until when a clock stood still; None: it still does."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """That somebody of a level has taken the matter on."""

    level: int
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockHistory:
    """
    What has befallen a clock since its start.

    `extended_at` is when the term was extended, `extended_to` the day that was named, at its end.
    `reopened` are the instants at which an answer turned out not to have arrived.
    """

    pauses: tuple[Pause, ...] = ()
    extended_at: datetime | None = None
    extended_to: datetime | None = None
    acknowledged: tuple[Acknowledgement, ...] = ()
    reopened: tuple[datetime, ...] = ()

    @property
    def paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1].until is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """
    One thing a clock will do.

    `percent` is how much of the target, counted as the clock runs, has gone at the step. `number` tells
    apart what happens several times. `told` is the level that was told where nobody held `to_level`; NOBODY
    where nothing was wrong.
    """

    kind: StepKind
    at: datetime
    from_level: int
    to_level: int
    percent: int = 100
    number: int = 0
    told: int | None = None

    @property
    def told_level(self) -> int:
        """The level that has the clock after the step."""
        return self.to_level if self.told is None else self.told

    @property
    def vacant_levels(self) -> list[int]:
        """The levels that were passed over, because nobody held them."""
        return list(range(self.to_level, self.told_level))

    @property
    def key(self) -> str:
        """What the step is in its clock, whenever it falls."""
        again = f":{self.number}" if self.number else ""
        return f"{self.kind}:{self.to_level}{again}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchStatus:
    """How much of what an event tells has not left yet, and when the last of the rest did."""

    pending: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """
    A promise with a due instant. `steps` are those that were done, then those to come; `fired` counts the
    done ones. A stored clock that has ended has only what is left to say of its end to come.

    `context` holds what the case's opening event says (radicado, copropiedad_id, service_area …).
    `calendar` names the hours and holidays by which its instants were laid out, `changed_at` is when its row
    was last written, by the store's own clock.
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
        """When this clock wants to be looked at again; None when it stands still or has nothing to say."""
        if self.course.paused or self.fired >= len(self.steps):
            return None
        return self.steps[self.fired].at
