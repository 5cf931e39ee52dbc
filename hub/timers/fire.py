"""
Clocks whose steps have come tell them, a batch at a time.

For each clock the event first (confirmed), then SQL advances, then the next appointment. What waits for
another server is done for all of them at once; one that is broken keeps no other from being told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from hub import sla
from hub.errors import Unavailable
from hub.messages.appointments import make_appointments
from hub.model import Clock, Event, Step
from hub.timers.deps import Timers
from hub.timers.lookups import Calls, ClockLookups, look_up

FRESH: Final = timedelta(minutes=10)
"""How long a call that nobody has taken in yet is waited for, from the last news of its clock on."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Firing:
    """
    A clock as it was seen, as it is after its step, and the event that tells so, where one does.

    Where it is that event that moves the clock, `advanced` is None.
    """

    seen: Clock
    advanced: Clock | None
    event: Event | None


async def fire_each(clocks: Sequence[Clock], timers: Timers) -> int:
    """
    Do every step of these clocks that is due, each clock's in order; answer how many steps that were.

    Not of one that ran by another calendar: the audit first finds out when its steps really fall.
    """
    summed = await _sum_up(clocks, timers)
    current = [clock for clock in clocks if clock.ended_at is not None or _is_current(clock, timers)]
    due, waiting = _parted(current, timers.now())
    done = 0
    while due:
        moved = await _step(due, timers, summed)
        done += len(moved)
        due, later = _parted(moved, timers.now())
        waiting += later
    await make_appointments(timers.appointments, clocks=waiting)
    return done


def _is_current(clock: Clock, timers: Timers) -> bool:
    return clock.calendar == timers.policy.calendar_version


def _parted(clocks: Iterable[Clock], now: datetime) -> tuple[list[Clock], list[Clock]]:
    """Part the clocks whose next step is due from those that wait, or have none."""
    due: list[Clock] = []
    waiting: list[Clock] = []
    for clock in clocks:
        (due if (at := clock.next_at) is not None and at <= now else waiting).append(clock)
    return due, waiting


async def _sum_up(clocks: Sequence[Clock], timers: Timers) -> frozenset[sla.DigestKey]:
    """
    Tell each level that many late steps at once would bury how many they are; answer which levels these are.

    Before the steps, which are then recorded and tell nobody: a crash between both loses nothing.
    """
    now, policy = timers.now(), timers.policy
    current = [clock for clock in clocks if clock.ended_at is None and _is_current(clock, timers)]
    found = sla.digests(current, policy=policy.clocks_summary, now=now)
    for digest in found:
        oldest = digest.clocks[0]
        held = await timers.store.held_levels([(oldest, sla.levels_of(digest))])
        await timers.publisher.event(sla.summary_event(digest, held[oldest.id], now=now))
        log.warning(
            "clocks.summed", level=digest.level, copropiedad=digest.copropiedad_id, clocks=len(digest.clocks)
        )
    return frozenset((digest.level, digest.copropiedad_id) for digest in found)


async def _step(
    clocks: Sequence[Clock], timers: Timers, summed: Collection[sla.DigestKey]
) -> Sequence[Clock]:
    """Do the next step of each; answer, as they are now, those of which we did it."""
    known = await look_up(clocks, timers.store)
    await _call_off(clocks, timers)
    prepared = (_prepared(clock, known, timers, summed) for clock in clocks)
    told, failure = await _tell([one for one in prepared if one is not None], timers)
    advanced = await _advance(told, timers)
    if failure is not None:
        raise failure
    return advanced


async def _call_off(clocks: Sequence[Clock], timers: Timers) -> None:
    """Of what is over nobody is called any more: a call may have been held for the hours of work."""
    ended = [clock for clock in clocks if sla.ends(clock.steps[clock.fired])]
    calls = [sla.event_id(clock, step) for clock in ended for step in sla.calls(clock)]
    if calls:
        await timers.store.call_off(calls)


def _prepared(
    clock: Clock, known: ClockLookups, timers: Timers, summed: Collection[sla.DigestKey]
) -> _Firing | None:
    if clock.id in known.broken:
        return None
    try:
        return _firing(clock, known, timers, summed)
    except Exception:
        log.exception("clock.broken", clock_id=str(clock.id), clock=clock.name)
        return None


