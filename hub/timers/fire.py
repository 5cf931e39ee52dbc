"""
Due steps of clocks, fired a batch at a time.

For each clock: publish the event (confirmed), advance the clock in SQL, then set its next appointment.
Calls to other servers cover the whole batch. A broken clock does not stop the others.
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
from hub.messages import lateness
from hub.messages.appointments import make_appointments
from hub.model import Clock, Event, Step, StepKind
from hub.policy import Policy
from hub.timers.deps import Timers
from hub.timers.lookups import Calls, ClockLookups, look_up

FRESH: Final = timedelta(minutes=10)
"""How long the end of a clock waits for intake to store its alerts, from the clock's last change on."""

ABREAST: Final = 50
"""Events of one step that are published at the same time."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Firing:
    """
    A clock as it was seen, as it is after its step, and the events of the step: mostly one, or none.

    `advanced` is None where intake advances the clock when it receives the event.
    """

    seen: Clock
    advanced: Clock | None
    events: Sequence[Event] = ()


async def fire_due_steps(clocks: Sequence[Clock], timers: Timers) -> int:
    """
    Do every due step of these clocks, each clock's steps in order; return how many steps were done.

    A clock scheduled by another calendar is left to the audit, which reschedules it first.
    """
    summed = await _publish_digests(clocks, timers)
    current = [clock for clock in clocks if clock.ended_at is not None or _is_current(clock, timers)]
    due, waiting = _split_due(current, timers.now())
    done = 0
    while due:
        moved = await _do_next_steps(due, timers, summed)
        done += len(moved)
        due, later = _split_due(moved, timers.now())
        waiting += later
    await make_appointments(timers.appointments, clocks=waiting)
    return done


def _is_current(clock: Clock, timers: Timers) -> bool:
    return clock.calendar == timers.policy.calendar_version


def _split_due(clocks: Iterable[Clock], now: datetime) -> tuple[list[Clock], list[Clock]]:
    """Separate the clocks whose next step is due from those that wait, or have none."""
    due: list[Clock] = []
    waiting: list[Clock] = []
    for clock in clocks:
        (due if (at := clock.next_at) is not None and at <= now else waiting).append(clock)
    return due, waiting


async def _publish_digests(clocks: Sequence[Clock], timers: Timers) -> frozenset[sla.DigestKey]:
    """
    Send one digest to each level that has too many late steps at once; return these levels.

    The digests come before the steps, which are then recorded and notify nobody: a crash in between
    loses nothing.
    """
    now, policy = timers.now(), timers.policy
    current = [clock for clock in clocks if clock.ended_at is None and _is_current(clock, timers)]
    digests = sla.digests(current, policy=policy.clocks_summary, now=now)
    for digest in digests:
        oldest = digest.clocks[0]
        held = await timers.store.held_levels([(oldest, sla.levels_of(digest))])
        await timers.publisher.event(sla.summary_event(digest, held[oldest.id], now=now))
        log.warning(
            "clocks.summed", level=digest.level, copropiedad=digest.copropiedad_id, clocks=len(digest.clocks)
        )
    return frozenset((digest.level, digest.copropiedad_id) for digest in digests)


async def _do_next_steps(
    clocks: Sequence[Clock], timers: Timers, summed: Collection[sla.DigestKey]
) -> Sequence[Clock]:
    """Do the next step of each clock; return the clocks that this process advanced, as they are now."""
    known = await look_up(clocks, timers.store)
    await _call_off(clocks, timers)
    prepared = (_prepared(clock, known, timers, summed) for clock in clocks)
    published, failure = await _publish([firing for firing in prepared if firing is not None], timers)
    advanced = await _advance(published, timers)
    if failure is not None:
        raise failure
    return advanced


async def _call_off(clocks: Sequence[Clock], timers: Timers) -> None:
    """Cancel the pending alerts of ended clocks: one may still be held until working hours."""
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
        log.exception("clock.broken", **_about(clock))
        return None


def _firing(
    clock: Clock, known: ClockLookups, timers: Timers, summed: Collection[sla.DigestKey]
) -> _Firing | None:
    """Return the clock's next step as a firing; None when the step must wait."""
    step = clock.steps[clock.fired]
    if step.kind is StepKind.FOLLOW_UP:
        return _follow_up(clock, known, timers)
    if sla.ends(step):
        return _end(clock, step, known.called[clock.id], timers.now())
    if sla.already_notified(clock, step):
        return _Firing(seen=clock, advanced=_done(clock))
    if clock.promise.checked:
        return _check(clock, known, timers.policy, timers.now())
    return _notify(clock, known, timers, summed)


def _notify(clock: Clock, known: ClockLookups, timers: Timers, summed: Collection[sla.DigestKey]) -> _Firing:
    """
    Notify the step's level, or the next level that somebody holds now.

    A level that was notified so before its turn is not notified again (`sla.already_notified`).
    """
    targeted = _skip_vacant(clock, known.held.get(clock.id, ()))
    step = targeted.steps[clock.fired]
    now, name = timers.now(), known.names.get(clock.id)
    overtaken = sla.is_overtaken(targeted, policy=timers.policy.clocks_summary, now=now)
    old_news = overtaken and step.kind is StepKind.AT_RISK
    unsaid = old_news or _waits_for_digest(targeted, step, timers.policy)
    quiet = clock.promise.silent or unsaid or _is_summed(targeted, step, summed, timers)
    event = sla.step_event(targeted, step, now=now, quiet=quiet, person_name=name, overtaken=overtaken)
    return _Firing(seen=clock, advanced=_done(targeted), events=(event,))


