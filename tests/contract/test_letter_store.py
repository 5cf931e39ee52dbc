"""Letters are stored once, listed, and delivered once."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hub.desk.letters import acts, queries
from hub.desk.letters.rows import LettersQuery
from hub.errors import BrokerUnavailable, NoSuch, StorageRefused
from hub.model import Message, Outgoing, Rendered, State, StoredEvent
from hub.testing import MemoryPublisher
from tests.contract.stores import RealStores
from tests.contract.values import message
from tests.operators import operator
from tests.providers.samples import outgoing

WORDS = Rendered(subject="Respuesta a su radicado", text="Cordial saludo:", html="<p>Cordial saludo:</p>")


def letter(of: Message) -> Outgoing:
    return outgoing("print", of.address, id=of.id, person=of.person, name=of.name, rendered=WORDS)


async def made(stores: RealStores, of: StoredEvent, person: str = "p-1", **fields: object) -> Message:
    one = message(of, person=person, channel="print", contact_id="print", **{"state": State.SENT, **fields})
    await stores.add(one)
    await stores.letters.add([letter(one)])
    return one


async def test_a_letter_is_kept_once_and_shown_whole(stores: RealStores, of: StoredEvent) -> None:
    one = await made(stores, of)
    await stores.letters.add([letter(one)])

    shown = await queries.letter(stores.database, one.id)
    page = await queries.letters(stores.database, LettersQuery(limit=10))

    assert shown is not None
    assert (shown.subject, shown.text, shown.html) == (WORDS.subject, WORDS.text, WORDS.html)
    assert [row.id for row in page.items] == [one.id]
    assert {"name", "text", "html"}.isdisjoint(page.items[0].__struct_fields__)


async def test_a_letter_that_is_handed_over_delivers_its_message_and_says_so_once(
    stores: RealStores, of: StoredEvent
) -> None:
    one = await made(stores, of)

    results = [await queries.hand_over(stores.database, one.id) for _ in range(2)]
    shown = await stores.log.message(one.id)

    assert results == [True, False]
    assert shown is not None
    assert shown.state == "delivered"
    assert [(attempt.outcome, attempt.reference) for attempt in shown.attempts] == [
        ("delivered", str(one.id))
    ]


async def test_open_letters_are_those_that_nobody_has_handed_over(
    stores: RealStores, of: StoredEvent
) -> None:
    done, waiting = await made(stores, of, "p-1"), await made(stores, of, "p-2")
    await queries.hand_over(stores.database, done.id)

    still_open = await queries.letters(stores.database, LettersQuery(handed_over=False, limit=10))
    handed_over = await queries.letters(stores.database, LettersQuery(handed_over=True, limit=10))

    assert [row.id for row in still_open.items] == [waiting.id]
    assert [row.id for row in handed_over.items] == [done.id]


async def test_letters_come_in_pages(stores: RealStores, of: StoredEvent) -> None:
    made_ids = {(await made(stores, of, f"p-{number}")).id for number in range(5)}

    first = await queries.letters(stores.database, LettersQuery(limit=3))
    rest = await queries.letters(stores.database, LettersQuery(after=first.next, limit=3))

    assert (len(first.items), len(rest.items), rest.next) == (3, 2, None)
    assert {row.id for row in (*first.items, *rest.items)} == made_ids


async def test_a_letter_that_is_not_there_is_neither_shown_nor_handed_over(stores: RealStores) -> None:
    assert await queries.letter(stores.database, uuid4()) is None
    assert await queries.hand_over(stores.database, uuid4()) is None


async def test_a_cursor_of_nobody_s_is_refused(stores: RealStores) -> None:
    with pytest.raises(StorageRefused):
        await queries.letters(stores.database, LettersQuery(after="x", limit=3))


async def test_a_letter_knows_its_event(stores: RealStores, of: StoredEvent) -> None:
    one = await made(stores, of)
    without_message = outgoing("print", id=uuid4(), rendered=WORDS)
    await stores.letters.add([without_message])
    found = await queries.event_of(stores.database, one.id)

    assert found is not None
    assert (of.key, of.event, of.case) == (found.key, found.event, found.case)
    assert await queries.event_of(stores.database, without_message.message.id) is None
    assert await queries.event_of(stores.database, uuid4()) is None


async def test_document_that_staff_prints_is_handed_over_like_a_letter(
    stores: RealStores, of: StoredEvent
) -> None:
    one = message(of, channel="print", contact_id="print", state=State.FAILED, reason="document_not_printed")
    other = message(
        of, person="p-2", channel="print", contact_id="print", state=State.FAILED, reason="template"
    )
    await stores.add(one, other)
    before, found = (
        await queries.letter(stores.database, one.id),
        await queries.event_of(stores.database, one.id),
    )
    results = [await queries.hand_over(stores.database, one.id) for _ in range(2)]
    after = await queries.letter(stores.database, one.id)
    shown = await stores.log.message(one.id)

    assert before is not None
    assert after is not None
    assert (None, "María Peña", of.key) == (before.handed_over_at, before.name, found and found.key)
    assert after.handed_over_at is not None
    assert [True, False] == results
    assert shown is not None
    assert ("delivered", ["handed_over"]) == (shown.state, [a.code for a in shown.attempts])
    assert (None, None) == (
        await queries.letter(stores.database, other.id),
        await queries.hand_over(stores.database, other.id),
    )


async def test_crash_before_the_letter_repeats_the_same_id(stores: RealStores, of: StoredEvent) -> None:
    await made(stores, of)
    publisher = MemoryPublisher()
    by = operator(stores.database, publisher=publisher)
    [row] = (await queries.letters(stores.database, LettersQuery(handed_over=False))).items
    publisher.faults.script("event", BrokerUnavailable())
    with pytest.raises(BrokerUnavailable):
        await acts.hand_over(by, row.id)
    still_open = (await queries.letters(stores.database, LettersQuery(handed_over=False))).items
    results = [(await acts.hand_over(by, row.id)).changed for _ in range(2)]

    assert [row] == still_open
    assert [True, False] == results
    assert {f"handed_over:{row.id}"} == {event.id for event in publisher.events}


async def test_unknown_letter_notifies_nobody(stores: RealStores, of: StoredEvent) -> None:
    await made(stores, of)
    publisher = MemoryPublisher()

    with pytest.raises(NoSuch):
        await acts.hand_over(operator(stores.database, publisher=publisher), uuid4())
    assert [] == publisher.events
