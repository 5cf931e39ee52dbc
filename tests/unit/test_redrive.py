"""Lost messages go again, page by page, and a crash loses none of them."""

from __future__ import annotations

from typing import Any

import pytest

from hub.errors import BrokerUnavailable, PermanentFailure
from hub.model import Message, State, Target
from hub.operations.redrive import PAGE, Redriven, RedriveRequest, redrive
from hub.ports import MessageFilter, RedriveResult, Ticket
from hub.testing import MemoryEmail, MemoryRedrive
from tests.unit.delivery_harness import DeliveryHarness, mail, post_office
from tests.unit.factories import HOUR, MONDAY

GONE = "smtp_550_5.1.1"
FAILED = MessageFilter(state="failed")


def lost(person: str = "p-1", **fields: Any) -> Message:
    return mail(person, **{"state": State.FAILED, "reason": GONE, **fields})


async def again(office: DeliveryHarness, wish: RedriveRequest | None = None, **fields: Any) -> Redriven:
    return await redrive(
        wish or RedriveRequest(narrowed=FAILED),
        store=MemoryRedrive(office.store, office.clock),
        publisher=office.publisher,
        **fields,
    )


async def office_with(*messages: Message) -> DeliveryHarness:
    office = post_office(MemoryEmail())
    await office.holds(*messages)
    return office


async def test_what_was_lost_goes_out_and_nobody_hears_twice() -> None:
    many = [lost(f"p-{number}") for number in range(3)]
    office = await office_with(*many, mail("p-heard", state=State.SENT))

    first = await again(office)
    await office.deliver(*many)
    second = await again(office)

    assert (first.of(RedriveResult.TAKEN), second.of(RedriveResult.TAKEN)) == (3, 0)
    assert sorted(office.sent()) == ["p-0", "p-1", "p-2"]


async def test_what_fails_again_may_go_again() -> None:
    one = lost()
    office = post_office(MemoryEmail(PermanentFailure(GONE)))
    await office.holds(one)

    await again(office)
    await office.deliver(one)
    assert (office.now(one).state, office.now(one).reason) == (State.FAILED, GONE)
    assert (await again(office)).of(RedriveResult.TAKEN) == 1


async def test_what_fails_again_is_left_to_the_next_step_of_its_cascade() -> None:
    one = lost(fallback=((Target(channel="sms", contact_id="cp", address="+573001234567"),),))
    office = post_office(MemoryEmail(PermanentFailure(GONE)))
    await office.holds(one)

    await again(office)
    await office.deliver(one)
    assert (await again(office)).of(RedriveResult.TOLD) == 1
    assert [ticket.channel for ticket in office.publisher.published] == ["email", "sms"]


async def test_it_goes_in_pages_and_says_how_far_it_is() -> None:
    office = await office_with(*(lost(f"p-{number}") for number in range(PAGE + 2)))
    heard: list[int] = []

    done = await again(office, told=lambda so_far: heard.append(so_far.of(RedriveResult.TAKEN)))

    assert (done.of(RedriveResult.TAKEN), done.next, heard) == (PAGE + 2, None, [PAGE, PAGE + 2])


async def test_a_limit_ends_it_with_the_place_to_go_on_from() -> None:
    office = await office_with(*(lost(f"p-{number}", address="") for number in range(3)))

    first = await again(office, limit=2)
    rest = await again(office, limit=2, after=first.next)

    assert [first.of(RedriveResult.NO_CONTACT), rest.of(RedriveResult.NO_CONTACT)] == [2, 1]
    assert rest.next is None


async def test_what_a_crash_leaves_without_a_ticket_is_found_by_the_sweep() -> None:
    one = lost()
    office = await office_with(one)
    office.publisher.faults.script("tickets", BrokerUnavailable())
    with pytest.raises(BrokerUnavailable):
        await again(office)

    assert (await again(office)).of(RedriveResult.TAKEN) == 0
    office.clock.at = MONDAY + HOUR
    assert await office.store.stale_queued("email", one.lane, HOUR / 2, 10) == [
        Ticket(channel="email", lane=one.lane, ids=(one.id,))
    ]


async def test_a_dry_run_sends_nothing() -> None:
    office = await office_with(lost())

    done = await again(office, RedriveRequest(narrowed=FAILED, dry_run=True))

    assert dict(done.counts) == {(RedriveResult.TAKEN, "email", GONE): 1}
    assert office.publisher.published == []