def _follow_up(clock: Clock, known: ClockLookups, timers: Timers) -> _Firing:
    people = known.concerned.get(clock.id, ())
    name = known.names.get(clock.id)
    events = sla.events_of(clock, people, policy=timers.policy, now=timers.now(), person_name=name)
    return _Firing(seen=clock, advanced=_done(clock), events=events)


def _skip_vacant(clock: Clock, held: Collection[int]) -> Clock:
    step = clock.steps[clock.fired]
    return sla.skip_vacant_levels(clock, step, held) if sla.levels_from(clock, step) else clock


def _check(clock: Clock, known: ClockLookups, policy: Policy, now: datetime) -> _Firing:
    """Notify of messages that have not left; where all have, an event ends the check, without a step."""
    step, dispatch = clock.steps[clock.fired], known.dispatch[clock.id]
    if step.at < clock.due_at and not dispatch.pending:
        # Too early to end the check: a message that bounces before the due instant leaves again as a letter.
        return _Firing(seen=clock, advanced=_done(sla.without_warning(clock)))
    left_at = step.at if sla.happens(step) else sla.left_in_time(clock, dispatch)
    if left_at is not None:
        return _Firing(seen=clock, advanced=None, events=(sla.checked_event(clock, left_at),))
    targeted = _skip_vacant(clock, known.held.get(clock.id, ()))
    step, name = targeted.steps[clock.fired], known.names.get(clock.id)
    quiet = _waits_for_digest(targeted, step, policy)
    event = sla.step_event(targeted, step, now=now, quiet=quiet, person_name=name)
    return _Firing(seen=clock, advanced=_done(targeted), events=(sla.with_pending(event, dispatch),))


def _end(clock: Clock, step: Step, called: Calls, now: datetime) -> _Firing | None:
    """
    Notify those who were alerted that the clock is over; None to wait.

    An alert may still be on its way to intake: without waiting, its recipients would never be notified of
    the end.
    """
    missing = [step for step in sla.calls(clock) if sla.event_id(clock, step) not in called]
    if missing and clock.changed_at is not None and clock.changed_at > now - FRESH:
        log.info("clock.end_waits", **_about(clock))
        return None
    people = {person for recipients in called.values() for person in recipients}
    notifies = people and not clock.promise.silent
    events = [sla.resolved_event(clock, step, people, now=now)] if notifies else []
    return _Firing(seen=clock, advanced=_done(clock), events=events)


def _done(clock: Clock) -> Clock:
    return sla.with_progress(clock, clock.fired + 1)


def _waits_for_digest(clock: Clock, step: Step, policy: Policy) -> bool:
    """Return whether the policy leaves the warning to the daily digest; day and night cannot wait for it."""
    digest = policy.clocks_digest
    if not digest.replaces_warnings or digest.at is None or clock.promise.any_hour:
        return False
    return step.kind is StepKind.AT_RISK


def _is_summed(clock: Clock, step: Step, summed: Collection[sla.DigestKey], timers: Timers) -> bool:
    late = sla.is_late(step, policy=timers.policy.clocks_summary, now=timers.now())
    return late and sla.digest_key(clock, step) in summed


async def _publish(
    firings: Sequence[_Firing], timers: Timers
) -> tuple[Sequence[_Firing], BaseException | None]:
    """Publish all events at once; return the confirmed firings, and the error of a server, if any."""
    results = await asyncio.gather(
        *(_publish_all(firing.events, timers) for firing in firings), return_exceptions=True
    )
    published, failure = [], None
    for firing, error in zip(firings, results, strict=True):
        if error is None:
            published.append(firing)
        elif isinstance(error, Exception) and not isinstance(error, Unavailable):
            log.error("clock.broken", **_about(firing.seen), exc_info=error)
        else:
            failure = error
    return published, failure


async def _publish_all(events: Sequence[Event], timers: Timers) -> None:
    """Publish the events of one step, some at a time: an assembly has hundreds of owners."""
    for start in range(0, len(events), ABREAST):
        await asyncio.gather(*map(timers.publisher.event, events[start : start + ABREAST]))


async def _advance(published: Sequence[_Firing], timers: Timers) -> Sequence[Clock]:
    """
    Advance the clocks in SQL; return those that this process advanced.

    Another process or an event advanced the others first, and has the newer view of them.
    """
    if not published:
        return []
    moved = [(firing.advanced, firing.seen) for firing in published if firing.advanced is not None]
    ours = await timers.store.advance([after for after, _ in moved], seen=[seen for _, seen in moved])
    advanced = [after for after, _ in moved if after.id in ours]
    _observe([seen for after, seen in moved if after.id in ours], timers.now())
    for clock in advanced:
        step = clock.steps[clock.fired - 1]
        log.info("clock.step", **_about(clock), step=step.kind, level=clock.level)
    return advanced


def _observe(fired: Sequence[Clock], now: datetime) -> None:
    """
    Observe how late these steps were, counted from when they could be known.

    An event that comes late starts its clock with steps that are long past. The end of a clock waits for its
    alerts on purpose.
    """
    steps = [(clock, clock.steps[clock.fired]) for clock in fired]
    known = [(clock.changed_at or step.at, step.at) for clock, step in steps if not sla.ends(step)]
    if known:
        lateness.observe(lateness.STEP, [now - max(instants) for instants in known])


def _about(clock: Clock) -> dict[str, str]:
    return {"clock_id": str(clock.id), "clock": clock.name, "case": clock.case}
