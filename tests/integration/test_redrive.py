"""Lost messages go again, page by page, and a crash loses none of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from hub.errors import BrokerUnavailable, PermanentFailure
from hub.model import Message, State, Target
from hub.operations.redrive import PAGE, Redriven, RedriveRequest, redrive
from hub.ports import MessageFilter, RedriveResult, Ticket
from hub.testing import MemoryEmail
from tests.contract.stores import RealStores, open_stores
from tests.unit.delivery_harness import ABOUT, DeliveryHarness, mail, post_office

GONE = "smtp_550_5.1.1"
FAILED = MessageFilter(state="failed")


def lost(person: str = "p-1", **fields: Any) -> Message:
    return mail(person, **{"state": State.FAILED, "reason": GONE, **fields})


@dataclass
class Lost:
    """Lost messages in a real store, and an office that delivers what goes again."""

    stores: RealStores
    office: DeliveryHarness

    async def holds(self, *messages: Message) -> None:
        async with self.stores.intake.transaction() as transaction:
            await transaction.add_events([ABOUT])
            await transaction.add_messages(messages)

    async def again(self, wish: RedriveRequest | None = None, **fields: Any) -> Redriven:
        return await redrive(
            wish or RedriveRequest(narrowed=FAILED),
            store=self.stores.redrive,
            publisher=self.office.publisher,
            **fields,
        )

    async def deliver(self, *messages: Message) -> None:
        await self.office.deliver(*messages, store=self.stores.delivery)


@pytest.fixture
async def place(database: str) -> AsyncIterator[Lost]:
    async with open_stores(database) as stores:
        yield Lost(stores, post_office(MemoryEmail()))


async def test_what_was_lost_goes_out_and_nobody_is_notified_twice(place: Lost) -> None:
    many = [lost(f"p-{number}") for number in range(3)]
    await place.holds(*many, mail("p-notified", state=State.SENT))

    first = await place.again()
    await place.deliver(*many)
    second = await place.again()

    assert (first.of(RedriveResult.TAKEN), second.of(RedriveResult.TAKEN)) == (3, 0)
    assert sorted(place.office.sent()) == ["p-0", "p-1", "p-2"]


async def test_what_fails_again_may_go_again(place: Lost) -> None:
    one = lost()
    place.office = post_office(MemoryEmail(PermanentFailure(GONE)))
    await place.holds(one)

    await place.again()
    await place.deliver(one)
    shown = await place.stores.shown(one)
    assert (shown["state"], shown["reason"]) == ("failed", GONE)
    assert (await place.again()).of(RedriveResult.TAKEN) == 1


async def test_what_fails_again_is_left_to_the_next_step_of_its_cascade(place: Lost) -> None:
    one = lost(fallback=((Target(channel="sms", contact_id="cp", address="+573001234567"),),))
    place.office = post_office(MemoryEmail(PermanentFailure(GONE)))
    await place.holds(one)

    await place.again()
    await place.deliver(one)
    assert (await place.again()).of(RedriveResult.NOTIFIED) == 1
    assert [ticket.channel for ticket in place.office.publisher.published] == ["email", "sms"]


async def test_it_goes_in_pages_and_says_how_far_it_is(place: Lost) -> None:
    await place.holds(*(lost(f"p-{number}") for number in range(PAGE + 2)))
    progress: list[int] = []

    done = await place.again(on_progress=lambda so_far: progress.append(so_far.of(RedriveResult.TAKEN)))

    assert (done.of(RedriveResult.TAKEN), done.next, progress) == (PAGE + 2, None, [PAGE, PAGE + 2])


async def test_a_limit_ends_it_with_the_place_to_continue_from(place: Lost) -> None:
    await place.holds(*(lost(f"p-{number}", address="") for number in range(3)))

    first = await place.again(limit=2)
    rest = await place.again(limit=2, after=first.next)

    assert [first.of(RedriveResult.NO_CONTACT), rest.of(RedriveResult.NO_CONTACT)] == [2, 1]
    assert rest.next is None


async def test_what_a_crash_leaves_without_a_ticket_is_found_by_the_sweep(place: Lost) -> None:
    one = lost()
    await place.holds(one)
    place.office.publisher.faults.script("tickets", BrokerUnavailable())
    with pytest.raises(BrokerUnavailable):
        await place.again()

    assert (await place.again()).of(RedriveResult.TAKEN) == 0
    assert await place.stores.timers.stale_queued("email", one.lane, timedelta(0), 10, empty=True) == [
        Ticket(channel="email", lane=one.lane, ids=(one.id,))
    ]


async def test_a_dry_run_sends_nothing(place: Lost) -> None:
    await place.holds(lost())

    done = await place.again(RedriveRequest(narrowed=FAILED, dry_run=True))

    assert dict(done.counts) == {(RedriveResult.TAKEN, "email", GONE): 1}
    assert place.office.publisher.published == []
