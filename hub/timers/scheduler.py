"""
TIMERS: release scheduled messages and fire the due steps of clocks.

A message whose time has come is queued again and ticketed. The due step of a clock becomes an event,
which intake receives: publish the event (deterministic id, confirmed), advance the clock in SQL unless
another process has, then set the next appointment. A crash anywhere repeats the same id.

While everything is paused (`hub pause all`, a restored back-up) the loops that send or fire stop. Bulk runs
go on: what must not leave is cancelled before the pause ends, and what is sent again is held.

Redis holds the appointments; SQL holds the same instants. While Redis is away, or after a flush, the
timers poll SQL every second and refill Redis from it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

import structlog

from hub import sla
from hub.errors import AppointmentsUnavailable, BrokerUnavailable, Unavailable
from hub.inbound.replies import events_of
from hub.messages.appointments import make_appointments
from hub.messages.cascades import advance_cascade
from hub.model import Message
from hub.people.contact_changes import notices
from hub.ports import Ticket
from hub.tasks import cancel, reraise_if_cancelled, run_all
from hub.timers.deps import Timers
from hub.timers.filling import AT_ONCE, compare, fill
from hub.timers.fire import fire_due_steps
from hub.timers.months import keep_months
from hub.timers.notice_digests import keep_digests
from hub.timers.reports import daily_digests, reach_reports, task_reminders
from hub.timers.results import publish_extensions, publish_results
from hub.timers.row_work import (
    erase_old_data,
    keep_erased,
    keep_pauses,
    keep_reviews,
    plan_communications,
    publish_communications,
    publish_registrations,
    tell_resets,
    watch_communications,
    work_bulk_runs,
    work_sheets,
)
from hub.timers.unreached_people import alert_unreached
from hub.timers.work import TimedWork, stand, unless_paused

TICK: Final = 0.05
"""Seconds between polls of the appointments: the greatest delay of an idle hub."""
ABREAST: Final = 2
"""Batches of appointments in work at once: a batch mostly waits for a disk, the broker's or SQL's."""
POLL: Final = 1.0
"""Seconds between polls of SQL while Redis is away."""
AUDIT: Final = 5.0
"""Seconds between audits for lost work: leases of dead workers, interrupted cascades."""
COMPARE: Final = 300.0
"""Seconds between comparisons of Redis with SQL, for what Redis missed while it was briefly away."""
KEEP_MONTHS: Final = 3600.0
"""Seconds between looks at the months: at the start, and again where something was in the way."""
RESULTS: Final = 0.5
"""Seconds between looks for results that somebody asked for."""
UNREACHED: Final = 2.0
"""Seconds between looks for people whom an emergency has not reached."""
DIGEST: Final = 60.0
"""Seconds between looks whether the daily digest, the weekly notice or a reminder of tasks is due."""
NOTICES: Final = 20.0
"""Seconds between looks for messages whose person's digest is due."""
PAUSES: Final = 5.0
"""Seconds between looks for pauses that end by themselves."""
BULK_RUNS: Final = 1.0
"""Seconds between looks for bulk actions that operators have started."""
COMMUNICATIONS: Final = 1.0
"""Seconds between looks for communications that start, and for their parts."""
WATCHED: Final = 5.0
"""Seconds between looks at what became of communications."""
ERASED: Final = 60.0
"""Seconds between looks for the rest of erasures, and for events that have come since."""
OLD_DATA: Final = 21600.0
"""Seconds between looks for data that has become too old: a look reads all that is stored."""
MISSED: Final = timedelta(seconds=10)
"""A step this late was lost by Redis, or its claimer died; a less late one is still in hand."""
LOOK_AGAIN: Final = timedelta(minutes=1)
"""When to check a cascade step again that has one message overdue and another still in progress."""
EARLY: Final = timedelta(hours=1)
"""How long a receipt waits for our own record of its message."""
SWEPT: Final = 10_000
"""Messages of a queue that one sweep tickets again, for a broker that has lost all of them."""

log = structlog.get_logger()


