"""Who had what was taken back: what left, what may have left, and nobody whom it had not reached."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from msgspec.structs import replace

from hub.desk.letters import queries
from hub.model import Attempt, Message, Outgoing, Purpose, Recall, Rendered, State, StoredEvent
from hub.model.events import Reader
from hub.operations.communications.taken_back import readers, settled
from tests.contract.stores import AT_ONCE, RealStores, release_due
from tests.contract.values import FALLBACK, event, message, now, outcome, stored

WORDS = Rendered(subject="Corte de agua", text="Es el jueves.", html="<p>Es el jueves.</p>")


async def recall(stores: RealStores, of: StoredEvent) -> None:
    by = stored(event("notification.recall"))
    async with stores.intake.transaction() as transaction:
        await transaction.recall([Recall(source=of.event.source, event_id=of.event.id, by=by.key)])


async def had(stores: RealStores, *of: StoredEvent, page: int = 1_000) -> list[Reader]:
    return [one async for one in readers(stores.database, [one.key for one in of], page=page)]


async def people(stores: RealStores, of: StoredEvent) -> dict[str, frozenset[str]]:
    return {one.person: one.channels for one in await had(stores, of)}


def reader(of: StoredEvent, person: str, *channels: str, legal: bool = False) -> Reader:
    return Reader(event_key=of.key, person=person, channels=frozenset(channels), legal=legal)


async def is_settled(stores: RealStores, of: StoredEvent) -> bool:
    async with stores.database.transaction() as run:
        return await settled(run, [of.key])


async def tried(stores: RealStores, one: Message, result: str) -> None:
    """Record a call to the provider, and the end of the message: `one` is as it then is."""
    token = uuid4()
    await stores.add(replace(one, state=State.QUEUED))
    await stores.delivery.claim([one.id], token=token, lease=AT_ONCE)
    call = Attempt(message_id=one.id, at=now(), outcome=result, provider="smtp")
    await stores.delivery.record(token, [outcome(one.id, one.state, attempts=(call,))])


@pytest.mark.parametrize("unsure", [False, True])
@pytest.mark.parametrize("state", set(State) - {State.SENDING, State.QUEUED})
async def test_who_had_it_or_may_have_had_it_is_a_reader(
    stores: RealStores, of: StoredEvent, state: State, unsure: bool
) -> None:
    await tried(stores, message(of, state=state), "unknown" if unsure else "transient")
    left = state in {State.SENT, State.DELIVERED, State.READ}
    expected = left or (unsure and state is not State.BOUNCED)

    assert ([reader(of, "p-1", "email")] if expected else []) == await had(stores, of)


async def test_readers_have_all_their_channels_and_come_page_by_page(
    stores: RealStores, of: StoredEvent
) -> None:
    other = stored(event(id="other"))
    await stores.add_events(other)
    sent: dict[str, Any] = {"state": State.SENT}
    await stores.add(
        message(of, person="p-1", **sent),
        message(of, person="p-1", channel="sms", **sent),
        message(of, person="p-2", channel="push", purpose=Purpose.LEGAL, **sent),
        message(of, person="p-3", **sent),
        message(of, person="p-3", channel="push", state=State.FAILED),
        message(of, person="p-4"),
        message(other, person="p-1", channel="whatsapp", **sent),
    )
    of_one = [
        reader(of, "p-1", "email", "sms"),
        reader(of, "p-2", "push", legal=True),
        reader(of, "p-3", "email"),
    ]
    of_both = sorted([*of_one, reader(other, "p-1", "whatsapp")], key=lambda one: one.event_key)

    assert of_one == await had(stores, of, page=1)
    assert of_one == await had(stores, of, page=3)
    assert of_both == await had(stores, other, of, page=2)


async def test_letters_count_once_they_are_posted_or_handed_over(stores: RealStores, of: StoredEvent) -> None:
    made = [message(of, person=f"p-{number}", channel="print", state=State.SENT) for number in range(3)]
    await stores.add(*made)
    await stores.letters.add([Outgoing(message=one, rendered=WORDS) for one in made])
    await queries.hand_over(stores.database, made[1].id)
    await queries.post(stores.database, made[2].id, "RA-1", None)

    assert {"p-1": {"print"}, "p-2": {"print"}} == await people(stores, of)


async def test_an_entry_of_an_inbox_counts_once_it_is_read(stores: RealStores, of: StoredEvent) -> None:
    made = [message(of, person=person, channel="inbox", state=State.WAITING) for person in ("p-1", "p-2")]
    await stores.add(*made)
    await stores.inbox.add([Outgoing(message=one, rendered=WORDS) for one in made])
    await stores.inbox.mark_read("p-2", [made[1].id])

    assert {"p-2": {"inbox"}} == await people(stores, of)


async def test_it_is_settled_when_no_worker_has_a_message_or_may_still_answer(
    stores: RealStores, of: StoredEvent
) -> None:
    one, token = message(of, fallback=FALLBACK), uuid4()
    await stores.add(one)
    await stores.delivery.claim([one.id], token=token, lease=AT_ONCE)
    await recall(stores, of)
    sending = await is_settled(stores, of)
    await release_due(stores, 10)
    released = await is_settled(stores, of)
    await stores.delivery.record(token, [outcome(one.id)])

    assert (False, False, True) == (sending, released, await is_settled(stores, of))
    assert {"p-1": {"email"}} == await people(stores, of)


async def test_what_reaches_an_inbox_after_the_recall_is_struck_and_has_no_reader(
    stores: RealStores, of: StoredEvent
) -> None:
    late, token = message(of, channel="inbox"), uuid4()
    await stores.add(late)
    await stores.delivery.claim([late.id], token=token, lease=AT_ONCE)
    await recall(stores, of)
    await stores.inbox.add([Outgoing(message=late, rendered=WORDS)])
    await stores.delivery.record(token, [outcome(late.id, State.WAITING)])
    before = await stores.inbox.unread("p-1")

    assert await is_settled(stores, of)
    assert (1, 0) == (before, await stores.inbox.unread("p-1"))
    assert "cancelled" == await stores.state_of(late)
    assert {} == await people(stores, of)


async def test_what_nobody_took_back_stays_as_it_is(stores: RealStores, of: StoredEvent) -> None:
    one = message(of, channel="inbox", state=State.WAITING)
    await stores.add(one)
    await stores.inbox.add([Outgoing(message=one, rendered=WORDS)])

    assert await is_settled(stores, of)
    assert 1 == await stores.inbox.unread("p-1")
