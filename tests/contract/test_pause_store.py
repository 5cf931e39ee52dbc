"""The contract of the PauseStore: pauses are stored, and their messages are released at the end."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from hub.model import Lane, Message, State, StoredEvent
from hub.ports import EVERYTHING
from tests.contract.stores import Stores
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


async def test_a_pause_is_listed_with_who_and_why_until_it_is_taken_away(stores: Stores) -> None:
    first = await stores.pauses.pause("channel:sms", by="ana", reason="twice")
    again = await stores.pauses.pause("channel:sms", by="luis", reason="other")
    [row] = await stores.pauses.pauses()
    paused = await stores.pauses.paused()
    gone = [await stores.pauses.resume("channel:sms"), await stores.pauses.resume("channel:sms")]

    assert (first, again) == (True, False)
    assert (row["subject"], row["by"], row["reason"]) == ("channel:sms", "ana", "twice")
    assert paused == {"channel:sms"}
    assert gone == [True, False]
    assert await stores.pauses.paused() == frozenset()


@pytest.mark.parametrize("subject", ["channel:email", "event:pqrs.received"])
async def test_what_another_pause_still_holds_is_not_released(
    stores: Stores, of: StoredEvent, subject: str
) -> None:
    one = held(of)
    await stores.add(one)
    await stores.pauses.pause(subject, by="ana", reason="")

    assert await stores.pauses.release_resumed(10) == []
    await stores.pauses.resume(subject)
    [ticket] = await stores.pauses.release_resumed(10)

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


async def test_what_is_held_and_what_is_urgent_is_counted(stores: Stores, of: StoredEvent) -> None:
    urgent: dict[str, datetime | Lane | State | None] = {"lane": Lane.URGENT}
    await stores.add(
        held(of, 0),
        held(of, 1, **urgent),
        held(of, 2, state=State.QUEUED, reason=None, next_at=None, **urgent),
        held(of, 3, state=State.SENT, reason=None, next_at=None, **urgent),
    )

    assert await stores.pauses.held() == [
        {"channel": "email", "event": "pqrs.received", "held": 2, "urgent": 1}
    ]
    assert await stores.pauses.urgent("channel:email") == 2
    assert await stores.pauses.urgent("event:pqrs.received") == 2
    assert await stores.pauses.urgent("channel:sms") == 0


async def test_pause_with_an_end_holds_nothing_from_then_on(stores: Stores, of: StoredEvent) -> None:
    one = held(of)
    await stores.add(one)
    over, later = now() - HOUR, now() + HOUR
    await stores.pauses.pause("channel:email", by="ana", reason="", ends_at=over)
    await stores.pauses.pause("channel:sms", by="ana", reason="", ends_at=later)
    paused = await stores.pauses.paused()
    ended = [await stores.pauses.end(), await stores.pauses.end()]
    [ticket] = await stores.pauses.release_resumed(10)

    assert paused == {"channel:sms"}
    assert ended == [["channel:email"], []]
    assert ticket.ids == (one.id,)
    assert [row["subject"] for row in await stores.pauses.pauses()] == ["channel:sms"]


async def test_what_was_planned_before_a_pause_of_everything_is_counted_and_cancelled(
    stores: Stores, of: StoredEvent
) -> None:
    """What is sent already, or may be in a worker's hands, stays."""
    before: dict[str, object] = {"created_at": now() - HOUR}
    waits = [
        held(of, 0, **before),
        held(of, 1, state=State.QUEUED, reason=None, next_at=None, **before),
        held(of, 2, state=State.SENDING, reason=None, next_at=now() + QUARTER, **before),
        held(of, 3, state=State.SENT, reason=None, next_at=None, **before),
    ]
    await stores.add(*waits)
    unpaused = await stores.pauses.cancel_before_pause(10)
    await stores.pauses.pause(EVERYTHING, by="ana", reason="")
    await stores.add(later := held(of, 4, created_at=now() + HOUR))
    [counted] = await stores.pauses.unsent()
    pages = [await stores.pauses.cancel_before_pause(1) for _ in range(3)]

    assert 0 == unpaused
    assert ("email", "normal", 4, 3) == (
        counted["channel"],
        counted["lane"],
        counted["unsent"],
        counted["before"],
    )
    assert [1, 1, 0] == pages
    assert ["cancelled", "cancelled", "sending", "sent", "held"] == [
        await stores.state_of(one) for one in (*waits, later)
    ]


async def test_pause_of_everything_releases_nothing_before_it_ends(stores: Stores, of: StoredEvent) -> None:
    await stores.add(held(of))
    await stores.pauses.pause(EVERYTHING, by="ana", reason="")

    assert await stores.pauses.release_resumed(10) == []
    assert 0 == await stores.pauses.due_steps()
    await stores.pauses.resume(EVERYTHING)
    assert 1 == len(await stores.pauses.release_resumed(10))


async def test_pause_whose_end_has_come_may_be_set_anew(stores: Stores) -> None:
    await stores.pauses.pause("channel:sms", by="ana", reason="", ends_at=now() - HOUR)
    again = await stores.pauses.pause("channel:sms", by="luis", reason="otra vez")
    [row] = await stores.pauses.pauses()

    assert again
    assert (row["by"], row["reason"], row["ends_at"]) == ("luis", "otra vez", None)
    assert await stores.pauses.paused() == {"channel:sms"}
