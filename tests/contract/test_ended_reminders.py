"""Intake cancels reminders of ended cases, and collection that has not left."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from hub.model import Message, Purpose, State, StoredEvent
from hub.model.state_machine import UNSENT
from tests.contract.stores import AT_ONCE, Stores, release_due
from tests.contract.values import FALLBACK, HOUR, NOON, event, message, now, stored

CASE: Final = "pqrs_id:PQ-1"
SECOND: Final = timedelta(seconds=1)


def reminder(of: StoredEvent, **fields: Any) -> Message:
    held = {"state": State.HELD, "reason": "scheduled", "next_at": now() + HOUR}
    return message(of, **{"occasion": "reminder:T+48h", **held, **fields})


async def end(stores: Stores, case: str = CASE, at: datetime = NOON, over: datetime | None = None) -> None:
    async with stores.intake.transaction() as transaction:
        await transaction.end_reminders({case: at}, None if over is None else {case: over})


async def seen(stores: Stores, message: Message) -> tuple[object, object]:
    shown = await stores.shown(message)
    return shown.state, shown.reason


@pytest.mark.parametrize("before", State)
async def test_waiting_reminder_is_cancelled_and_sent_one_stays(
    stores: Stores, of: StoredEvent, before: State
) -> None:
    one = reminder(of, state=before, reason="before")
    await stores.add(one)
    await end(stores)
    await end(stores)

    expected = ("cancelled", "ended") if before in UNSENT else (str(before), "before")
    assert expected == await seen(stores, one)


async def test_cancelled_reminder_is_not_due(stores: Stores, of: StoredEvent) -> None:
    one = reminder(of, next_at=now() - HOUR)
    await stores.add(one)
    await end(stores)

    assert [] == list(await release_due(stores, 10))
    assert [] == list(await stores.claim(one))


async def test_first_message_is_not_cancelled(stores: Stores, of: StoredEvent) -> None:
    one = message(of)
    await stores.add(one)
    await end(stores)

    assert "queued" == await stores.state_of(one)


@pytest.mark.parametrize("before", State)
async def test_first_message_of_what_is_over_is_cancelled_and_sent_one_stays(
    stores: Stores, of: StoredEvent, before: State
) -> None:
    one = message(of, purpose=Purpose.SERVICE, state=before, reason="before")
    await stores.add(one)
    await end(stores, over=NOON + SECOND)

    expected = ("cancelled", "ended") if before in UNSENT else (str(before), "before")
    assert expected == await seen(stores, one)


@pytest.mark.parametrize(
    ("answer", "after", "expected"),
    [
        ("pqrs.info_received", SECOND, ("cancelled", "ended")),
        ("pqrs.info_received", -SECOND, ("queued", None)),
        ("pqrs.info_requested", SECOND, ("queued", None)),
    ],
)
async def test_request_that_has_its_answer_is_not_sent_also_where_the_law_requires_it(
    stores: Stores, answer: str, after: timedelta, expected: tuple[str, str | None]
) -> None:
    asked = stored(event("pqrs.info_requested"))
    later = stored(event(answer, time=NOON + after))
    await stores.add_events(asked, later)
    one = message(asked, purpose=Purpose.LEGAL)
    await stores.add(one)
    await end(stores, at=NOON + SECOND)

    assert expected == await seen(stores, one)


@pytest.mark.parametrize(("purpose", "over"), [(Purpose.LEGAL, NOON + SECOND), (Purpose.SERVICE, NOON)])
async def test_what_the_law_requires_and_the_end_itself_still_leave(
    stores: Stores, of: StoredEvent, purpose: Purpose, over: datetime
) -> None:
    one = message(of, purpose=purpose)
    await stores.add(one)
    await end(stores, over=over)

    assert "queued" == await stores.state_of(one)


@pytest.mark.parametrize(("case", "at"), [("pqrs_id:PQ-2", NOON), (CASE, NOON - SECOND)])
async def test_reminders_of_later_events_and_other_cases_stay(
    stores: Stores, of: StoredEvent, case: str, at: datetime
) -> None:
    one = reminder(of)
    await stores.add(one)
    await end(stores, case, at)

    assert "held" == await stores.state_of(one)


async def test_failed_reminder_gets_no_next_step(stores: Stores, of: StoredEvent) -> None:
    lost = reminder(of, state=State.FAILED, next_at=None, fallback=FALLBACK)
    failed = message(of, state=State.FAILED, fallback=FALLBACK)
    await stores.add(lost, failed)
    await end(stores)

    assert [failed.id] == [cascade.id for cascade in await stores.timers.broken_cascades(10)]


async def test_sent_reminder_waits_for_no_receipt(stores: Stores, of: StoredEvent) -> None:
    one = reminder(of, state=State.SENT, next_at=now() - HOUR, fallback=FALLBACK)
    await stores.add(one)
    await end(stores)

    assert [] == list(await stores.timers.unconfirmed(10, HOUR))


async def test_worker_keeps_the_reminder_that_it_is_sending(stores: Stores, of: StoredEvent) -> None:
    one = reminder(of, state=State.QUEUED, next_at=None, fallback=FALLBACK)
    await stores.add(one)
    await stores.claim(one)
    await end(stores)

    assert "sending" == await stores.state_of(one)
    assert [] == list(await stores.claim(one))


async def test_reminder_of_a_crashed_worker_is_found_again(stores: Stores, of: StoredEvent) -> None:
    one = reminder(of, state=State.QUEUED, next_at=None, fallback=FALLBACK)
    await stores.add(one)
    await stores.claim(one, lease=AT_ONCE)
    await end(stores)

    assert [one.id] == [found for ticket in await release_due(stores, 10) for found in ticket.ids]


def notice(of: StoredEvent, **fields: Any) -> Message:
    held = {"state": State.HELD, "reason": "contact_hours", "next_at": now() + HOUR}
    return message(of, **{"purpose": Purpose.COLLECTION, **held, **fields})


async def pay(stores: Stores, case: str = CASE, at: datetime = NOON) -> None:
    async with stores.intake.transaction() as transaction:
        await transaction.end_collection({case: at})


@pytest.mark.parametrize("before", State)
async def test_unsent_collection_is_cancelled_and_sent_stays(
    stores: Stores, of: StoredEvent, before: State
) -> None:
    one = notice(of, state=before, reason="before")
    await stores.add(one)
    await pay(stores)
    shown = await stores.shown(one)

    expected = ("cancelled", "ended") if before in UNSENT else (str(before), "before")
    assert expected == (shown.state, shown.reason)


@pytest.mark.parametrize("purpose", [Purpose.SERVICE, Purpose.LEGAL, Purpose.TRANSACTIONAL])
async def test_messages_of_other_purposes_stay(stores: Stores, of: StoredEvent, purpose: Purpose) -> None:
    one = notice(of, purpose=purpose)
    await stores.add(one)
    await pay(stores)

    assert "held" == await stores.state_of(one)


@pytest.mark.parametrize(("case", "at"), [("pqrs_id:PQ-2", NOON), (CASE, NOON - SECOND)])
async def test_collection_of_later_events_and_other_cases_stays(
    stores: Stores, of: StoredEvent, case: str, at: datetime
) -> None:
    one = notice(of)
    await stores.add(one)
    await pay(stores, case, at)

    assert "held" == await stores.state_of(one)


async def test_failed_collection_gets_no_next_step(stores: Stores, of: StoredEvent) -> None:
    one = notice(of, state=State.FAILED, next_at=None, fallback=FALLBACK)
    await stores.add(one)
    await pay(stores)

    assert [] == list(await stores.timers.broken_cascades(10))
