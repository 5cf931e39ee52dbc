"""A recall races with delivery and with the event itself: each message is sent once, or cancelled."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from typing import Final

import pytest

from hub.intake.process_batch import process_batch
from hub.intake.source_bindings import SourceBindings
from hub.messages.delivery.deliver import deliver
from hub.messages.delivery.deps import DeliveryDeps
from hub.messages.delivery.pausing import Pauses
from hub.model import RECALL, Accepted, Event, Outgoing, Rendered
from hub.ports import MessageFilter, Ticket
from hub.storage import Database, PostgresDelivery, PostgresIntake, PostgresKeys, PostgresLog, PostgresPauses
from hub.testing import MemoryAppointments, MemoryEmail, MemoryPublisher, MemoryThrottle
from tests.unit.factories import DESK, HOUR, MONDAY, POLICY, event, incoming

EVENTS: Final = 40
PEOPLE: Final = 4


class _Provider(MemoryEmail):
    """Takes a moment for each message, so that a recall may come while it is under way."""

    async def send(self, outgoing: Outgoing) -> Accepted:
        await asyncio.sleep(random.random() / 100)
        return await super().send(outgoing)


@pytest.fixture
async def opened(database: str) -> AsyncIterator[Database]:
    async with Database(database) as made:
        yield made


def announcement(number: int) -> Event:
    people = [{"name": f"Ana {n}", "email": f"ana{n}-{number}@example.com"} for n in range(PEOPLE)]
    return event("pqrs.replied", {"pqrs_id": f"c-{number}", "petitioner": people}, id=f"replied-{number}")


def recall(of: Event) -> Event:
    return event(RECALL, {"source": of.source, "id": of.id}, id=f"recall of {of.id}")


async def test_each_message_of_a_recalled_event_is_sent_once_or_cancelled(opened: Database) -> None:
    provider = _Provider()
    deps = DeliveryDeps(
        channels={"email": provider},
        render=lambda claimed: Rendered(text=claimed.message.name),
        policy=POLICY,
        throttle=MemoryThrottle(MONDAY.timestamp),
        now=lambda: MONDAY + 2 * HOUR,
        pauses=Pauses(PostgresPauses(opened)),
    )

    async def take_in(one: Event) -> list[Ticket]:
        publisher = MemoryPublisher()
        await process_batch(
            [incoming(one)],
            context=DESK,
            senders=SourceBindings(PostgresKeys(opened), own=None),
            store=PostgresIntake(opened),
            publisher=publisher,
            appointments=MemoryAppointments(lambda: MONDAY),
            now=lambda: MONDAY + 2 * HOUR,
        )
        return list(publisher.published)

    planned = {number: asyncio.Event() for number in range(EVENTS)}

    async def send(number: int) -> None:
        tickets = await take_in(announcement(number))
        planned[number].set()
        for ticket in tickets:
            # Twice, as after a redelivery.
            await asyncio.gather(*(_deliver(ticket, deps, opened) for _ in range(2)))

    async def take_back(number: int) -> None:
        # One of three while the event is taken in, the others while its messages are under way.
        if number % 3:
            await planned[number].wait()
            await asyncio.sleep(random.random() / 10)
        await take_in(recall(announcement(number)))

    await asyncio.gather(*(work(number) for number in range(EVENTS) for work in (send, take_back)))
    states = await _states(opened)

    assert EVENTS * PEOPLE == sum(states.values())
    assert {("sent", None), ("cancelled", "recalled")} >= set(states)
    assert states["sent", None] == len(provider.sent)
    assert len(provider.sent) == len({outgoing.message.id for outgoing in provider.sent})
    assert min(states["sent", None], states["cancelled", "recalled"]) > 0, "the two did not race"


async def _deliver(ticket: Ticket, deps: DeliveryDeps, opened: Database) -> None:
    await deliver(
        ticket.ids,
        deps=deps,
        store=PostgresDelivery(opened),
        publisher=MemoryPublisher(),
        appointments=MemoryAppointments(lambda: MONDAY),
    )


async def _states(opened: Database) -> Counter[tuple[object, object]]:
    page = await PostgresLog(opened).messages(
        MessageFilter(event="pqrs.replied"), after=None, limit=EVENTS * PEOPLE * 2
    )
    return Counter((row.state, row.reason) for row in page.items)


CASES = 40
PETITIONER = {"name": "Ana", "email": "ana@example.com"}


async def test_no_event_waits_for_people_who_are_named_at_the_same_moment(opened: Database) -> None:
    async def process(event: Event) -> None:
        await process_batch(
            [incoming(event)],
            context=DESK,
            senders=SourceBindings(PostgresKeys(opened), own=None),
            store=PostgresIntake(opened),
            publisher=MemoryPublisher(),
            appointments=MemoryAppointments(lambda: MONDAY),
            now=lambda: MONDAY + 2 * HOUR,
        )

    pairs = [
        (
            event("pqrs.received", {"pqrs_id": f"c-{n}", "petitioner": PETITIONER}, id=f"received-{n}"),
            event(
                "pqrs.replied",
                {"pqrs_id": f"c-{n}"},
                without=("petitioner",),
                id=f"replied-{n}",
                at=MONDAY + HOUR,
            ),
        )
        for n in range(CASES)
    ]
    await asyncio.gather(*(process(one) for pair in pairs for one in pair))
    page = await PostgresLog(opened).messages(
        MessageFilter(event="pqrs.replied"), after=None, limit=CASES * 2
    )

    assert sorted(row.event_id for row in page.items) == sorted(late.id for _, late in pairs)
