"""The contract of the TimerStore for messages."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from hub.messages.planning.cascade import next_steps
from hub.model import Lane, Purpose, State, StoredEvent, Target
from tests.contract.stores import AT_ONCE, RealStores, Stores, release_due
from tests.contract.values import (
    FALLBACK,
    HOUR,
    LEASE,
    message,
    next_of,
    now,
    outcome,
)

UNITS = ("Torre 1 Apto 101", "Torre 2 Apto 302")


async def test_broken_cascade_is_found_until_it_advances(stores: Stores, of: StoredEvent) -> None:
    lost = message(of, state=State.FAILED, fallback=FALLBACK)
    await stores.add(lost)

    assert await stores.timers.broken_cascades(10) == [lost]
    assert await stores.timers.broken_cascades(10) == [lost]
    await stores.timers.add_messages([next_of(lost)])
    assert await stores.timers.broken_cascades(10) == []


async def test_the_letter_after_a_lost_mail_is_about_the_same_units(stores: Stores, of: StoredEvent) -> None:
    letter = ((Target(channel="print", contact_id="print", address="p-1"),),)
    lost = message(of, state=State.FAILED, fallback=letter, purpose=Purpose.LEGAL, units=UNITS)
    await stores.add(lost)
    [following] = next_steps(await stores.timers.broken_cascades(10), now=now())
    await stores.timers.add_messages([following])
    [claimed] = await stores.claim(following)

    assert ("print", UNITS) == (claimed.message.channel, claimed.message.units)


async def test_received_step_needs_no_next_step(stores: Stores, of: StoredEvent) -> None:
    lost = message(of, state=State.FAILED, fallback=FALLBACK)
    reached = message(of, channel="push", contact_id="device", state=State.DELIVERED, fallback=FALLBACK)
    await stores.add(lost, reached)

    assert await stores.timers.broken_cascades(10) == []


async def test_legal_message_without_a_next_step_is_found_until_its_alert(
    stores: Stores, of: StoredEvent
) -> None:
    silent = message(of, state=State.SUPPRESSED)
    legal = message(of, contact_id="", state=State.SUPPRESSED, purpose=Purpose.LEGAL, person="p-2")
    await stores.add(silent, legal)

    assert await stores.timers.broken_cascades(10) == [legal]
    await stores.timers.end_cascades([legal.id])
    assert await stores.timers.broken_cascades(10) == []


async def test_the_events_of_a_cascade_are_answered_as_they_were_stored(
    stores: Stores, of: StoredEvent
) -> None:
    found = await stores.timers.events_of([of.key, uuid4()])

    assert {key: one.event for key, one in found.items()} == {of.key: of.event}


async def test_message_of_a_pending_step_is_found_when_it_fails_too(stores: Stores, of: StoredEvent) -> None:
    first = message(of, state=State.FAILED, fallback=FALLBACK)
    second = message(of, channel="push", contact_id="device", fallback=FALLBACK)
    await stores.add(first, second)
    token = uuid4()
    await stores.delivery.claim([second.id], token=token, lease=LEASE)

    assert await stores.timers.broken_cascades(10) == []
    await stores.delivery.record(token, [outcome(second.id, State.FAILED)])
    assert second.id in [cascade.id for cascade in await stores.timers.broken_cascades(10)]


async def test_due_message_is_queued_and_ticketed_once(stores: Stores, of: StoredEvent) -> None:
    due = message(of, contact_id="a", state=State.RETRYING, next_at=now() - HOUR)
    later = message(of, contact_id="b", state=State.HELD, next_at=now() + HOUR)
    urgent = message(of, contact_id="c", lane=Lane.URGENT, state=State.HELD, next_at=now() - HOUR)
    leased = message(of, contact_id="d")
    await stores.add(due, later, urgent, leased)
    await stores.claim(leased, lease=AT_ONCE)
    ids = [due.id, later.id, urgent.id, leased.id, uuid4()]
    tickets = await stores.timers.release(ids)

    assert sorted((ticket.channel, ticket.lane, ticket.ids) for ticket in tickets) == [
        ("email", "normal", (due.id,)),
        ("email", "urgent", (urgent.id,)),
    ]
    assert await stores.timers.release(ids) == []
    assert (await stores.state_of(due), await stores.state_of(leased)) == ("queued", "sending")


async def test_messages_are_released_with_how_late_they_are(stores: RealStores, of: StoredEvent) -> None:
    by_redis = message(of, contact_id="a", state=State.HELD, next_at=now() - HOUR)
    by_sql = message(of, contact_id="b", state=State.RETRYING, next_at=now() - HOUR)
    leased = message(of, contact_id="c")
    await stores.add(by_redis, by_sql, leased)
    await stores.claim(leased, lease=-LEASE)
    hours, all_of_them = (partial(lateness, "bucket", le=le) for le in ("900.0", "+Inf"))
    before = hours(), all_of_them()
    await stores.timers.release([by_redis.id])
    await release_due(stores, 10, grace=LEASE / 2)

    assert (0, 2) == (hours() - before[0], all_of_them() - before[1])


def lateness(what: str, **labels: str) -> float:
    name = f"hub_timer_lateness_seconds_{what}"
    return REGISTRY.get_sample_value(name, {"kind": "message", **labels}) or 0.0


async def test_lease_ends_only_after_its_grace(stores: Stores, of: StoredEvent) -> None:
    leased, due = message(of, contact_id="a"), message(of, contact_id="b", state=State.HELD, next_at=now())
    await stores.add(leased, due)
    await stores.claim(leased, lease=-LEASE)

    assert [ticket.ids for ticket in await release_due(stores, 10, grace=2 * LEASE)] == [(due.id,)]
    assert [ticket.ids for ticket in await release_due(stores, 10, grace=LEASE / 2)] == [(leased.id,)]


async def test_lease_that_ended_while_the_database_hung_is_not_released_by_a_late_statement(
    stores: Stores, of: StoredEvent
) -> None:
    leased = message(of)
    await stores.add(leased)
    before = now()
    await stores.claim(leased, lease=AT_ONCE)

    assert await stores.timers.release_due(10, before, timedelta(0)) == []
    assert len(await release_due(stores, 10)) == 1


async def test_due_messages_are_found_without_redis(stores: Stores, of: StoredEvent) -> None:
    due = [message(of, contact_id=str(n), state=State.HELD, next_at=now() - n * HOUR) for n in (1, 2, 3)]
    await stores.add(*due, message(of, contact_id="later", state=State.HELD, next_at=now() + HOUR))
    [first] = await release_due(stores, 2)
    [second] = await release_due(stores, 2)

    assert set(first.ids) == {due[1].id, due[2].id}
    assert second.ids == (due[0].id,)
    assert await release_due(stores, 2) == []


async def test_tickets_hold_a_hundred_ids_at_most(stores: Stores, of: StoredEvent) -> None:
    await stores.add(*(message(of, person=f"p-{n}") for n in range(250)))
    tickets = await stores.timers.stale_queued("email", Lane.NORMAL, AT_ONCE, 240, empty=True)

    assert sorted(len(ticket.ids) for ticket in tickets) == [40, 100, 100]


async def test_a_swept_message_is_swept_again_only_after_twice_the_time(
    stores: Stores, of: StoredEvent
) -> None:
    await stores.add(message(of))

    assert await stores.timers.stale_queued("email", Lane.NORMAL, HOUR, 10, empty=True) == []
    assert len(await stores.timers.stale_queued("email", Lane.NORMAL, AT_ONCE, 10, empty=True)) == 1
    assert await stores.timers.stale_queued("email", Lane.NORMAL, HOUR, 10, empty=True) == []
    assert await stores.timers.stale_queued("sms", Lane.NORMAL, AT_ONCE, 10, empty=True) == []


async def test_nothing_is_swept_that_only_waits_for_its_turn(stores: Stores, of: StoredEvent) -> None:
    taken, left = message(of, contact_id="a"), message(of, contact_id="b")
    await stores.add(taken)
    await stores.add(left)
    token = uuid4()
    await stores.delivery.claim([taken.id], token=token, lease=LEASE)

    assert await stores.timers.stale_queued("email", Lane.NORMAL, AT_ONCE, 10, empty=True) == []
    assert await stores.timers.stale_queued("email", Lane.NORMAL, AT_ONCE, 10, empty=False) == []
    await stores.delivery.record(token, [outcome(taken.id)])
    assert await stores.timers.stale_queued("email", Lane.NORMAL, AT_ONCE, 10, empty=False) == []
    [ticket] = await stores.timers.stale_queued("email", Lane.NORMAL, AT_ONCE, 10, empty=True)
    assert ticket.ids == (left.id,)


@pytest.mark.parametrize("empty", [True, False])
async def test_what_a_later_message_has_overtaken_is_swept_while_its_queue_makes_progress(
    stores: Stores, of: StoredEvent, empty: bool
) -> None:
    lost, overtaking, behind = (message(of, contact_id=name) for name in ("lost", "overtaking", "behind"))
    for one in (lost, overtaking, behind):
        await stores.add(one)
    await stores.claim(overtaking)
    [ticket] = await stores.timers.stale_queued("email", Lane.NORMAL, AT_ONCE, 10, empty=empty)

    assert ticket.ids == (lost.id,)
    assert await stores.timers.stale_queued("sms", Lane.NORMAL, AT_ONCE, 10, empty=False) == []


async def test_message_that_was_swept_itself_proves_nothing(stores: Stores, of: StoredEvent) -> None:
    swept, left = message(of, contact_id="a"), message(of, contact_id="b")
    await stores.add(swept)
    await stores.add(left)
    [ticket] = await stores.timers.stale_queued("email", Lane.NORMAL, AT_ONCE, 1, empty=True)
    await stores.claim(swept)

    assert ticket.ids == (swept.id,)
    assert await stores.timers.stale_queued("email", Lane.NORMAL, AT_ONCE, 10, empty=False) == []


async def test_waiting_appointments_come_page_by_page(stores: Stores, of: StoredEvent) -> None:
    at = now() + HOUR
    waiting = [message(of, contact_id=str(n), state=State.HELD, next_at=at) for n in range(5)]
    await stores.add(*waiting, message(of))
    first = await stores.timers.waiting_appointments(None, 3)
    rest = await stores.timers.waiting_appointments(first[-1][0], 3)

    assert [*first, *rest] == [(message_id, Lane.NORMAL, at) for message_id in sorted(m.id for m in waiting)]
