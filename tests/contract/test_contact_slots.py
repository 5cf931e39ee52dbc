"""The contacts of people: one a day and one channel a week, for any number of workers at once."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from msgspec.structs import replace

from hub.model import Message, Purpose, State, StoredEvent
from hub.model.contact_facts import LastContact
from hub.policy.limits import ContactLimits
from tests.contract.stores import RealStores, Stores
from tests.contract.values import HOUR, LEASE, NOON, event, message, outcome, person, stored

ONE: Final = ContactLimits(contacts_a_day=1, channels_a_week=1, wait_at_most=timedelta(days=14))
MON, TUE = date(2026, 3, 9), date(2026, 3, 10)
NEXT_MON: Final = date(2026, 3, 16)
DUNNING: Final = event("admin.account.overdue", id="dunning", data={})


def dun(occasion: str = "initial", **fields: Any) -> Message:
    return message(stored(DUNNING), purpose=Purpose.COLLECTION, occasion=occasion, **fields)


async def hold(stores: Stores, *messages: Message) -> None:
    of: StoredEvent = stored(DUNNING)
    await stores.add_events(of)
    await stores.add(*messages)


async def reserve(
    stores: Stores, *messages: Message, on: date = MON, token: UUID | None = None
) -> list[date]:
    days = await stores.delivery.reserve_contacts(messages, token=token or uuid4(), on=on, limits=ONE)
    return [days[message.id] for message in messages]


async def test_one_message_has_the_day_and_the_week_has_its_channel(stores: Stores) -> None:
    first, second, text = dun(), dun("second"), dun("third", channel="sms")
    await hold(stores, first, second, text)

    assert [MON] == await reserve(stores, first)
    assert [TUE, NEXT_MON] == await reserve(stores, second, text)
    assert [TUE] == await reserve(stores, second, on=TUE)
    assert [NEXT_MON] == await reserve(stores, text, on=NEXT_MON)


async def test_oldest_of_a_ticket_has_the_day(stores: Stores) -> None:
    messages = sorted((dun(str(n)) for n in range(3)), key=lambda message: message.id)
    await hold(stores, *messages)

    assert [MON, TUE, TUE] == await reserve(stores, *messages)


async def test_refused_message_gives_the_day_back_only_under_its_own_claim(stores: Stores) -> None:
    first, second, token = dun(), dun("second"), uuid4()
    await hold(stores, first, second)
    await reserve(stores, first, token=token)
    await stores.delivery.settle_contacts(uuid4(), free=[first.id])
    assert [TUE] == await reserve(stores, second)
    await stores.delivery.settle_contacts(token, free=[first.id])

    assert [MON] == await reserve(stores, second)


async def test_day_is_kept_for_the_own_retry_while_that_may_come(stores: Stores) -> None:
    first, second, token = dun(), dun("second"), uuid4()
    await hold(stores, first, second)
    await reserve(stores, first, token=token)
    assert [TUE] == await reserve(stores, first, token=token)
    await stores.delivery.settle_contacts(token, retried=[first.id])

    assert [TUE, MON] == await reserve(stores, second, first)


async def test_day_kept_for_a_retry_is_free_once_the_message_is_over(stores: Stores) -> None:
    first, second, token = dun(), dun("second"), uuid4()
    await hold(stores, first, second)
    await stores.delivery.claim([first.id], token=token, lease=LEASE)
    await reserve(stores, first, token=token)
    await stores.delivery.settle_contacts(token, retried=[first.id])
    await stores.delivery.record(token, [outcome(first.id, State.CANCELLED)])

    assert [MON] == await reserve(stores, second)


async def test_past_days_are_dropped(stores: Stores) -> None:
    first = dun()
    await hold(stores, first)
    await reserve(stores, first)

    assert [0, 1, 0] == [await stores.timers.drop_contact_slots(day) for day in (MON, TUE, TUE)]


async def test_many_workers_at_one_instant_contact_each_person_once(stores: RealStores) -> None:
    people = [f"p-{n}" for n in range(15)]
    messages = [
        dun(str(n), person=person, channel=("email", "sms", "push")[n % 3])
        for person in people
        for n in range(8)
    ]
    await hold(stores, *messages)

    days = await asyncio.gather(*(reserve(stores, message) for message in messages))

    assert len(people) == sum(day == MON for [day] in days)


async def test_overlapping_tickets_of_many_people_never_block_each_other(stores: RealStores) -> None:
    people = [f"p-{n}" for n in range(20)]
    tickets = [[dun(str(turn), person=person) for person in people] for turn in range(6)]
    await hold(stores, *(message for ticket in tickets for message in ticket))
    turned = [ticket if turn % 2 else ticket[::-1] for turn, ticket in enumerate(tickets)]

    async with asyncio.timeout(20):
        days = await asyncio.gather(*(reserve(stores, *ticket) for ticket in turned))

    assert len(people) == sum(day == MON for ticket in days for day in ticket)


async def test_what_waits_for_a_contact_is_explained_by_that_contact(stores: RealStores) -> None:
    first, waiting = dun(), dun("second", channel="email")
    held = replace(waiting, state=State.HELD, reason="contact_limit", next_at=NOON + 24 * HOUR)
    await hold(stores, first, held)
    await reserve(stores, first)
    [event] = await stores.explaining.events(str(held.event_key), None)
    facts = await stores.explaining.facts(event, held.person)
    found = {sent.message.id: list(sent.contacts) for sent in facts.messages}

    assert [LastContact(day=MON, channel=first.channel, purpose="collection")] == found[held.id]
    assert [] == found[first.id]


async def test_person_without_addresses_has_none_and_unreadable_addresses_are_unknown(
    stores: Stores,
) -> None:
    device = {"id": "d", "kind": "push", "value": "token"}
    unreadable = {"id": "m", "kind": "phone", "value": "no sé"}
    mail = {"id": "e", "kind": "email", "value": "luz@example.com"}
    await stores.apply_directory(
        person("p-device", contact_points=[device]),
        person("p-nothing", contact_points=[]),
        person("p-unreadable", contact_points=[device, unreadable]),
        person("p-mail", contact_points=[device, unreadable, mail]),
    )
    asked = ["p-device", "p-nothing", "p-unreadable", "p-mail", "p-elsewhere"]

    assert {"p-device": [], "p-nothing": [], "p-mail": ["luz@example.com"]} == {
        ref: list(values) for ref, values in (await stores.delivery.addresses_of(asked)).items()
    }
