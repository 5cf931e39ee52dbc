"""Indicators of a period by step and by group, from the rows of its totals. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from hub.business_time.periods import Days
from hub.model import ClockState, Period, PromiseRecord
from hub.model.contracts import ContractDecision
from hub.model.surveys import SurveyRecord
from hub.sla.indicators import counted
from hub.sla.renewals import renewals, together
from hub.sla.satisfaction import Satisfaction, by_group


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseCounts:
    """The promises of a group by how they were kept; `breached` and `running` as in `PromiseFigures`."""

    name: str
    met: int = 0
    breached: int = 0
    running: int = 0

    @property
    def share_met(self) -> float | None:
        return self.met / (self.met + self.breached) if self.met or self.breached else None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFigures:
    """Figures of what began, was asked, answered or decided in these days."""

    days: Days
    promises: PromiseCounts
    surveys: Satisfaction
    renewed: int
    ended: int


def promises_by(
    clocks: Iterable[PromiseRecord], period: Period, group: Callable[[PromiseRecord], str | None]
) -> list[PromiseCounts]:
    """Count the promises that began in the period by group; those without one are the group ""."""
    states: dict[str, Counter[ClockState]] = {}
    for clock in counted(clocks, period):
        states.setdefault(group(clock) or "", Counter())[clock.state] += 1
    return [_counts(name, states[name]) for name in sorted(states)]


def by_step(
    of: Sequence[Days],
    clocks: Iterable[PromiseRecord],
    period: Period,
    surveys: Iterable[SurveyRecord],
    decisions: Iterable[ContractDecision],
    *,
    zone: tzinfo,
    fewest: int,
) -> list[StepFigures]:
    """Return the figures of each step, in their order; too few answers are hidden, as in `by_group`."""
    place = _Places(of, zone)
    promises = {one.name: one for one in promises_by(clocks, period, lambda clock: place(clock.started_at))}
    parts = (part for record in surveys for part in _parts(record))
    satisfaction = {one.name: one for one in by_group(parts, lambda part: place(part.at), fewest=fewest)}
    decided: dict[str, list[ContractDecision]] = {}
    for decision in decisions:
        decided.setdefault(place(decision.at), []).append(decision)
    return [
        StepFigures(
            days=days,
            promises=promises.get(name, PromiseCounts(name=name)),
            surveys=satisfaction.get(name, Satisfaction(name=name, asked=0)),
            renewed=(rate := together(renewals(decided.get(name, ())))).renewed,
            ended=rate.ended,
        )
        for name, days in place.names.items()
    ]


class _Places:
    """The name of the step in which an instant lies; empty outside of all steps."""

    def __init__(self, of: Sequence[Days], zone: tzinfo) -> None:
        self.names = {days[0].isoformat(): days for days in of}
        self._in_order = list(self.names)
        # Instants in order, found by bisection: a year has a hundred thousand promises.
        self._begins = [_midnight(since, zone) for since, _ in of]
        self._end = _midnight(of[-1][1] + timedelta(days=1), zone)

    def __call__(self, at: datetime | None) -> str:
        if at is None or not self._begins[0] <= at < self._end:
            return ""
        return self._in_order[bisect_right(self._begins, at) - 1]


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _parts(record: SurveyRecord) -> Iterable[SurveyRecord]:
    """A survey of one step may be answered in another: each counts where it happened."""
    if record.asked:
        yield replace(record, score=None)
    if record.score is not None:
        yield replace(record, asked=False, answered=False, at=record.answered_at)


def _counts(name: str, states: Counter[ClockState]) -> PromiseCounts:
    return PromiseCounts(
        name=name,
        met=states[ClockState.MET],
        breached=states[ClockState.BREACHED],
        running=states[ClockState.OPEN] + states[ClockState.AT_RISK],
    )