def _firing(
    clock: Clock, known: ClockLookups, timers: Timers, summed: Collection[sla.DigestKey]
) -> _Firing | None:
    """Say what the clock's next step tells, and what becomes of the clock; None: not yet."""
    step = clock.steps[clock.fired]
    if sla.ends(step):
        return _end(clock, step, known.called[clock.id], timers.now())
    if sla.already_told(clock, step):
        return _Firing(seen=clock, advanced=_done(clock), event=None)
    if clock.promise.checked:
        return _check(clock, known, timers.now())
    return _climb(clock, known.held.get(clock.id, ()), timers, summed)


def _climb(clock: Clock, held: Collection[int], timers: Timers, summed: Collection[sla.DigestKey]) -> _Firing:
    """
    Tell the level that is really told.

    A level that nobody holds there and then is passed over at once; one that was told so before its
    turn is not told again.
    """
    handed = _handed(clock, held)
    step = handed.steps[clock.fired]
    quiet = clock.promise.silent or _is_summed(handed, step, summed, timers)
    event = sla.step_event(handed, step, now=timers.now(), quiet=quiet)
    return _Firing(seen=clock, advanced=_done(handed), event=event)


def _handed(clock: Clock, held: Collection[int]) -> Clock:
    step = clock.steps[clock.fired]
    return sla.skip_vacant_levels(clock, step, held) if sla.levels_from(clock, step) else clock


def _check(clock: Clock, known: ClockLookups, now: datetime) -> _Firing:
    """Tell what has not left; where all has, the check ends with that, and needs no step of the clock."""
    step, dispatch = clock.steps[clock.fired], known.dispatch[clock.id]
    if step.at < clock.due_at and not dispatch.pending:
        # Too early to say that it is done: what comes back until then leaves anew, as a letter.
        return _Firing(seen=clock, advanced=_done(sla.without_warning(clock)), event=None)
    left_at = step.at if sla.happens(step) else sla.left_in_time(clock, dispatch)
    if left_at is not None:
        return _Firing(seen=clock, advanced=None, event=sla.checked_event(clock, left_at))
    handed = _handed(clock, known.held.get(clock.id, ()))
    event = sla.step_event(handed, handed.steps[clock.fired], now=now)
    return _Firing(seen=clock, advanced=_done(handed), event=sla.with_pending(event, dispatch))


def _end(clock: Clock, step: Step, called: Calls, now: datetime) -> _Firing | None:
    """
    Tell those who were called that it is over.

    A call may still be on its way to intake: whoever it reaches would never hear the end of it.
    """
    missing = [step for step in sla.calls(clock) if sla.event_id(clock, step) not in called]
    if missing and clock.changed_at is not None and clock.changed_at > now - FRESH:
        log.info("clock.end_waits", clock_id=str(clock.id), clock=clock.name)
        return None
    people = {person for those in called.values() for person in those}
    told = people and not clock.promise.silent
    event = sla.resolved_event(clock, step, people, now=now) if told else None
    return _Firing(seen=clock, advanced=_done(clock), event=event)


def _done(clock: Clock) -> Clock:
    return sla.with_progress(clock, clock.fired + 1)


def _is_summed(clock: Clock, step: Step, summed: Collection[sla.DigestKey], timers: Timers) -> bool:
    late = sla.is_late(step, policy=timers.policy.clocks_summary, now=timers.now())
    return late and sla.digest_key(clock, step) in summed


async def _tell(firings: Sequence[_Firing], timers: Timers) -> tuple[Sequence[_Firing], BaseException | None]:
    """Publish all at once; answer those that are confirmed, and what kept others from it, if a server did."""
    said = await asyncio.gather(
        *(timers.publisher.event(firing.event) for firing in firings if firing.event is not None),
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
    moved = [(one.advanced, one.seen) for one in told if one.advanced is not None]
    ours = await timers.store.advance([after for after, _ in moved], seen=[seen for _, seen in moved])
    advanced = [after for after, _ in moved if after.id in ours]
    for clock in advanced:
        step = clock.steps[clock.fired - 1]
        log.info("clock.step", clock_id=str(clock.id), clock=clock.name, step=step.kind, level=clock.level)
    return advanced
