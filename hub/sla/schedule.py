"""Schedule of a clock: when it falls due, warns and escalates, by its promise and its history. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cache
from itertools import accumulate
from math import ceil
from operator import add, attrgetter

from hub.business_time import BusinessDays, Interval, Term, WorkCalendar, as_utc, dates
from hub.model import FIRST_LEVEL, TOP_LEVEL, Acknowledgement, Clock, ClockHistory, Promise, Step, StepKind
from hub.sla.follow_ups import settled


def schedule(clock: Clock, calendar: WorkCalendar, version: str) -> Clock:
    """
    Set a clock's due instant and its steps by this calendar.

    A paused clock is scheduled as if it resumed at the instant of the pause. An ended clock has only the
    steps before its end. A follow-up is settled from its start.
    """
    line = _Line(clock, calendar)
    if clock.promise.follow_up is not None:
        return replace(settled(clock, line.due_at), calendar=version)
    ended = clock.ended_at
    steps = _steps(clock, line)
    if ended is not None:
        steps = [step for step in steps if step.at < ended]
    return replace(clock, due_at=line.due_at, steps=tuple(steps), calendar=version)


class _Line:
    """The timeline of one clock: when terms from its start end."""

    def __init__(self, clock: Clock, calendar: WorkCalendar) -> None:
        self._start = clock.started_at
        self._promise = clock.promise
        self._course = clock.course
        self._calendar = calendar
        self._pauses = _pause_intervals(clock.course)
        self.target = self._extended(clock.promise.target)
        until = clock.promise.until
        self.due_at = self.due(self.target) if until is None else self._moved(until)

    def warns_at(self) -> datetime | None:
        """When the holder is warned; at the start, if the warning's date has already passed."""
        promise = self._promise
        if promise.until is None:
            return None if promise.at_risk is None else self.at_risk(promise.at_risk)
        return None if promise.warn_at is None else max(self._start, self._moved(promise.warn_at))

    def _moved(self, until: datetime) -> datetime:
        """Return a date moved by the pauses; a date that meant a whole day still does."""
        moved = _wall_time_due(self._start, until - self._start, self._pauses)
        return as_utc(dates.day_end(moved) if dates.whole_day(until) else moved)

    def due(self, term: Term) -> datetime:
        """Return when `term` from the start ends on this clock: UTC, inclusive."""
        if isinstance(term, BusinessDays):
            return self._calendar.legal_due(self._start, term.count, pauses=self._pauses)
        if self._promise.any_hour:
            return _wall_time_due(as_utc(self._start), term, self._pauses)
        return self._calendar.due(self._start, term, mode=self._promise.mode, pauses=self._pauses)

    def at_risk(self, part: float) -> datetime:
        """Return when this part of the target has passed: for hours the instant, for days a day's opening."""
        if isinstance(self.target, BusinessDays):
            days = _part_of(self.target.count, part)
            return self._calendar.business_day_opening(self._start, days, pauses=self._pauses)
        return self.due(self.target * part)

    def _extended(self, target: Term) -> Term:
        """
        Return the term after its extension.

        An extension counts only if it was announced before the first term ended, and up to the policy's
        maximum.
        """
        course, most = self._course, self._promise.extension
        if course.extended_at is None or most is None or course.extended_at > self.due(target):
            return target
        longest = _sum(target, most)
        if course.extended_to is None or not isinstance(longest, BusinessDays):
            return longest
        last = self._calendar.day_of(course.extended_to - timedelta(microseconds=1))
        named = self._calendar.business_days(self._start, last, pauses=self._pauses)
        return BusinessDays(min(max(named, _days(target)), longest.count))


@cache
def _part_of(days: int, part: float) -> int:
    # By the decimal text: 0.7 × 10 must be 7, and in floats it is a little more.
    return max(1, ceil(Fraction(str(part)) * days))


def _days(term: Term) -> int:
    return term.count if isinstance(term, BusinessDays) else 0


