"""A clock whose step has come tells it: the event first, then SQL advances, then the next appointment."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import structlog

from hub import sla
from hub.errors import AppointmentsUnavailable, Unavailable
from hub.model import Clock, Step
from hub.timers.parts import Timers

log = structlog.get_logger()


async def fire_each(clocks: Sequence[Clock], timers: Timers) -> None:
    summed = await _sum_up(clocks, timers)
    for clock in clocks:
        try:
            await fire(clock, timers, summed=summed)
        except Unavailable:
            raise
        except Exception:
            # One that cannot be told must not keep the others from being told.
            log.exception("clock.broken", clock_id=str(clock.id), clock=clock.name)


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


def _is_summed(clock: Clock, step: Step, summed: Collection[sla.Told], timers: Timers) -> bool:
    late = sla.is_late(step, policy=timers.policy.clocks_summary, now=timers.now())
    return late and sla.told(clock, step) in summed


async def fire(clock: Clock, timers: Timers, *, summed: Collection[sla.Told] = ()) -> None:
    """
    Do every step of the clock that is due, in order; those of the levels that are `summed` up quietly.

    Not of one that ran by another calendar: the audit first finds out when its steps really fall.
    """
    if clock.calendar != timers.policy.calendar_version:
        return
    while (at := clock.next_at) is not None and at <= timers.now():
        advanced = sla.with_fired(await _told(clock, timers, summed), clock.fired + 1)
        if not await timers.store.advance(advanced, seen=clock):
            return  # ended, or another process was quicker: its view of the clock is the newer one
        step = advanced.steps[clock.fired]
        log.info("clock.step", clock_id=str(clock.id), clock=clock.name, step=step.kind, level=advanced.level)
        clock = advanced
    await track(timers, [clock])


async def _told(clock: Clock, timers: Timers, summed: Collection[sla.Told]) -> Clock:
    """
    Tell the clock's next step; answer the clock with the level that was really told.

    A level that nobody holds there and then is passed over at once; one that was told so before its
    turn is not told again.
    """
    step = clock.steps[clock.fired]
    if sla.already_told(clock, step):
        return clock
    if levels := sla.levels_from(clock, step):
        clock = sla.handed_over(clock, step, await timers.store.held_levels(clock, levels))
    step = clock.steps[clock.fired]
    quiet = clock.promise.silent or _is_summed(clock, step, summed, timers)
    await timers.publisher.event(sla.step_event(clock, step, now=timers.now(), quiet=quiet))
    return clock


async def track(timers: Timers, clocks: Sequence[Clock]) -> None:
    try:
        await timers.appointments.track_clocks(clocks)
    except AppointmentsUnavailable as exc:
        log.warning("appointments.unavailable", error=str(exc))
