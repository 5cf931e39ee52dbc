"""The timers on SQL alone: polling in place of Redis, audit, sweep."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from hub.errors import BrokerUnavailable, StorageUnavailable
from hub.model import Lane, LiveClock, Outcome, State, Target
from hub.ports import Now
from hub.tasks import cancel
from hub.testing import MemoryAppointments, MemoryMonitor
from hub.timers import scheduler
from hub.timers.filling import compare
from hub.timers.lease_time import LeaseTime
from hub.timers.scheduler import (
    MISSED,
    audit,
    keep_appointments,
    poll_sql,
    run,
    see_database,
    sweep,
)
from tests.unit.delivery_harness import mail
from tests.unit.factories import HOUR, MINUTE, MONDAY, SECOND, event, local
from tests.unit.hub_in_memory import memory_hub
from tests.unit.timer_harness import RECEIVED, hub_with, published, timers_of, until, waiting

TARGET = Target(channel="sms", contact_id="cp-phone", address="+573001234567")


async def test_sweep_finds_a_message_whose_ticket_was_never_published() -> None:
    message = waiting()
    hub = await hub_with(message)
    hub.clock.advance(HOUR)
    hub.publisher.faults.script("tickets", ZeroDivisionError("stands for the end of the process"))
    with pytest.raises(ZeroDivisionError):
        await keep_appointments(timers_of(hub))
    hub.clock.advance(MINUTE + SECOND)
    await sweep(timers_of(hub))

    assert hub.publisher.ticketed == [message.id]


async def test_ticket_that_the_broker_has_not_confirmed_is_published_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scheduler, "POLL", 0.0)
    message = waiting()
    hub = await hub_with(message)
    hub.clock.advance(HOUR)
    hub.publisher.faults.script("tickets", BrokerUnavailable(), BrokerUnavailable())
    await keep_appointments(timers_of(hub))

    assert hub.publisher.ticketed == [message.id]


async def test_while_redis_is_away_sql_is_asked() -> None:
    message = waiting()
    hub = await hub_with(message)
    await hub.take_in(RECEIVED)
    hub.appointments.away = True
    hub.clock.at = local("2026-03-11 14:05")
    await keep_appointments(timers_of(hub))
    with capture_logs() as logs:
        await poll_sql(timers_of(hub))

    assert message.id in hub.publisher.ticketed
    assert [name for _, name in published(hub)] == ["sla.at_risk", "sla.breached", "pqrs.escalated"]
    assert "appointments.unavailable" in {entry["event"] for entry in logs}


async def test_while_redis_is_well_sql_is_left_alone() -> None:
    hub = await hub_with(waiting(at=MONDAY))

    assert not await poll_sql(timers_of(hub))
    assert hub.publisher.published == []


async def test_a_redis_that_was_flushed_is_filled_again() -> None:
    held = [waiting(f"p-{number}", MONDAY + HOUR) for number in range(3)]
    hub = await hub_with(*held)
    await hub.take_in(RECEIVED)
    hub.clock.at = local("2026-03-11 10:00")
    await keep_appointments(timers_of(hub))
    before = dict(hub.appointments.scores)
    hub.appointments.flush()
    await poll_sql(timers_of(hub))

    assert hub.appointments.scores == before
    assert await hub.appointments.intact()
    [clock] = [clock for clock in hub.store.clocks if clock.name == "first_reply"]
    assert await hub.appointments.board("at_risk", 10) == [(clock.id, clock.due_at)]


class _Slow(MemoryAppointments):
    """A Redis that is slow with each page of clocks."""

    def __init__(self, now: Now) -> None:
        super().__init__(now)
        self.gate = asyncio.Event()

    async def restore_clocks(self, clocks: Sequence[LiveClock]) -> None:
        await self.gate.wait()
        await super().restore_clocks(clocks)


async def test_while_redis_is_filled_again_what_falls_due_is_released_from_sql() -> None:
    message = waiting()
    hub = await hub_with(message)
    await hub.take_in(RECEIVED)
    slow = _Slow(hub.clock)
    filling = asyncio.create_task(poll_sql(timers_of(hub, appointments=slow)))
    hub.clock.advance(HOUR)
    await until(lambda: message.id in hub.publisher.ticketed)
    before = await slow.intact()
    slow.gate.set()
    await filling

    assert (False, True) == (before, await slow.intact())
    assert {f"c:{clock.id}" for clock in hub.store.clocks} <= slow.scores.keys()


async def test_a_redis_that_goes_away_while_it_is_filled_is_filled_again_later() -> None:
    hub = await hub_with(waiting(at=MONDAY + HOUR))
    hub.appointments.flush()
    hub.appointments.faults.script("begin_epoch", BrokerUnavailable("stands for any server"))
    with pytest.raises(BrokerUnavailable):
        await poll_sql(timers_of(hub))

    assert not await hub.appointments.intact()
    await poll_sql(timers_of(hub))
    assert await hub.appointments.intact()


async def test_redis_that_another_process_fills_is_left_to_it_and_sql_is_asked() -> None:
    message = waiting()
    hub = await hub_with(message)
    hub.appointments.flush()
    hub.appointments.filled_elsewhere = True
    hub.clock.advance(HOUR)
    await poll_sql(timers_of(hub))

    assert hub.publisher.ticketed == [message.id]
    assert {} == hub.appointments.scores
    assert not await hub.appointments.intact()


async def test_filling_that_broke_off_begins_anew() -> None:
    hub = await hub_with(waiting(at=MONDAY + HOUR))
    await hub.take_in(RECEIVED)
    hub.appointments.flush()
    hub.appointments.faults.script("restore_clocks", StorageUnavailable("stands for any server"))
    with pytest.raises(StorageUnavailable):
        await poll_sql(timers_of(hub))
    before = await hub.appointments.intact()
    hub.appointments.scores.clear()
    await poll_sql(timers_of(hub))

    assert (False, True) == (before, await hub.appointments.intact())
    assert 1 + len(hub.store.clocks) == len(hub.appointments.scores)


async def test_redis_that_is_flushed_while_it_is_filled_is_filled_anew() -> None:
    hub = await hub_with()
    await hub.take_in(RECEIVED)
    slow = _Slow(hub.clock)
    filling = asyncio.create_task(poll_sql(timers_of(hub, appointments=slow)))
    await asyncio.sleep(0)
    slow.flush()
    slow.gate.set()
    await filling
    before = await slow.intact()
    await poll_sql(timers_of(hub, appointments=slow))

    assert (False, True) == (before, await slow.intact())


async def test_changes_while_redis_was_away_reach_the_boards_later() -> None:
    hub = await hub_with()
    await hub.take_in(RECEIVED)
    hub.appointments.away = True
    await hub.take_in(event("pqrs.replied", at=MONDAY + MINUTE))
    await hub.take_in(event("pqrs.received", {"pqrs_id": "late"}, id="late"))
    hub.appointments.away = False
    await compare(timers_of(hub))
    shown = {clock_id for clock_id, _ in await hub.appointments.board("open", 10)}

    assert shown == {clock.id for clock in hub.store.clocks if clock.ended_at is None}
    assert len(shown) == 3


async def test_audit_fires_a_step_that_redis_lost() -> None:
    hub = await hub_with()
    await hub.take_in(RECEIVED)
    hub.appointments.scores.clear()
    hub.clock.at = local("2026-03-11 09:17") + MISSED - SECOND
    await audit(timers_of(hub))
    before = published(hub)
    hub.clock.advance(SECOND)
    await audit(timers_of(hub))

    assert [] == before
    assert ["sla.at_risk"] == [name for _, name in published(hub)]


async def test_comparison_arms_a_message_that_redis_missed() -> None:
    message = waiting()
    hub = await hub_with(message)
    before = dict(hub.appointments.scores)
    hub.appointments.scores.clear()
    await compare(timers_of(hub))

    assert hub.appointments.scores == before


async def test_a_lease_that_ended_is_found_by_the_audit() -> None:
    orphan = mail(state=State.QUEUED)
    hub = await hub_with(orphan)
    await hub.store.claim([orphan.id], token=UUID(int=1), lease=60 * SECOND)
    await audit(timers_of(hub))

    assert hub.publisher.published == []
    hub.clock.advance(60 * SECOND)
    await audit(timers_of(hub))
    assert hub.publisher.ticketed == [orphan.id]


async def test_lease_that_ended_in_an_outage_is_left_to_its_holder() -> None:
    orphan, held = mail(state=State.QUEUED), waiting("p-held")
    hub = await hub_with(orphan, held)
    heartbeats = MemoryMonitor(hub.store, hub.clock)
    timers = timers_of(hub, lease_time=LeaseTime(MINUTE), heartbeats=heartbeats)
    for _ in range(13):  # it has seen the database for longer than a lease
        hub.clock.advance(5 * SECOND)
        await audit(timers)
    await hub.store.claim([orphan.id], token=UUID(int=1), lease=MINUTE)
    heartbeats.faults.script("clock", StorageUnavailable())
    with pytest.raises(StorageUnavailable):
        await audit(timers)
    hub.clock.advance(HOUR)
    await see_database(timers)
    await audit(timers)

    assert hub.publisher.ticketed == [held.id]
    assert await hub.store.record(UUID(int=1), [Outcome(message_id=orphan.id, state=State.SENT)]) == {
        orphan.id
    }


async def test_interrupted_cascade_continues() -> None:
    cut = [mail(contact_id=at, state=State.FAILED, fallback=((TARGET,),)) for at in ("a", "b")]
    hub = await hub_with(*cut)
    await audit(timers_of(hub))
    [following] = [message for message in hub.store.messages if message.step == 1]

    assert (following.channel, following.state, following.created_at) == ("sms", State.QUEUED, MONDAY)
    assert hub.publisher.ticketed == [following.id]
    await audit(timers_of(hub))
    assert hub.publisher.ticketed == [following.id]


async def test_step_with_an_overdue_receipt_advances_once() -> None:
    accepted = mail(state=State.SENT, next_at=MONDAY, fallback=((TARGET,),))
    hub = await hub_with(accepted)
    await audit(timers_of(hub))
    await audit(timers_of(hub))
    [following] = [message for message in hub.store.messages if message.step == 1]

    assert (following.channel, following.state) == ("sms", State.QUEUED)
    assert hub.publisher.ticketed == [following.id]
    assert hub.store.message(accepted.id).next_at is None


async def test_step_with_an_overdue_receipt_advances_after_a_crash() -> None:
    accepted = mail(state=State.SENT, next_at=MONDAY, fallback=((TARGET,),))
    hub = await hub_with(accepted)
    hub.store.faults.script("stop_waiting", StorageUnavailable())
    with pytest.raises(StorageUnavailable):
        await audit(timers_of(hub))
    await audit(timers_of(hub))

    assert len([message for message in hub.store.messages if message.step == 1]) == 1
    assert hub.store.message(accepted.id).next_at is None


async def test_message_expired_at_planning_is_not_an_interrupted_cascade() -> None:
    hub = memory_hub(MONDAY)
    old = event("pqrs.replied", at=MONDAY - timedelta(days=30), example=0)
    petitioner = {"name": "Ana", "email": "ana@example.com", "phone": "300 123 4567"}
    await hub.take_in(event("pqrs.replied", {"petitioner": petitioner}, at=old.time))
    await audit(timers_of(hub))

    assert [message.state for message in hub.store.messages] == [State.EXPIRED]
    assert hub.publisher.published == []


async def test_what_is_queued_without_a_ticket_is_swept() -> None:
    message = mail()
    hub = await hub_with(message)
    hub.clock.advance(MINUTE)
    await sweep(timers_of(hub))

    assert hub.publisher.published == []
    hub.clock.advance(SECOND)
    await sweep(timers_of(hub))
    assert hub.publisher.ticketed == [message.id]


async def test_a_backlog_is_not_swept() -> None:
    hub = await hub_with(mail())
    hub.clock.advance(HOUR)
    hub.publisher.depths["email", Lane.NORMAL] = 1
    await sweep(timers_of(hub))

    assert hub.publisher.published == []


async def test_a_queue_that_is_worked_on_is_not_swept() -> None:
    busy, left = mail("p-busy"), mail("p-left")
    hub = await hub_with(busy, left)
    hub.clock.advance(HOUR)
    await hub.store.claim([busy.id], token=UUID(int=1), lease=60 * SECOND)
    await sweep(timers_of(hub))

    assert hub.publisher.published == []


async def test_what_was_overtaken_is_swept_while_traffic_never_ends() -> None:
    lost, later = mail("p-lost"), mail("p-later")
    hub = await hub_with(lost)
    hub.clock.advance(HOUR)
    await hub.store.add_messages([later])
    await hub.store.claim([later.id], token=UUID(int=1), lease=MINUTE)
    hub.publisher.depths["email", Lane.NORMAL] = 5
    await sweep(timers_of(hub))

    assert hub.publisher.ticketed == [lost.id]


async def test_each_sweep_doubles_the_wait_of_a_message() -> None:
    message = mail()
    hub = await hub_with(message)
    swept: list[int] = []
    for minute in range(1, 40):
        hub.clock.at = MONDAY + minute * MINUTE + minute * SECOND
        before = len(hub.publisher.ticketed)
        await sweep(timers_of(hub))
        swept += [minute] * (len(hub.publisher.ticketed) - before)

    # After 1, 2, 4, 8, 16 minutes more; a second is added to each so that "older than" is met.
    assert swept == [1, 3, 7, 15, 31]


async def test_a_broker_that_has_lost_thousands_of_tickets_gets_them_again_in_one_sweep() -> None:
    lost = [mail(f"p-{number}") for number in range(2000)]
    hub = await hub_with(*lost)
    hub.clock.advance(HOUR)
    await sweep(timers_of(hub))

    assert set(hub.publisher.ticketed) == {message.id for message in lost}


async def test_a_sweep_looks_at_each_queue_by_itself() -> None:
    email, sms = mail(), mail(channel="sms")
    hub = await hub_with(email, sms)
    hub.clock.advance(HOUR)
    hub.publisher.depths["email", Lane.NORMAL] = 5
    await sweep(timers_of(hub))

    assert hub.publisher.ticketed == [sms.id]


async def test_timers_run_until_cancelled_with_any_server_away() -> None:
    message, swept = waiting(at=MONDAY), mail("p-swept")
    hub = await hub_with(message, swept)
    hub.clock.advance(HOUR)
    hub.store.faults.script("release", StorageUnavailable())
    hub.publisher.faults.script("depth", BrokerUnavailable())
    keeping = asyncio.create_task(run(timers_of(hub, sweep_after=SECOND / 10)))
    await until(lambda: {message.id, swept.id} <= set(hub.publisher.ticketed))
    keeping.cancel()

    with pytest.raises(asyncio.CancelledError):
        await keeping


async def test_fault_in_one_loop_does_not_end_the_others() -> None:
    message = waiting(at=MONDAY)
    hub = await hub_with(message)
    hub.clock.advance(HOUR)
    hub.store.faults.always("stale_queued", ZeroDivisionError())
    hub.store.faults.always("broken_cascades", ZeroDivisionError())
    with capture_logs() as logs:
        keeping = asyncio.create_task(run(timers_of(hub, sweep_after=SECOND / 10)))
        await until(lambda: len([entry for entry in logs if entry["event"] == "timers.broken"]) >= 2)
        await until(lambda: message.id in hub.publisher.ticketed)
        await cancel(keeping)

    assert keeping.cancelled()
