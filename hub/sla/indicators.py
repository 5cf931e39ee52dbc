"""
Service indicators (the company's policy, 8.2): how promises were kept. Pure.

Times run from a promise's start to its end, without its pauses, in the calendar's business hours.
Promises of any hour are measured in wall time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from hub.business_time import WorkCalendar
from hub.model import FIRST_LEVEL, ClockState, Period, PromiseRecord
from hub.sla.indicator_rows import FirstInstanceShare, PromiseKept, share

REQUEST: Final = "legal_term"
"""The promise that every PQRS has, and no other case."""
_HOUR: Final = timedelta(hours=1)


def figures(clocks: Iterable[PromiseRecord], period: Period, calendar: WorkCalendar) -> list[PromiseKept]:
    """
    Return the figures of each promise that began in the period, by name.

    The times cover the answered ones, in time or late. Cancelled promises and silent ones, which notify
    nobody, do not count.
    """
    by_name: dict[str, list[PromiseRecord]] = {}
    for clock in counted(clocks, period):
        by_name.setdefault(clock.name, []).append(clock)
    return [_figures(name, by_name[name], calendar) for name in sorted(by_name)]


def counted(clocks: Iterable[PromiseRecord], period: Period) -> Iterator[PromiseRecord]:
    """Return the promises that count in this period."""
    for clock in clocks:
        counts = clock.state is not ClockState.CANCELLED and not clock.promise.silent
        if counts and clock.started_at in period:
            yield clock


def first_instance(clocks: Iterable[PromiseRecord], period: Period) -> FirstInstanceShare:
    """
    Count the PQRS that began in the period, by all the clocks of each.

    A reopened PQRS has a second legal term. A PQRS whose terms were all cancelled was withdrawn.
    """
    cases: dict[str, list[PromiseRecord]] = {}
    for clock in clocks:
        cases.setdefault(clock.case, []).append(clock)
    closed = [case for case in cases.values() if _began_in(case, period) and _closed(case)]
    resolved = sum(map(_at_once, closed))
    return FirstInstanceShare(closed=len(closed), resolved=resolved, share=share(resolved, len(closed)))


def _figures(name: str, clocks: Sequence[PromiseRecord], calendar: WorkCalendar) -> PromiseKept:
    took = sorted(_took(clock, clock.ended_at, calendar) for clock in clocks if clock.ended_at is not None)
    states = Counter(clock.state for clock in clocks)
    levels = Counter(clock.level for clock in clocks if clock.state is ClockState.BREACHED)
    met, breached = states[ClockState.MET], states[ClockState.BREACHED]
    return PromiseKept(
        name=name,
        any_hour=clocks[-1].promise.any_hour,
        running=states[ClockState.OPEN] + states[ClockState.AT_RISK],
        met=met,
        breached=breached,
        share_met=share(met, met + breached),
        mean_hours=_hours(sum(took, timedelta(0)) / len(took)) if took else None,
        p90_hours=_hours(_percentile(took, 90)) if took else None,
        breached_by_level={str(level): number for level, number in sorted(levels.items())},
    )


def _hours(took: timedelta) -> float:
    return round(took / _HOUR, 2)


def _took(clock: PromiseRecord, ended_at: datetime, calendar: WorkCalendar) -> timedelta:
    pauses = [(pause.since, pause.until or ended_at) for pause in clock.course.pauses]
    if not clock.promise.any_hour:
        return calendar.elapsed(clock.started_at, ended_at, pauses, mode=clock.promise.mode)
    stood = (max(timedelta(0), min(until, ended_at) - since) for since, until in pauses)
    return ended_at - clock.started_at - sum(stood, timedelta(0))


def _percentile(ordered: Sequence[timedelta], percent: int) -> timedelta:
    """Return the least value that `percent` of all values do not exceed (nearest rank)."""
    rank = -(-len(ordered) * percent // 100)
    return ordered[rank - 1]


def _began_in(case: Collection[PromiseRecord], period: Period) -> bool:
    return min(clock.started_at for clock in case) in period


def _closed(case: Iterable[PromiseRecord]) -> bool:
    terms = [clock for clock in case if clock.name == REQUEST]
    answered = any(term.state is not ClockState.CANCELLED for term in terms)
    return answered and all(clock.ended_at is not None for clock in case)


def _at_once(case: Collection[PromiseRecord]) -> bool:
    terms = sum(clock.name == REQUEST for clock in case)
    return terms == 1 and all(clock.level == FIRST_LEVEL for clock in case)