async def run(timers: Timers) -> None:
    """Run the timers until cancelled. While a server is away, wait for it."""
    loops = (
        *(_every(TICK, unless_paused(keep_appointments), timers) for _ in range(ABREAST)),
        _every(POLL, unless_paused(poll_sql), timers),
        _every(POLL, see_database, timers),
        _every(AUDIT, unless_paused(audit, stand), timers),
        _every(COMPARE, unless_paused(compare), timers),
        _every(timers.sweep_after.total_seconds() / 2, unless_paused(sweep), timers),
        _every(KEEP_MONTHS, keep_months, timers),
        _every(RESULTS, unless_paused(publish_results), timers),
        _every(POLL, unless_paused(publish_extensions), timers),
        _every(POLL, unless_paused(publish_registrations), timers),
        _every(POLL, unless_paused(tell_resets), timers),
        _every(UNREACHED, unless_paused(alert_unreached), timers),
        _every(ERASED, keep_erased, timers),
        _every(OLD_DATA, erase_old_data, timers),
        _every(DIGEST, unless_paused(daily_digests()), timers),
        _every(DIGEST, unless_paused(reach_reports()), timers),
        _every(DIGEST, unless_paused(task_reminders()), timers),
        _every(NOTICES, unless_paused(keep_digests), timers),
        _every(PAUSES, keep_pauses, timers),
        _every(BULK_RUNS, work_bulk_runs, timers),
        _every(BULK_RUNS, work_sheets, timers),
        _every(COMMUNICATIONS, unless_paused(publish_communications), timers),
        _every(COMMUNICATIONS, unless_paused(keep_reviews), timers),
        _every(COMMUNICATIONS, plan_communications, timers),
        _every(WATCHED, watch_communications, timers),
    )
    await run_all(loops)


async def _every(seconds: float, work: TimedWork, timers: Timers) -> None:
    """Repeat the work every `seconds`, and at once while it returns true (there is more to do)."""
    while True:
        try:
            more = await work(timers)
        except Unavailable as exc:
            reraise_if_cancelled()
            timers.lease_time.note(exc)
            log.warning("timers.waiting", work=work.__name__, error=str(exc))
            more = False
            await asyncio.sleep(POLL)
        except Exception:
            # A fault of ours in one of the loops must not end the others, and the hub with them.
            reraise_if_cancelled()
            log.exception("timers.broken", work=work.__name__)
            more = False
            await asyncio.sleep(POLL)
        if not more:
            await asyncio.sleep(seconds)


async def keep_appointments(timers: Timers) -> bool:
    """Fire the appointments that are due in Redis. A claim that is not completed repeats after 30 s."""
    try:
        claimed = await timers.appointments.claim(AT_ONCE)
    except AppointmentsUnavailable:
        return False  # poll_sql fires from SQL meanwhile, and logs it
    if not claimed:
        return False
    await _release(timers, _ids(claimed, "m:"))
    await fire_due_steps(await timers.store.clocks_by_id(_ids(claimed, "c:")), timers)
    await timers.appointments.done(claimed)
    return len(claimed) == AT_ONCE


def _ids(claimed: Iterable[tuple[str, float]], kind: str) -> list[UUID]:
    return [UUID(member.removeprefix(kind)) for member, _ in claimed if member.startswith(kind)]


async def _release(timers: Timers, ids: Sequence[UUID]) -> None:
    if ids:
        await _publish(timers, await timers.store.release(ids))


async def _release_due(timers: Timers) -> Sequence[Ticket]:
    """Release due messages, and those whose lease has ended as `LeaseTime` counts it."""
    as_of = await timers.heartbeats.clock()
    return await timers.store.release_due(AT_ONCE, as_of, timers.lease_time.see(as_of))


async def _publish(timers: Timers, tickets: Sequence[Ticket]) -> None:
    """
    Publish tickets until the broker has confirmed them.

    Their messages are `queued` already: given up, they would wait for the sweep.
    """
    while True:
        try:
            return await timers.publisher.tickets(tickets)
        except BrokerUnavailable as exc:
            reraise_if_cancelled()
            log.warning("timers.waiting", work="tickets", error=str(exc))
            await asyncio.sleep(POLL)


async def see_database(timers: Timers) -> bool:
    """Check that the database answers: in an outage, or while it hangs, the time of leases stands still."""
    timers.lease_time.see(await timers.heartbeats.clock())
    return False


async def poll_sql(timers: Timers) -> bool:
    """While Redis is away, or was flushed, fire from SQL; refill Redis when it is back."""
    try:
        intact = await timers.appointments.intact()
        if not intact:
            await _refill(timers)
    except AppointmentsUnavailable as exc:
        log.warning("appointments.unavailable", error=str(exc))
        intact = False
    return False if intact else await fire_from_sql(timers)


