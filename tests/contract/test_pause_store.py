"""The contract of the PauseStore: pauses hold until their end, and their messages are released after it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from hub.desk.channels import queries
from hub.model import Lane, Message, State, StoredEvent
from hub.ports import EVERYTHING
from hub.testing import MemoryPauses
from tests.contract.stores import RealStores, Stores
from tests.contract.values import HOUR, message, now

QUARTER = timedelta(minutes=15)


def held(of: StoredEvent, number: int = 0, **fields: object) -> Message:
    values: dict[str, object] = {
        "contact_id": f"cp-{number}",
        "state": State.HELD,
        "reason": "paused",
        "next_at": now() + QUARTER,
        **fields,
    }
    return message(of, **values)


async def pause(stores: Stores, subject: str, ends_at: datetime | None = None) -> None:
    if isinstance(stores.pauses, MemoryPauses):
        stores.pauses.subjects[subject] = ends_at
    else:
        assert isinstance(stores, RealStores)
        await queries.pause(stores.database, subject, by="ana", reason="", ends_at=ends_at)


async def resume(stores: Stores, subject: str) -> None:
    if isinstance(stores.pauses, MemoryPauses):
        del stores.pauses.subjects[subject]
    else:
        assert isinstance(stores, RealStores)
        await queries.resume(stores.database, subject)


@pytest.mark.parametrize("subject", ["channel:email", "event:pqrs.received", EVERYTHING])
async def test_what_a_pause_holds_is_released_after_it_alone(
    stores: Stores, of: StoredEvent, subject: str
) -> None:
    one = held(of)
    await stores.add(one)
    await pause(stores, subject)

    assert {subject} == await stores.pauses.paused()
    assert await stores.pauses.release_resumed(10) == []
    await resume(stores, subject)
    [ticket] = await stores.pauses.release_resumed(10)

    assert await stores.pauses.paused() == frozenset()
    assert (ticket.channel, ticket.lane, ticket.ids) == ("email", Lane.NORMAL, (one.id,))
    assert await stores.state_of(one) == "queued"


async def test_releasing_goes_page_by_page_and_finds_nothing_twice(stores: Stores, of: StoredEvent) -> None:
    await stores.add(*(held(of, number) for number in range(3)))

    pages = [await stores.pauses.release_resumed(2) for _ in range(3)]

    assert [sum(len(ticket.ids) for ticket in page) for page in pages] == [2, 1, 0]


async def test_message_held_for_another_reason_stays(stores: Stores, of: StoredEvent) -> None:
    one = held(of, reason="contact_hours")
    await stores.add(one)

    assert await stores.pauses.release_resumed(10) == []
    assert await stores.state_of(one) == "held"


@pytest.mark.parametrize(
    ("expires_in", "ends_in", "left"),
    [
        (2 * HOUR, None, 2 * HOUR - QUARTER),
        (2 * HOUR, 3 * HOUR, 2 * HOUR - QUARTER),
        (2 * HOUR, 2 * HOUR, 2 * HOUR),
    ],
    ids=["no end", "an end far off", "at its end"],
)
async def test_unused_pause_time_is_subtracted_from_the_expiry(
    stores: Stores, of: StoredEvent, expires_in: timedelta, ends_in: timedelta | None, left: timedelta
) -> None:
    begun = now()
    ends_at = None if ends_in is None else begun + ends_in
    one = held(of, next_at=begun + QUARTER, expires_at=begun + expires_in, ends_at=ends_at)
    await stores.add(one)
    await stores.pauses.release_resumed(10)
    [claimed] = await stores.claim(one)

    assert claimed.message.expires_at is not None
    assert abs(claimed.message.expires_at - (begun + left)) < timedelta(seconds=30)


async def test_pause_with_an_end_holds_nothing_from_then_on(stores: Stores, of: StoredEvent) -> None:
    one = held(of)
    await stores.add(one)
    await pause(stores, "channel:email", now() - HOUR)
    await pause(stores, "channel:sms", now() + HOUR)
    paused = await stores.pauses.paused()
    ended = [await stores.pauses.end(), await stores.pauses.end()]
    [ticket] = await stores.pauses.release_resumed(10)

    assert paused == {"channel:sms"}
    assert ended == [["channel:email"], []]
    assert ticket.ids == (one.id,)
    assert {"channel:sms"} == await stores.pauses.paused()
