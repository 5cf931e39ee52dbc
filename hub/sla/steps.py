"""Indicators of a period by step and by group, from the rows of its totals. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from hub.business_time.periods import Days
from hub.model import ClockState, Period, PromiseRecord
from hub.model.contracts import ContractDecision
from hub.model.surveys import SurveyRecord
from hub.sla.indicator_rows import IndicatorStep, PromiseGroup, share
from hub.sla.indicators import counted
from hub.sla.renewals import renewals, together
from hub.sla.satisfaction import by_group, unanswered


def promises_by(
    clocks: Iterable[PromiseRecord], period: Period, group: Callable[[PromiseRecord], str | None]
) -> list[PromiseGroup]:
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
) -> list[IndicatorStep]:
    """Return the figures of each step, in their order; too few answers are hidden, as in `by_group`."""
    place = _Places(of, zone)
    promises = {one.name: one for one in promises_by(clocks, period, lambda clock: place(clock.started_at))}
    parts = (part for record in surveys for part in _parts(record))
    satisfaction = {one.name: one for one in by_group(parts, lambda part: place(part.at), fewest=fewest)}
    decided: dict[str, list[ContractDecision]] = {}
    for decision in decisions:
        decided.setdefault(place(decision.at), []).append(decision)
    return [
        IndicatorStep(
            since=since,
            until=until,
            promises=promises.get(name) or _counts(name, Counter()),
            surveys=satisfaction.get(name) or unanswered(name),
            renewed=(rate := together(renewals(decided.get(name, ())))).renewed,
            ended=rate.ended,
        )
        for name, (since, until) in place.names.items()
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


def _counts(name: str, states: Counter[ClockState]) -> PromiseGroup:
    met, breached = states[ClockState.MET], states[ClockState.BREACHED]
    return PromiseGroup(
        name=name,
        running=states[ClockState.OPEN] + states[ClockState.AT_RISK],
        met=met,
        breached=breached,
        share_met=share(met, met + breached),
    )
