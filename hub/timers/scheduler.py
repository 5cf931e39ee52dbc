"""
TIMERS: what was to happen later, happens.

A message whose time has come is queued again and ticketed. A clock whose step has come is told as
an event, which enters at the top: the event first (deterministic id, confirmed), then SQL
advances if nobody else has, then the next appointment. A crash anywhere repeats the same id.

Redis tells when; SQL knows all of it as well. When Redis is away or was flushed, SQL is asked
every second, and Redis is filled again from it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

import structlog

from hub import sla
from hub.errors import AppointmentsUnavailable, Unavailable
from hub.inbound.replies import events_of
from hub.messages.appointments import make_appointments
from hub.messages.cascades import advance_cascade
from hub.model import Clock, ClockState, Message
from hub.tasks import cancel, reraise_if_cancelled, run_all
from hub.timers.deps import Timers
from hub.timers.fire import fire_each

TICK: Final = 0.05
"""Seconds between looks at the appointments: how late something may be when nothing is busy."""
ABREAST: Final = 2
"""Portions of appointments in work at the same time: one mostly waits for a disk, the broker's or SQL's."""
POLL: Final = 1.0
"""Seconds between looks at SQL while Redis is away."""
PACE: Final = 0.2
"""Seconds between the pages of a comparison: a million clocks are 2,000 of them."""
AUDIT: Final = 5.0
"""Seconds between looks for what both have lost: leases of dead workers, cascades cut short."""
COMPARE: Final = 300.0
"""Seconds between comparisons of all that Redis holds with SQL: what it missed, away for a moment."""
MISSED: Final = timedelta(seconds=10)
"""How late a step is that Redis has lost, or who claimed it has died; before, it is in hand."""
LOOK_AGAIN: Final = timedelta(minutes=1)
"""When a step is looked at again of which one message is overdue and another still at work."""
EARLY: Final = timedelta(hours=1)
"""How long a receipt waits for our own record of its message."""
AT_ONCE: Final = 500
SWEPT: Final = 10_000
"""Messages of a queue that are ticketed again at once, for a broker that has lost all of them."""
BOARDS: Final = (ClockState.OPEN, ClockState.AT_RISK, ClockState.BREACHED)
SHOWN: Final = 5000
"""Clocks of a board that are compared, soonest due first: one that should have left is old."""

log = structlog.get_logger()


async def run(timers: Timers) -> None:
    """Keep time until cancelled. A server that is away is waited for."""
    loops = (
        *(_every(TICK, keep_appointments, timers) for _ in range(ABREAST)),
        _every(POLL, poll_sql, timers),
        _every(AUDIT, audit, timers),
        _every(COMPARE, compare, timers),
        _every(timers.sweep_after.total_seconds() / 2, sweep, timers),
    )
    await run_all(loops)


async def _every(seconds: float, work: Callable[[Timers], Awaitable[bool]], timers: Timers) -> None:
    """Do the work again and again; at once while it answers that there is more of it."""
    while True:
        try:
            more = await work(timers)
        except Unavailable as exc:
            reraise_if_cancelled()
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
    """Fire what Redis says is due. What was claimed and not done comes again after 30 s."""
    try:
        claimed = await timers.appointments.claim(AT_ONCE)
    except AppointmentsUnavailable:
        return False  # poll_sql has it, and says so
    if not claimed:
        return False
    await _release(timers, _ids(claimed, "m:"))
    await fire_each(await timers.store.clocks_by_id(_ids(claimed, "c:")), timers)
    await timers.appointments.done(claimed)
    return len(claimed) == AT_ONCE


def _ids(claimed: Iterable[tuple[str, float]], kind: str) -> list[UUID]:
    return [UUID(member.removeprefix(kind)) for member, _ in claimed if member.startswith(kind)]


async def _release(timers: Timers, ids: Sequence[UUID]) -> None:
    if ids:
        await timers.publisher.tickets(await timers.store.release(ids))


async def poll_sql(timers: Timers) -> bool:
    """While Redis is away, or has forgotten, fire from SQL; fill Redis again when it is back."""
    try:
        intact = await timers.appointments.intact()
        if not intact:
            await _refill(timers)
    except AppointmentsUnavailable as exc:
        log.warning("appointments.unavailable", error=str(exc))
        intact = False
    return False if intact else await fire_from_sql(timers)


async def _refill(timers: Timers) -> None:
    """Make Redis from SQL again; of a million clocks that takes minutes, in which SQL is asked on."""
    filling = asyncio.ensure_future(rebuild(timers))
    try:
        while not (await asyncio.wait({filling}, timeout=POLL))[0]:
            await fire_from_sql(timers)
        messages, clocks = await filling
    finally:
        await cancel(filling)
    await timers.appointments.begin_epoch()
    log.info("appointments.rebuilt", messages=messages, clocks=clocks)


async def fire_from_sql(timers: Timers, overdue: timedelta = timedelta(0)) -> bool:
    """Fire what is due according to SQL alone; of clocks what has been so for that long."""
    released = await timers.store.release_due(AT_ONCE)
    await timers.publisher.tickets(released)
    clocks = await timers.store.due_clocks(AT_ONCE, overdue)
    done = await fire_each(clocks, timers)
    # What only waits (for intake, for a fault to be mended) is no reason to look again at once.
    return sum(len(ticket.ids) for ticket in released) == AT_ONCE or (len(clocks) == AT_ONCE and done > 0)


async def rebuild(timers: Timers, pause: float = 0.0) -> tuple[int, int]:
    """
    Make all appointments and boards again from SQL; answer how many messages and clocks there are.

    With a pause after each page, so that what is due is not kept waiting by what is not.
    """
    messages, clocks = 0, 0
    after: UUID | None = None
    while waiting := await timers.store.waiting_appointments(after, AT_ONCE):
        await timers.appointments.arm_messages(waiting)
        messages, after = messages + len(waiting), waiting[-1][0]
        await asyncio.sleep(pause)
    after = None
    while live := await timers.store.live_clocks(after, AT_ONCE):
        await timers.appointments.track_clocks(live)
        clocks, after = clocks + len(live), live[-1].id
        await asyncio.sleep(pause)
    return messages, clocks


async def compare(timers: Timers) -> bool:
    """
    Make Redis agree with SQL again, slowly.

    Nothing waits for Redis, so a clock that began or ended while it did not answer is on no board, or
    still on one; the epoch key tells nothing of that.
    """
    if not await timers.appointments.intact():
        return False  # poll_sql makes all of it anew
    await rebuild(timers, PACE)
    for board in BOARDS:
        shown = [clock_id for clock_id, _ in await timers.appointments.board(board, SHOWN)]
        for start in range(0, len(shown), AT_ONCE):
            await _take_off(await timers.store.clocks_by_id(shown[start : start + AT_ONCE]), timers)
            await asyncio.sleep(PACE)
    return False


async def _take_off(clocks: Sequence[Clock], timers: Timers) -> None:
    """Let those that have ended leave their boards."""
    await timers.appointments.track_clocks([clock for clock in clocks if clock.ended_at is not None])


async def audit(timers: Timers) -> bool:
    """Find what nobody comes back to: old calendars, ended leases, cut cascades, overdue receipts."""
    laid = await lay_out_anew(timers)
    more = await fire_from_sql(timers, MISSED)
    await _settle_early(timers)
    lost = await timers.store.broken_cascades(AT_ONCE)
    await _advance_cascades(lost, timers)
    unconfirmed = await timers.store.unconfirmed(AT_ONCE, LOOK_AGAIN)
    await _advance_cascades(unconfirmed, timers)
    await timers.store.stop_waiting([message.id for message in unconfirmed])
    await _tell_replies(timers)
    await timers.heartbeats.beat("timers", {"audit": "ended"})
    return more or AT_ONCE in {laid, len(lost), len(unconfirmed)}


async def lay_out_anew(timers: Timers) -> int:
    """
    Let clocks that ran by other hours or holidays run by today's; answer how many of this portion.

    A law may name a new holiday while they run. Who restarts the timers with it must have no clock in
    the old way; intake lays out only the cases of which it hears.
    """
    laid = await timers.store.lay_out_anew(
        timers.policy.calendar_version, partial(sla.reschedule, policy=timers.policy), AT_ONCE
    )
    if laid:
        await make_appointments(timers.appointments, clocks=laid)
        log.info("clocks.laid_out_anew", count=len(laid), calendar=timers.policy.calendar_version)
    return len(laid)


async def _settle_early(timers: Timers) -> None:
    """Look again at receipts of which we did not know the message; after an hour it is none of ours."""
    if settled := await timers.store.settle_early(AT_ONCE):
        log.info("receipts.settled", count=settled)
    if dropped := await timers.store.drop_early(EARLY):
        log.warning("receipts.dropped", count=dropped)


async def _tell_replies(timers: Timers) -> None:
    """Publish what people wrote and nobody was told of; told already, it is a duplicate by its id."""
    for inbound in await timers.store.unpublished_replies(AT_ONCE):
        for event in events_of(inbound):
            await timers.publisher.event(event)
        await timers.store.mark_published(inbound.id)
        log.info("reply.published", reply_id=str(inbound.id))


async def _advance_cascades(over: Sequence[Message], timers: Timers) -> None:
    """Take the steps that come after these messages."""
    await advance_cascade(over, store=timers.store, publisher=timers.publisher, now=timers.now())


async def sweep(timers: Timers) -> bool:
    """Ticket again what is queued but in no queue: its ticket was lost between commit and confirm."""
    for channel, lane in timers.queues:
        if await timers.publisher.depth(channel, lane) > 0:
            continue  # a backlog: tickets are only waiting for their turn
        stale = await timers.store.stale_queued(channel, lane, timers.sweep_after, SWEPT)
        if stale:
            log.warning("sweep.ticketed", channel=channel, lane=lane, tickets=len(stale))
            await timers.publisher.tickets(stale)
    return False
