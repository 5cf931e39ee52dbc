"""
Clocks whose steps have come tell them, a batch at a time.

For each clock the event first (confirmed), then SQL advances, then the next appointment. What waits for
another server is done for all of them at once; one that is broken keeps no other from being told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from hub import sla
from hub.errors import AppointmentsUnavailable, Unavailable
from hub.model import Clock, Event, Step
from hub.timers.parts import Timers

Held = Mapping[UUID, Collection[int]]
"""Of each clock that is to climb, the levels that somebody holds where it belongs."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Firing:
    """A clock as it was seen, as it is after its step, and the event that tells so, where one does."""

    seen: Clock
    advanced: Clock
    event: Event | None


async def fire_each(clocks: Sequence[Clock], timers: Timers) -> None:
    """
    Do every step of these clocks that is due, each clock's in order.

    Not of one that ran by another calendar: the audit first finds out when its steps really fall.
    """
    summed = await _sum_up(clocks, timers)
    current = [clock for clock in clocks if clock.calendar == timers.policy.calendar_version]
    due, waiting = _parted(current, timers.now())
    while due:
        due, later = _parted(await _step(due, timers, summed), timers.now())
        waiting += later
    await track(timers, waiting)


def _parted(clocks: Iterable[Clock], now: datetime) -> tuple[list[Clock], list[Clock]]:
    """Part the clocks whose next step is due from those that wait, or have none."""
    due: list[Clock] = []
    waiting: list[Clock] = []
    for clock in clocks:
        (due if (at := clock.next_at) is not None and at <= now else waiting).append(clock)
    return due, waiting


async def _sum_up(clocks: Sequence[Clock], timers: Timers) -> frozenset[sla.Told]:
    """
    Tell each level that many late steps at once would bury how many they are; answer which levels these are.

    Before the steps, which are then recorded and tell nobody: a crash between both loses nothing.
    """
    now, policy = timers.now(), timers.policy
    current = [clock for clock in clocks if clock.calendar == policy.calendar_version]
    found = sla.crowds(current, policy=policy.clocks_summary, now=now)
    for crowd in found:
        await timers.publisher.event(sla.summary_event(crowd, now=now))
        log.warning(
            "clocks.summed", level=crowd.level, copropiedad=crowd.copropiedad_id, clocks=len(crowd.clocks)
        )
    return frozenset((crowd.level, crowd.copropiedad_id) for crowd in found)


async def _step(clocks: Sequence[Clock], timers: Timers, summed: Collection[sla.Told]) -> Sequence[Clock]:
    """Do the next step of each; answer, as they are now, those of which we did it."""
    held = await _held([clock for clock in clocks if _climbs_to(clock)], timers)
    prepared = (_prepared(clock, held, timers, summed) for clock in clocks)
    told, failure = await _tell([one for one in prepared if one is not None], timers)
    advanced = await _advance(told, timers)
    if failure is not None:
        raise failure
    return advanced


def _climbs_to(clock: Clock) -> Sequence[int]:
    """Answer the levels that the next step may be handed to; none where it climbs nowhere."""
    step = clock.steps[clock.fired]
    return [] if sla.already_told(clock, step) else sla.levels_from(clock, step)


async def _held(clocks: Sequence[Clock], timers: Timers) -> Held:
    """Look up who holds the levels; a clock with which that fails is not among the answers."""
    if not clocks:
        return {}
    try:
        return await timers.store.held_levels([(clock, _climbs_to(clock)) for clock in clocks])
    except Unavailable:
        raise
    except Exception:
        if len(clocks) == 1:
            log.exception("clock.broken", clock_id=str(clocks[0].id), clock=clocks[0].name)
            return {}
    half = len(clocks) // 2
    return {**await _held(clocks[:half], timers), **await _held(clocks[half:], timers)}


def _prepared(clock: Clock, held: Held, timers: Timers, summed: Collection[sla.Told]) -> _Firing | None:
    if _climbs_to(clock) and clock.id not in held:
        return None
    try:
        return _firing(clock, held.get(clock.id, ()), timers, summed)
    except Exception:
        log.exception("clock.broken", clock_id=str(clock.id), clock=clock.name)
        return None


def _firing(clock: Clock, held: Collection[int], timers: Timers, summed: Collection[sla.Told]) -> _Firing:
    """
    Say what the clock's next step tells, and make of it the clock with the level that is really told.

    A level that nobody holds there and then is passed over at once; one that was told so before its
    turn is not told again.
    """
    step = clock.steps[clock.fired]
    if sla.already_told(clock, step):
        return _Firing(seen=clock, advanced=sla.with_fired(clock, clock.fired + 1), event=None)
    handed = sla.handed_over(clock, step, held) if sla.levels_from(clock, step) else clock
    step = handed.steps[clock.fired]
    quiet = clock.promise.silent or _is_summed(handed, step, summed, timers)
    event = sla.step_event(handed, step, now=timers.now(), quiet=quiet)
    return _Firing(seen=clock, advanced=sla.with_fired(handed, clock.fired + 1), event=event)


def _is_summed(clock: Clock, step: Step, summed: Collection[sla.Told], timers: Timers) -> bool:
    late = sla.is_late(step, policy=timers.policy.clocks_summary, now=timers.now())
    return late and sla.told(clock, step) in summed


async def _tell(firings: Sequence[_Firing], timers: Timers) -> tuple[Sequence[_Firing], BaseException | None]:
    """Publish all at once; answer those that are confirmed, and what kept others from it, if a server did."""
    said = await asyncio.gather(
        *(timers.publisher.event(one.event) for one in firings if one.event is not None),
        return_exceptions=True,
    )
    outcomes = iter(said)
    told, failure = [], None
    for one in firings:
        error = None if one.event is None else next(outcomes)
        if error is None:
            told.append(one)
        elif isinstance(error, Exception) and not isinstance(error, Unavailable):
            log.error("clock.broken", clock_id=str(one.seen.id), clock=one.seen.name, exc_info=error)
        else:
            failure = error
    return told, failure


async def _advance(told: Sequence[_Firing], timers: Timers) -> Sequence[Clock]:
    """
    Let SQL advance; answer the clocks of which it did.

    Of the others another process was quicker, or an event: its view of the clock is the newer one.
    """
    if not told:
        return []
    ours = await timers.store.advance([one.advanced for one in told], seen=[one.seen for one in told])
    advanced = [one.advanced for one in told if one.advanced.id in ours]
    for clock in advanced:
        step = clock.steps[clock.fired - 1]
        log.info("clock.step", clock_id=str(clock.id), clock=clock.name, step=step.kind, level=clock.level)
    return advanced


async def track(timers: Timers, clocks: Sequence[Clock]) -> None:
    try:
        await timers.appointments.track_clocks(clocks)
    except AppointmentsUnavailable as exc:
        log.warning("appointments.unavailable", error=str(exc))
