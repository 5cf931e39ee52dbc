"""The rate limit of one person; exempt purposes are always sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.model import Message, Purpose, State
from hub.testing import MemoryEmail, MemorySms
from tests.unit.delivery_harness import DeliveryHarness, mail, make_harness
from tests.unit.factories import HOUR, MONDAY, POLICY

SIX = POLICY.throttle.person["sms"].count


def texts(number: int, purpose: Purpose = Purpose.SERVICE, person: str = "p-1") -> list[Message]:
    return [
        mail(
            person,
            channel="sms",
            contact_id=f"phone-{turn}",
            purpose=purpose,
            expires_at=MONDAY + 2 * HOUR,
        )
        for turn in range(number)
    ]


async def sent(*messages: Message) -> DeliveryHarness:
    office = make_harness(MemorySms(), MemoryEmail())
    await office.holds(*messages)
    await office.deliver(*messages)
    return office


async def test_message_over_the_limit_is_held_and_not_tried() -> None:
    messages = texts(SIX + 2)
    office = await sent(*messages)
    held = [office.now(message) for message in messages if office.now(message).state is State.HELD]

    assert len(office.sent("sms")) == SIX
    assert [(message.reason, message.next_at) for message in held] == [("throttled", MONDAY + HOUR)] * 2
    assert len(office.attempts) == SIX
    assert list(office.appointments.scores.values()) == [(MONDAY + HOUR).timestamp()] * 2


async def test_expiry_moves_by_the_time_over_the_limit() -> None:
    messages = texts(SIX + 1)
    office = await sent(*messages)
    [held] = [office.now(message) for message in messages if office.now(message).state is State.HELD]

    assert held.expires_at == MONDAY + 3 * HOUR


async def test_when_there_is_room_again_it_is_sent() -> None:
    messages = texts(SIX + 2)
    office = await sent(*messages)
    office.clock.advance(HOUR)
    await office.deliver(*messages)

    assert {*office.states(*messages)} == {State.SENT}


@pytest.mark.parametrize(
    "purpose", [Purpose.EMERGENCY, Purpose.LEGAL, Purpose.TRANSACTIONAL, Purpose.INTERNAL]
)
async def test_exempt_purpose_is_never_held_and_makes_no_redis_call(purpose: Purpose) -> None:
    office = await sent(*texts(SIX + 2, purpose))

    assert (len(office.sent("sms")), office.throttle.calls) == (SIX + 2, 0)


async def test_each_person_and_channel_has_its_own_limit() -> None:
    office = await sent(
        *texts(SIX), *texts(SIX, person="p-2"), mail("p-1", purpose=Purpose.SERVICE), mail("p-2")
    )

    assert (len(office.sent("sms")), len(office.sent("email"))) == (2 * SIX, 2)


async def test_ticket_makes_one_throttle_call_for_rates_and_one_for_words() -> None:
    office = await sent(*texts(SIX + 2), *texts(3, person="p-2"))

    assert office.throttle.calls == 2


async def test_another_try_of_the_same_message_is_not_counted_again() -> None:
    messages = texts(SIX)
    office = await sent(*messages)
    for message in messages:
        row = office.store.tables.messages[message.id]
        office.store.tables.messages[message.id] = replace(row, message=message)
    office.clock.advance(timedelta(minutes=1))
    await office.deliver(*messages)

    assert len(office.sent("sms")) == 2 * SIX
