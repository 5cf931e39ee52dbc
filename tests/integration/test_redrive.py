"""Lost messages go again, and a crash loses none of them."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from hub.desk.messages.acts import redrive_message
from hub.desk.messages.rows import RedrivenOne, RedriveOneBody
from hub.errors import BrokerUnavailable, PermanentFailure
from hub.model import Message, State, Target
from hub.model.bulk import BulkKind
from hub.ports import MessageFilter, Ticket
from hub.testing import MemoryAudit, MemoryEmail
from tests.contract.many import run
from tests.contract.stores import RealStores, open_stores
from tests.operators import operator
from tests.unit.delivery_harness import ABOUT, DeliveryHarness, mail, make_harness

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

    async def again(self) -> Mapping[str, int]:
        done = await run(self.stores, BulkKind.RESEND, FAILED)
        await self.office.publisher.tickets(done.tickets)
        return done.verdicts

    async def one_again(self, one: Message) -> RedrivenOne:
        by = operator(
            self.stores.database, log=self.stores.log, publisher=self.office.publisher, audit=MemoryAudit()
        )
        return await redrive_message(by, one.id, RedriveOneBody())

    async def deliver(self, *messages: Message) -> None:
        await self.office.deliver(*messages, store=self.stores.delivery)


@pytest.fixture
async def place(database: str) -> AsyncIterator[Lost]:
    async with open_stores(database) as stores:
        yield Lost(stores, make_harness(MemoryEmail()))


async def test_what_was_lost_goes_out_and_nobody_is_notified_twice(place: Lost) -> None:
    many = [lost(f"p-{number}") for number in range(3)]
    await place.holds(*many, mail("p-notified", state=State.SENT))

    first = await place.again()
    await place.deliver(*many)
    second = await place.again()

    assert [{"taken": 3}, {}] == [first, second]
    assert sorted(place.office.sent()) == ["p-0", "p-1", "p-2"]


async def test_what_fails_again_may_go_again(place: Lost) -> None:
    one = lost()
    place.office = make_harness(MemoryEmail(PermanentFailure(GONE)))
    await place.holds(one)

    await place.again()
    await place.deliver(one)
    shown = await place.stores.shown(one)
    assert (shown.state, shown.reason) == ("failed", GONE)
    assert {"taken": 1} == await place.again()


async def test_what_fails_again_is_left_to_the_next_step_of_its_cascade(place: Lost) -> None:
    one = lost(fallback=((Target(channel="sms", contact_id="cp", address="+573001234567"),),))
    place.office = make_harness(MemoryEmail(PermanentFailure(GONE)))
    await place.holds(one)

    await place.again()
    await place.deliver(one)
    assert {"told": 1} == await place.again()
    assert [ticket.channel for ticket in place.office.publisher.published] == ["email", "sms"]


async def test_what_a_crash_leaves_without_a_ticket_is_found_by_the_sweep(place: Lost) -> None:
    one = lost()
    await place.holds(one)
    place.office.publisher.faults.script("tickets", BrokerUnavailable())
    with pytest.raises(BrokerUnavailable):
        await place.one_again(one)

    assert {} == await place.again()
    assert await place.stores.timers.stale_queued("email", one.lane, timedelta(0), 10, empty=True) == [
        Ticket(channel="email", lane=one.lane, ids=(one.id,))
    ]
