"""Accepted steps without receipts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from hub.model import Message, State, StoredEvent
from tests.contract.stores import Stores
from tests.contract.values import FALLBACK, HOUR, message, now

AGAIN = timedelta(minutes=1)
PAST = -HOUR


def waiting(of: StoredEvent, contact_id: str = "cp-1", since: timedelta = PAST, **fields: Any) -> Message:
    """Make an accepted message whose receipt is overdue."""
    values: dict[str, Any] = {"state": State.SENT, "next_at": now() + since, "fallback": FALLBACK, **fields}
    return message(of, contact_id=contact_id, **{"channel": "sms", **values})


async def overdue(stores: Stores) -> list[UUID]:
    return [message.id for message in await stores.timers.unconfirmed(10, AGAIN)]


async def test_a_step_whose_receipt_is_overdue_is_found_until_it_has_gone_on(
    stores: Stores, of: StoredEvent
) -> None:
    one = waiting(of)
    await stores.add(one)

    assert await overdue(stores) == [one.id]
    assert await overdue(stores) == [one.id]
    await stores.timers.stop_waiting([one.id])
    assert await overdue(stores) == []
    assert await stores.state_of(one) == State.SENT


async def test_a_receipt_that_may_still_come_is_waited_for(stores: Stores, of: StoredEvent) -> None:
    await stores.add(waiting(of, since=HOUR))

    assert await overdue(stores) == []


@pytest.mark.parametrize("arrived", [State.DELIVERED, State.READ])
async def test_what_has_arrived_is_waited_for_by_nobody(
    stores: Stores, of: StoredEvent, arrived: State
) -> None:
    """A receipt for one of two numbers arrived: the person has been reached."""
    await stores.add(waiting(of), waiting(of, "other", state=arrived, next_at=None))

    assert await overdue(stores) == []


async def test_a_channel_without_receipts_has_reached_the_person(stores: Stores, of: StoredEvent) -> None:
    await stores.add(waiting(of), message(of, channel="email", state=State.SENT, fallback=FALLBACK))

    assert await overdue(stores) == []


@pytest.mark.parametrize("state", [State.HELD, State.QUEUED, State.RETRYING, State.SENDING])
async def test_a_held_or_working_message_of_the_step_keeps_it_from_going_on(
    stores: Stores, of: StoredEvent, state: State
) -> None:
    await stores.add(waiting(of), waiting(of, "other", since=HOUR, state=state))

    assert await overdue(stores) == []


async def test_a_step_continues_when_the_rest_of_it_is_lost(stores: Stores, of: StoredEvent) -> None:
    one = waiting(of)
    await stores.add(one, waiting(of, "other", state=State.FAILED, next_at=None))

    assert await overdue(stores) == [one.id]


async def test_a_step_of_another_person_is_no_matter(stores: Stores, of: StoredEvent) -> None:
    one = waiting(of)
    await stores.add(one, waiting(of, "other", person="p-2", state=State.DELIVERED, next_at=None))

    assert await overdue(stores) == [one.id]


async def test_an_unread_inbox_is_overdue_like_a_receipt(stores: Stores, of: StoredEvent) -> None:
    one = waiting(of, channel="inbox", state=State.WAITING)
    await stores.add(one)

    assert await overdue(stores) == [one.id]
    await stores.timers.stop_waiting([one.id])
    assert await overdue(stores) == []
    assert await stores.state_of(one) == State.WAITING


async def test_an_unread_inbox_beside_a_lost_mail_reaches_nobody(stores: Stores, of: StoredEvent) -> None:
    """The mail bounced when the inbox had had its time: nothing but the next step is left."""
    mail = waiting(of, state=State.BOUNCED, next_at=None)
    unread = waiting(of, "inbox", channel="inbox", state=State.WAITING, next_at=None)
    await stores.add(mail, unread)

    assert [message.id for message in await stores.timers.broken_cascades(10)] == [mail.id]
    assert await stores.delivery.step_failed([mail]) == {mail.id}


async def test_an_unread_inbox_with_time_left_keeps_its_step_alive(stores: Stores, of: StoredEvent) -> None:
    mail = waiting(of, state=State.BOUNCED, next_at=None)
    unread = waiting(of, "inbox", channel="inbox", state=State.WAITING, since=HOUR)
    await stores.add(mail, unread)

    assert await stores.timers.broken_cascades(10) == []
    assert await stores.delivery.step_failed([mail]) == set()
