"""Delivery claims a ticket, decides, renders, sends and records."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from msgspec.structs import replace

from hub.messages.delivery.deliver import deliver
from hub.model import Accepted, Claimed, Outgoing, Purpose, Rendered, State
from hub.testing import MemoryEmail, MemoryInbox
from tests.unit.delivery_harness import ABOUT, hasty, mail, make_harness, named
from tests.unit.factories import HOUR, MONDAY, SECOND, agreed, local, said_in


async def test_a_ticket_is_sent_and_recorded() -> None:
    office = make_harness(MemoryEmail(Accepted(provider="smtp", reference="r", code="250")))
    message = await office.delivered(mail(expires_at=MONDAY + HOUR))

    [sent] = office.channels["email"].sent
    assert sent.until is not None
    assert replace(sent, until=None) == Outgoing(
        message=replace(message, state=State.SENDING, next_at=sent.message.next_at),
        rendered=Rendered(text="Hola, María Peña"),
    )
    assert (office.now(message).state, office.now(message).next_at, office.now(message).reason) == (
        State.SENT,
        None,
        None,
    )
    assert [(a.provider, a.reference, a.outcome) for a in office.attempts] == [("smtp", "r", "accepted")]


async def test_the_messages_of_a_ticket_are_sent_at_the_same_time() -> None:
    waiting = asyncio.Barrier(3)

    async def together(outgoing: Outgoing) -> Accepted:
        await waiting.wait()
        return Accepted(provider="smtp", reference=str(outgoing.message.id))

    office = make_harness(MemoryEmail(together, together, together))
    three = [mail(f"p-{number}") for number in range(3)]
    await office.holds(*three)
    async with asyncio.timeout(5):
        await office.deliver(*three)

    assert office.states(*three) == [State.SENT] * 3


async def test_two_workers_with_the_same_ticket_send_once() -> None:
    office = make_harness()
    three = [mail(f"p-{number}") for number in range(3)]
    await office.holds(*three)
    await asyncio.gather(office.deliver(*three), office.deliver(*three))

    assert sorted(office.sent()) == ["p-0", "p-1", "p-2"]


async def test_a_ticket_of_what_was_sent_already_does_nothing() -> None:
    office = make_harness()
    message = await office.delivered(mail())
    await office.deliver(message)

    assert office.sent() == ["p-1"]


async def test_a_ticket_of_an_unknown_message_does_nothing() -> None:
    office = make_harness()
    await office.deliver(mail())

    assert office.sent() == []


async def test_ticket_leaves_a_lease_and_claims_when_the_timers_have_ended_it() -> None:
    office = make_harness()
    message = mail()
    await office.holds(message)
    await office.store.claim([message.id], token=UUID(int=1), lease=60 * SECOND)
    await office.deliver(message)

    assert office.sent() == []
    office.clock.advance(60 * SECOND)
    await office.deliver(message)
    assert office.sent() == []
    await office.store.release_due(1, office.clock(), timedelta(0))
    await office.deliver(message)
    assert office.sent() == ["p-1"]


async def test_worker_with_a_nearly_expired_lease_sends_nothing(tmp_path: Path) -> None:
    office = make_harness(policy=hasty(tmp_path, provider="30s", margin="1ms"))
    message = mail()
    await office.holds(message)

    def slowly(claimed: Claimed) -> Rendered:
        time.sleep(0.005)  # blocks, as an overloaded machine does
        return Rendered(text=claimed.message.name)

    await deliver(
        [message.id],
        deps=office.deps(slowly),
        store=office.store,
        publisher=office.publisher,
        appointments=office.appointments,
    )

    assert office.sent() == []
    assert (office.now(message).state, office.attempts) == (State.SENDING, [])


async def test_outside_the_hours_of_contact_a_message_is_held() -> None:
    office = make_harness()
    office.clock.at = local("2026-03-13 19:00")
    message = mail(purpose=Purpose.COLLECTION, expires_at=local("2026-03-13 20:00"))
    await office.holds(message)
    async with office.store.transaction() as transaction:
        await transaction.add_consents(said_in(agreed(message.person, "collection")))
    await office.deliver(message)
    held = office.now(message)

    assert office.sent() == []
    assert (held.state, held.reason) == (State.HELD, "contact_hours")
    assert (held.next_at, held.expires_at) == (local("2026-03-14 08:00"), local("2026-03-14 09:00"))
    assert office.appointments.scores == {f"m:{message.id}": local("2026-03-14 08:00").timestamp()}


async def test_an_expired_message_is_not_sent() -> None:
    office = make_harness()
    message = await office.delivered(mail(expires_at=MONDAY))

    assert (office.sent(), office.states(message)) == ([], [State.EXPIRED])


@pytest.mark.parametrize("name", ["Nadie", "Fallo"], ids=["missing variable", "fault of ours"])
async def test_message_that_cannot_be_rendered_fails_alone(name: str) -> None:
    office = make_harness()
    bad, good = named(mail("p-bad"), name), mail("p-good")
    await office.holds(bad, good)
    await office.deliver(bad, good)

    assert (office.now(bad).state, office.now(bad).reason) == (State.FAILED, "template")
    assert office.sent() == ["p-good"]
    assert office.attempts[0].message_id == good.id


async def test_inbox_message_waits_when_sent() -> None:
    office = make_harness(MemoryInbox())
    message = await office.delivered(mail(channel="inbox", contact_id="inbox"))

    assert office.states(message) == [State.WAITING]


async def test_a_claimed_message_knows_its_event() -> None:
    office = make_harness()
    message = mail()
    await office.holds(message)
    [claimed] = await office.store.claim([message.id], token=UUID(int=1), lease=SECOND)

    assert (claimed.event_time, claimed.source, claimed.data) == (
        MONDAY,
        ABOUT.event.source,
        ABOUT.event.data,
    )