async def _refill(timers: Timers) -> None:
    """Fill Redis unless another process does. A million clocks take a minute; SQL is polled meanwhile."""
    if not await timers.appointments.begin_filling():
        return
    filling = asyncio.ensure_future(fill(timers))
    try:
        while not (await asyncio.wait({filling}, timeout=POLL))[0]:
            await fire_from_sql(timers)
        messages, clocks = await filling
    finally:
        await cancel(filling)
    log.info("appointments.rebuilt", messages=messages, clocks=clocks)


async def fire_from_sql(timers: Timers, overdue: timedelta = timedelta(0)) -> bool:
    """Fire by SQL alone: all due messages, and clocks at least `overdue` late."""
    released = await _release_due(timers)
    await _publish(timers, released)
    clocks = await timers.store.due_clocks(AT_ONCE, overdue)
    done = await fire_due_steps(clocks, timers)
    # Clocks that only wait (for intake, for a fix) are no reason to poll again at once.
    return sum(len(ticket.ids) for ticket in released) == AT_ONCE or (len(clocks) == AT_ONCE and done > 0)


async def audit(timers: Timers) -> bool:
    """Find lost work: outdated calendars, expired leases, interrupted cascades, overdue receipts."""
    rescheduled = await reschedule_clocks(timers)
    more = await fire_from_sql(timers, MISSED)
    await _settle_early(timers)
    lost = await timers.store.broken_cascades(AT_ONCE)
    await _advance_cascades(lost, timers)
    unconfirmed = await timers.store.unconfirmed(AT_ONCE, LOOK_AGAIN)
    await _advance_cascades(unconfirmed, timers)
    await timers.store.stop_waiting([message.id for message in unconfirmed])
    await _publish_replies(timers)
    notified = await _notify_former_contacts(timers)
    await timers.heartbeats.beat("timers", {"audit": "ended"})
    return more or AT_ONCE in {rescheduled, len(lost), len(unconfirmed), notified}


async def reschedule_clocks(timers: Timers) -> int:
    """
    Reschedule a batch of clocks from an outdated calendar by today's; return how many.

    A law may add a holiday while clocks run. After a restart of the timers with it, no clock may keep the
    old schedule; intake reschedules only the cases that get a new event.
    """
    rescheduled = await timers.store.reschedule_clocks(
        timers.policy.calendar_version, partial(sla.reschedule, policy=timers.policy), AT_ONCE
    )
    if rescheduled:
        await make_appointments(timers.appointments, clocks=rescheduled)
        log.info("clocks.laid_out_anew", count=len(rescheduled), calendar=timers.policy.calendar_version)
    return len(rescheduled)


async def _settle_early(timers: Timers) -> None:
    """Retry early receipts, whose message was not recorded yet; drop them after an hour as not ours."""
    if settled := await timers.store.settle_early(AT_ONCE):
        log.info("receipts.settled", count=settled)
    if dropped := await timers.store.drop_early(EARLY):
        log.warning("receipts.dropped", count=dropped)


async def _publish_replies(timers: Timers) -> None:
    """Publish stored replies that were not published; a repeat is a duplicate by its id."""
    for inbound in await timers.store.unpublished_replies(AT_ONCE):
        for event in events_of(inbound):
            await timers.publisher.event(event)
        await timers.store.mark_published(inbound.id)
        log.info("reply.published", reply_id=str(inbound.id))


async def _notify_former_contacts(timers: Timers) -> int:
    """Notify the people whose contact points were changed in any way; return the number of changes."""
    changes = await timers.store.contact_changes(AT_ONCE)
    for change in changes:
        for event in notices(change):
            await timers.publisher.event(event)
    if changes:
        await timers.store.mark_notified(changes)
        log.info("contacts.notified", changes=len(changes))
    return len(changes)


async def _advance_cascades(over: Sequence[Message], timers: Timers) -> None:
    store, publisher = timers.store, timers.publisher
    await advance_cascade(over, store=store, publisher=publisher, now=timers.now(), prints=timers.prints)


async def sweep(timers: Timers) -> bool:
    """Ticket queued messages again that are in no queue: their ticket was lost."""
    for channel, lane in timers.queues:
        empty = not await timers.publisher.depth(channel, lane)
        stale = await timers.store.stale_queued(channel, lane, timers.sweep_after, SWEPT, empty=empty)
        if stale:
            log.warning("sweep.ticketed", channel=channel, lane=lane, tickets=len(stale))
            await _publish(timers, stale)
    return False
