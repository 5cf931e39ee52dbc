"""Events that their publishers take back: messages that nobody has yet are cancelled."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hub.desk.letters import queries
from hub.desk.letters.rows import LettersQuery
from hub.model import Message, Outgoing, Purpose, Recall, Rendered, State, StoredEvent
from hub.model.state_machine import UNSENT
from tests.contract.stores import AT_ONCE, RealStores, Stores, release_due
from tests.contract.values import FALLBACK, HOUR, LEASE, event, message, now, outcome, stored

WORDS = Rendered(subject="Cuota de marzo", text="Su cuota es de $ 1.", html="<p>Su cuota es de $ 1.</p>")


async def recall(stores: Stores, of: StoredEvent) -> None:
    by = stored(event("notification.recall"))
    async with stores.intake.transaction() as transaction:
        await transaction.recall([Recall(source=of.event.source, event_id=of.event.id, by=by.key)])


async def seen(stores: Stores, message: Message) -> tuple[object, object]:
    shown = await stores.shown(message)
    return shown.state, shown.reason


@pytest.mark.parametrize("purpose", [Purpose.TRANSACTIONAL, Purpose.LEGAL, Purpose.EMERGENCY])
@pytest.mark.parametrize("occasion", ["initial", "reminder:T-24h"])
@pytest.mark.parametrize("before", State)
async def test_what_is_unsent_is_cancelled_and_all_else_stays(
    stores: Stores, of: StoredEvent, before: State, occasion: str, purpose: Purpose
) -> None:
    one = message(of, state=before, reason="before", occasion=occasion, purpose=purpose)
    await stores.add(one)
    await recall(stores, of)
    await recall(stores, of)

    expected = ("cancelled", "recalled") if before in UNSENT else (str(before), "before")
    assert expected == await seen(stores, one)


async def test_the_same_id_of_another_source_stays(stores: Stores, of: StoredEvent) -> None:
    one = message(of)
    await stores.add(one)
    await recall(stores, stored(event(id=of.event.id, source="urn:other")))

    assert "queued" == await stores.state_of(one)
    [claimed] = await stores.claim(one)
    assert not claimed.recalled


async def test_what_is_being_sent_stays_its_workers_and_is_not_tried_again(
    stores: Stores, of: StoredEvent
) -> None:
    one, other = message(of, contact_id="a"), message(of, contact_id="b", fallback=FALLBACK)
    await stores.add(one, other)
    token = uuid4()
    await stores.delivery.claim([one.id, other.id], token=token, lease=LEASE)
    await recall(stores, of)
    again = outcome(other.id, State.RETRYING, next_at=now() - HOUR)
    taken = await stores.delivery.record(token, [outcome(one.id), again])

    assert {one.id, other.id} == taken
    assert "sent" == await stores.state_of(one)
    [claimed] = await stores.claim(other)
    assert (claimed.recalled, claimed.message.fallback) == (True, ())


async def test_answer_after_the_end_of_the_lease_still_counts(stores: Stores, of: StoredEvent) -> None:
    one = message(of)
    await stores.add(one)
    token = uuid4()
    await stores.delivery.claim([one.id], token=token, lease=AT_ONCE)
    await release_due(stores, 10)
    await recall(stores, of)
    await stores.delivery.record(token, [outcome(one.id)])

    assert "sent" == await stores.state_of(one)


async def test_message_that_is_stored_after_the_recall_is_claimed_as_recalled(
    stores: Stores, of: StoredEvent
) -> None:
    await recall(stores, of)
    one = message(of)
    await stores.add(one)
    [claimed] = await stores.claim(one)

    assert claimed.recalled


async def test_event_that_comes_after_its_recall_is_known_as_recalled(stores: Stores) -> None:
    early, other = stored(), stored()
    await recall(stores, early)
    async with stores.intake.transaction() as transaction:
        added = await transaction.add_events([early, other])

    assert (True, False) == (added[early.key].recalled, added[other.key].recalled)


async def test_lost_message_of_a_recalled_event_gets_no_next_step(stores: Stores, of: StoredEvent) -> None:
    lost = message(of, state=State.FAILED, fallback=FALLBACK)
    await stores.add(lost)
    await recall(stores, of)

    assert [] == list(await stores.timers.broken_cascades(10))


async def _stored_there(stores: RealStores, of: StoredEvent, channel: str, state: State) -> list[Message]:
    """Two messages that lie in the inbox, or among the letters."""
    made = [message(of, person=person, channel=channel, state=state) for person in ("p-1", "p-2")]
    await stores.add(*made)
    store = stores.letters if channel == "print" else stores.inbox
    await store.add([Outgoing(message=one, rendered=WORDS) for one in made])
    return made


async def test_letter_that_nobody_has_handed_over_is_withdrawn(stores: RealStores, of: StoredEvent) -> None:
    waiting, done = await _stored_there(stores, of, "print", State.SENT)
    await queries.hand_over(stores.database, done.id)
    await recall(stores, of)
    page = await queries.letters(stores.database, LettersQuery(limit=9))

    assert [done.id] == [row.id for row in page.items]
    assert [("cancelled", "recalled"), ("delivered", None)] == [
        await seen(stores, waiting),
        await seen(stores, done),
    ]
    assert await queries.hand_over(stores.database, waiting.id) is None


async def test_letter_that_is_with_the_post_stays(stores: RealStores, of: StoredEvent) -> None:
    waiting, posted = await _stored_there(stores, of, "print", State.SENT)
    await queries.post(stores.database, posted.id, "RA-1234", None)
    await recall(stores, of)
    page = await queries.letters(stores.database, LettersQuery(limit=9))

    assert [posted.id] == [row.id for row in page.items]
    assert ["cancelled", "sent"] == [(await seen(stores, one))[0] for one in (waiting, posted)]


async def test_what_lies_unread_in_an_inbox_is_withdrawn(stores: RealStores, of: StoredEvent) -> None:
    unread, read = await _stored_there(stores, of, "inbox", State.WAITING)
    await stores.inbox.mark_read("p-2", [read.id])
    await recall(stores, of)

    assert await stores.inbox.item("p-1", unread.id) is None
    assert await stores.inbox.item("p-2", read.id) is not None
    assert [("cancelled", "recalled"), "waiting"] == [
        await seen(stores, unread),
        await stores.state_of(read),
    ]


async def test_explanation_knows_why_the_event_was_taken_back(stores: RealStores, of: StoredEvent) -> None:
    by = stored(event("notification.recall", data={"reason": "Valor errado."}), case=None)
    async with stores.intake.transaction() as transaction:
        await transaction.add_events([by])
        await transaction.recall([Recall(source=of.event.source, event_id=of.event.id, by=by.key)])
    facts = await stores.explaining.facts(of, "p-1")

    assert facts.recall is not None
    assert facts.recall.key == by.key
