"""Failed messages that are sent again, and the step in which they are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from hub.model import Attempt, Message, Outcome, Purpose, State, StoredEvent
from hub.model.bulk import BulkKind, RedriveResult
from hub.ports import MessageFilter
from hub.storage.redrive import redrive
from tests.contract.many import Done, plan, run
from tests.contract.stores import RealStores
from tests.contract.values import HOUR, LEASE, NOON, message, now

FAILED = "smtp_550_5.1.1"


def lost(of: StoredEvent, number: int = 0, **fields: Any) -> Message:
    created = now() - HOUR + timedelta(seconds=number)
    values = {"contact_id": f"cp-{number}", "person": f"p-{number}", "created_at": created}
    return message(of, **{**values, "state": State.FAILED, "reason": FAILED, **fields})


def tried(message: Message, number: int) -> Outcome:
    attempt = Attempt(
        message_id=message.id, at=NOON + number * HOUR, outcome="permanent", provider="smtp", code=str(number)
    )
    return Outcome(message_id=message.id, state=State.FAILED, reason=FAILED, attempts=(attempt,))


async def go_again(stores: RealStores, *, include_notified: bool = False, **narrowed: Any) -> Done:
    which = MessageFilter(**{"state": "failed", **narrowed})
    return await run(stores, BulkKind.RESEND, which, also_told=include_notified)


@pytest.mark.parametrize("state", [State.FAILED, State.EXPIRED, State.BOUNCED, State.SUPPRESSED])
async def test_a_lost_message_is_queued_as_new_and_once(
    stores: RealStores, of: StoredEvent, state: State
) -> None:
    one = lost(of, state=state, expires_at=now() + HOUR)
    await stores.add(one)

    first, second = [await go_again(stores, state=str(state)) for _ in range(2)]
    [claimed] = await stores.claim(one)

    assert {"taken": 1} == first.verdicts
    assert [(one.id,)] == [ticket.ids for ticket in first.tickets]
    assert Done({}) == second
    assert (claimed.message.reason, claimed.attempt) == (None, 1)
    assert claimed.message.expires_at is not None
    assert abs(claimed.message.expires_at - (now() + 2 * HOUR)) < timedelta(minutes=1)


async def test_what_goes_again_is_about_the_same_units(stores: RealStores, of: StoredEvent) -> None:
    one = lost(of, purpose=Purpose.LEGAL, units=("Apto 101", "Apto 302"))
    await stores.add(one)
    await go_again(stores)
    [claimed] = await stores.claim(one)

    assert one.units == claimed.message.units


async def test_a_new_life_never_goes_past_the_wall_time_end(stores: RealStores, of: StoredEvent) -> None:
    ends = now() + timedelta(minutes=10)
    one = lost(of, expires_at=ends, ends_at=ends)
    await stores.add(one)
    await go_again(stores)
    [claimed] = await stores.claim(one)

    assert claimed.message.expires_at == ends


async def test_what_was_tried_stays_in_the_history(stores: RealStores, of: StoredEvent) -> None:
    one, token = lost(of, state=State.QUEUED, reason=None), uuid4()
    await stores.add(one)
    for number in (1, 2):
        await stores.delivery.claim([one.id], token=token, lease=LEASE)
        await stores.delivery.record(token, [tried(one, number)])
        await go_again(stores)
    shown = await stores.log.message(one.id)

    assert shown is not None
    assert (shown.state, [attempt.code for attempt in shown.attempts]) == ("queued", ["1", "2"])


async def test_what_is_worthless_by_now_or_never_had_an_address_is_left_and_counted(
    stores: RealStores, of: StoredEvent
) -> None:
    ended = lost(of, 0, ends_at=now() - HOUR)
    too_old = lost(of, 1, expires_at=now() - 2 * HOUR)
    nowhere = lost(of, 2, address="", contact_id="")
    await stores.add(ended, too_old, nowhere)

    done = await go_again(stores)

    assert {"too_old": 2, "no_contact": 1} == done.verdicts
    assert [] == done.tickets
    assert {await stores.state_of(message) for message in (ended, too_old, nowhere)} == {"failed"}


@pytest.mark.parametrize("state", [State.SENT, State.DELIVERED, State.READ])
async def test_who_was_notified_in_another_way_is_left_unless_asked_for(
    stores: RealStores, of: StoredEvent, state: State
) -> None:
    one = lost(of)
    other = lost(of, channel="sms", contact_id="cp-phone", state=state, reason=None)
    await stores.add(one, other)

    assert {"told": 1} == (await go_again(stores)).verdicts
    assert {"taken": 1} == (await go_again(stores, include_notified=True)).verdicts


@pytest.mark.parametrize(
    "other",
    [{"person": "p-9"}, {"audience": 1}, {"occasion": "reminder:T-24h"}, {"state": State.QUEUED}],
    ids=str,
)
async def test_another_person_audience_occasion_or_a_message_on_its_way_is_no_notification(
    stores: RealStores, of: StoredEvent, other: dict[str, Any]
) -> None:
    sibling = {"channel": "sms", "contact_id": "cp-phone", "state": State.SENT, "reason": None, **other}
    await stores.add(lost(of), lost(of, **sibling))

    assert {"taken": 1} == (await go_again(stores)).verdicts


@pytest.mark.parametrize("state", [State.QUEUED, State.HELD, State.RETRYING, State.SENDING])
async def test_who_is_being_notified_by_another_step_of_the_cascade_is_left(
    stores: RealStores, of: StoredEvent, state: State
) -> None:
    later = lost(of, channel="sms", contact_id="cp-phone", step=1, state=state, reason=None)
    await stores.add(lost(of), later)

    assert {"told": 1} == (await go_again(stores)).verdicts
    assert {"taken": 1} == (await go_again(stores, include_notified=True)).verdicts


async def test_first_step_of_a_cascade_that_is_lost_as_a_whole_goes_again(
    stores: RealStores, of: StoredEvent
) -> None:
    """Only one step is redriven: all steps at once would notify a person twice."""
    first, second = lost(of), lost(of, channel="sms", contact_id="cp-phone", step=1)
    await stores.add(first, second)

    assert {"taken": 1, "told": 1} == (await go_again(stores)).verdicts
    assert (await stores.state_of(first), await stores.state_of(second)) == ("queued", "failed")


async def test_a_later_step_goes_again_where_it_alone_is_asked_for(
    stores: RealStores, of: StoredEvent
) -> None:
    await stores.add(lost(of), lost(of, channel="sms", contact_id="cp-phone", step=1))

    assert {"taken": 1} == (await go_again(stores, channel="sms")).verdicts


async def test_a_plan_counts_and_changes_nothing(stores: RealStores, of: StoredEvent) -> None:
    one = lost(of)
    await stores.add(one)

    assert {"taken": 1} == await plan(stores, BulkKind.RESEND, MessageFilter(state="failed"))
    assert "failed" == await stores.state_of(one)


@pytest.mark.parametrize(
    "narrowed",
    [
        {"channel": "sms"},
        {"event": "pqrs.replied"},
        {"event_id": "other"},
        {"person": "p-9"},
        {"reason": "smtp_551"},
        {"since": now() + HOUR},
        {"until": now() - 2 * HOUR},
        {"state": "bounced"},
    ],
    ids=" ".join,
)
async def test_what_is_not_asked_for_is_not_taken(
    stores: RealStores, of: StoredEvent, narrowed: dict[str, Any]
) -> None:
    await stores.add(lost(of))

    assert {} == (await go_again(stores, **narrowed)).verdicts


async def test_messages_are_taken_by_the_beginning_of_their_reason(
    stores: RealStores, of: StoredEvent
) -> None:
    await stores.add(lost(of))
    asked: dict[str, Any] = {
        "channel": "email",
        "event": "pqrs.received",
        "event_id": of.event.id,
        "person": "p-0",
    }

    done = await go_again(stores, **asked, reason="smtp_550", since=now() - 2 * HOUR, until=now() + HOUR)

    assert {"taken": 1} == done.verdicts


async def test_a_message_that_goes_again_and_is_lost_again_is_gone_on_from_again(
    stores: RealStores, of: StoredEvent
) -> None:
    one, token = lost(of, purpose=Purpose.LEGAL), uuid4()
    await stores.add(one)
    await stores.timers.end_cascades([one.id])
    await go_again(stores)
    await stores.delivery.claim([one.id], token=token, lease=LEASE)
    await stores.delivery.record(token, [tried(one, 1)])

    assert [found.id for found in await stores.timers.broken_cascades(10)] == [one.id]


@pytest.mark.parametrize("anyway", [False, True])
async def test_one_message_goes_again_by_the_same_verdict(
    stores: RealStores, of: StoredEvent, anyway: bool
) -> None:
    one = lost(of)
    await stores.add(one, lost(of, channel="sms", contact_id="cp-phone", state=State.SENT, reason=None))
    done = await redrive(stores.database, one.id, include_notified=anyway)

    assert done is not None
    assert (RedriveResult.TAKEN if anyway else RedriveResult.NOTIFIED) is done[0]
    assert ([(one.id,)] if anyway else []) == [ticket.ids for ticket in done[1]]
    assert ("queued" if anyway else "failed") == await stores.state_of(one)


async def test_a_later_step_goes_again_alone(stores: RealStores, of: StoredEvent) -> None:
    later = lost(of, channel="sms", contact_id="cp-phone", step=1)
    await stores.add(lost(of), later)
    done = await redrive(stores.database, later.id)

    assert done is not None
    assert RedriveResult.TAKEN is done[0]


async def test_what_is_not_lost_does_not_go_again(stores: RealStores, of: StoredEvent) -> None:
    one = lost(of, state=State.SENT, reason=None)
    await stores.add(one)

    assert [None, None] == [await redrive(stores.database, which) for which in (one.id, uuid4())]