def _sum(first: Term, second: Term) -> Term:
    total: Term = add(first, second)  # the policy refuses a mixture of hours and days
    return total


def _pause_intervals(course: ClockHistory) -> Sequence[Interval]:
    return [(pause.since, pause.since if pause.until is None else pause.until) for pause in course.pauses]


def _wall_time_due(start: datetime, term: timedelta, pauses: Iterable[Interval]) -> datetime:
    """Return when a term of any hour ends, pauses excluded."""
    due = start + term
    for since, until in sorted(pauses):
        if since < due:
            due += max(timedelta(0), until - max(since, start))
    return due


def _steps(clock: Clock, line: _Line) -> list[Step]:
    promise = clock.promise
    steps: list[Step] = []
    if (warns_at := line.warns_at()) is not None and warns_at < line.due_at:
        steps += _warning(promise, warns_at, _percent(clock, warns_at, line.due_at))
    steps.append(Step(kind=StepKind.BREACH, at=line.due_at, from_level=FIRST_LEVEL, to_level=FIRST_LEVEL))
    steps += _alert(promise.breach_level, line.due_at, from_level=promise.at_risk_level or FIRST_LEVEL)
    steps += _ladder(promise, line, clock.course.acknowledged)
    for number, at in enumerate(clock.course.reopened, start=1):
        steps += _warning(promise, at, 100, number)
    if promise.checked and promise.happens_at is not None:
        steps.append(
            Step(kind=StepKind.CHECK, at=promise.happens_at, from_level=FIRST_LEVEL, to_level=FIRST_LEVEL)
        )
    return sorted(steps, key=attrgetter("at"))


def _percent(clock: Clock, at: datetime, due_at: datetime) -> int:
    """Return the percentage of the promised time that has passed; for a dated promise, in wall time."""
    share = clock.promise.at_risk
    if clock.promise.until is None and share is not None:
        return round(100 * share)
    return round(100 * ((at - clock.started_at) / (due_at - clock.started_at)))


def _warning(promise: Promise, at: datetime, percent: int, number: int = 0) -> list[Step]:
    """Warn the holder, and the level that the promise notifies at once."""
    warning = Step(
        kind=StepKind.AT_RISK,
        at=at,
        from_level=FIRST_LEVEL,
        to_level=FIRST_LEVEL,
        percent=percent,
        number=number,
    )
    return [warning, *_alert(promise.at_risk_level, at, number=number, percent=percent)]


def _alert(
    level: int | None, at: datetime, *, number: int = 0, percent: int = 100, from_level: int = FIRST_LEVEL
) -> list[Step]:
    if level is None:
        return []
    step = Step(
        kind=StepKind.ESCALATE, at=at, from_level=from_level, to_level=level, percent=percent, number=number
    )
    return [step]


def _ladder(promise: Promise, line: _Line, acknowledged: Iterable[Acknowledgement]) -> list[Step]:
    """
    Make the steps of a ladder: each escalates to the next level; those that are left remind the top.

    They fall at cumulative time from the start, never from a late firing. A level that acknowledged gets
    one more of its durations before the next level is notified; the top then gets no more reminders.
    """
    cumulative = list(accumulate(promise.ladder, add))
    taken = {ack.level for ack in acknowledged if ack.level > FIRST_LEVEL}
    steps: list[Step] = []
    grace: Term | None = None
    for place, (term, own) in enumerate(zip(cumulative, promise.ladder, strict=True), start=FIRST_LEVEL):
        level, reminder = min(place, TOP_LEVEL), max(0, place - TOP_LEVEL)
        if level in taken and not reminder:
            grace = own if grace is None else _sum(grace, own)
        at = line.due(term if grace is None else _sum(term, grace))
        if level < TOP_LEVEL:
            steps.append(Step(kind=StepKind.ESCALATE, at=at, from_level=level, to_level=level + 1))
        elif level not in taken:
            steps.append(Step(kind=StepKind.REMIND, at=at, from_level=level, to_level=level, number=reminder))
    return steps
