"""Events that their publishers take back: messages that nobody has yet are cancelled."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from hub.desk.letters import queries
from hub.desk.letters.rows import LettersQuery
from hub.model import CORRECTION, Message, Outgoing, Purpose, Recall, Rendered, State, StoredEvent
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


async def test_what_lies_in_an_inbox_stays_struck(stores: RealStores, of: StoredEvent) -> None:
    unread, read = await _stored_there(stores, of, "inbox", State.WAITING)
    await stores.inbox.mark_read("p-2", [read.id])
    before = await stores.inbox.item("p-2", read.id)
    came = (await stores.inbox.arrivals(None, [])).newest
    await recall(stores, of)
    await recall(stores, of)
    struck = [await stores.inbox.item(person, one.id) for person, one in (("p-1", unread), ("p-2", read))]
    again = (await stores.inbox.arrivals(came, ["p-1", "p-2"])).found

    assert [(True, False), (True, True)] == [
        (bool(one.recalled_at), bool(one.read_at)) for one in struck if one
    ]
    assert before is not None
    assert struck[1] == replace(before, recalled_at=struck[1] and struck[1].recalled_at)
    assert [("cancelled", "recalled"), "waiting"] == [
        await seen(stores, unread),
        await stores.state_of(read),
    ]
    assert {unread.id: "p-1", read.id: "p-2"} == {
        one.item.id: one.person for one in again if one.item.recalled_at
    }
    assert len(again) == 2


async def test_what_is_struck_is_not_unread(stores: RealStores, of: StoredEvent) -> None:
    struck, _ = await _stored_there(stores, of, "inbox", State.WAITING)
    newer = message(stored(event()), person="p-1", channel="inbox", state=State.WAITING)
    await stores.add(newer)
    await stores.inbox.add([Outgoing(message=newer, rendered=WORDS)])
    await recall(stores, of)
    unread = await stores.inbox.items("p-1", after=None, limit=9, unread=True)
    everything = await stores.inbox.items("p-1", after=None, limit=9)

    assert 1 == await stores.inbox.unread("p-1")
    assert [newer.id] == [one.id for one in unread.items]
    assert [newer.id] == await stores.inbox.unread_until("p-1", newer.id, 9)
    assert {newer.id, struck.id} == {one.id for one in everything.items}


async def test_a_struck_entry_leads_to_its_correction(stores: RealStores, of: StoredEvent) -> None:
    wrong, _ = await _stored_there(stores, of, "inbox", State.WAITING)
    told = [await _corrected(stores, key) for key in (of.key, stored(event()).key)]
    before = await stores.inbox.item("p-1", wrong.id)
    await recall(stores, of)
    one = await stores.inbox.item("p-1", wrong.id)
    listed = (await stores.inbox.items("p-1", after=None, limit=9)).items

    assert before is not None
    assert one is not None
    assert (None, told[0].id) == (before.correction, one.correction)
    assert {wrong.id: told[0].id} == {row.id: row.correction for row in listed if row.correction}


async def _corrected(stores: RealStores, wrong: UUID) -> Message:
    """The entry of a correction in the inbox of p-1."""
    later = now() + HOUR
    of = stored(event(CORRECTION, time=later, data={"references": {"key": str(wrong)}}))
    one = message(of, person="p-1", channel="inbox", state=State.WAITING, created_at=later)
    await stores.add_events(of)
    await stores.add(one)
    await stores.inbox.add([Outgoing(message=one, rendered=WORDS)])
    return one


async def test_explanation_knows_why_the_event_was_taken_back(stores: RealStores, of: StoredEvent) -> None:
    by = stored(event("notification.recall", data={"reason": "Valor errado."}), case=None)
    async with stores.intake.transaction() as transaction:
        await transaction.add_events([by])
        await transaction.recall([Recall(source=of.event.source, event_id=of.event.id, by=by.key)])
    facts = await stores.explaining.facts(of, "p-1")

    assert facts.recall is not None
    assert facts.recall.key == by.key
