"""Staff takes an event back: whom it has reached by then, and what must be said."""

import pytest

from hub.desk.messages.recalls import ask_recall, recall_event
from hub.desk.messages.rows import RecallBody
from hub.doors.operator import Operator
from hub.errors import InvalidEvent, NotOffered
from hub.model import HUB_SOURCE, RECALL, Recall, State, StoredEvent
from hub.model.ids import event_key
from hub.storage import Database
from hub.testing import MemoryAudit, MemoryPublisher
from tests.contract.stores import RealStores, stores_in
from tests.contract.values import event, message, stored
from tests.operators import operator

REASON, RIGHT, NEEDLESS = "El día está mal.", "Es el **viernes**.", "Nadie lo ha leído."


@pytest.fixture
def stores(opened: Database) -> RealStores:
    return stores_in(opened)


@pytest.fixture
def audit() -> MemoryAudit:
    return MemoryAudit()


@pytest.fixture
def by(opened: Database, audit: MemoryAudit) -> Operator:
    return operator(opened, audit=audit)


def published(by: Operator) -> MemoryPublisher:
    publisher = by.stores.publisher
    assert isinstance(publisher, MemoryPublisher)
    return publisher


async def add(stores: RealStores, name: str = "admin.circular.issued", *states: State) -> StoredEvent:
    """An event of another system, with a message in each state, each to a person of its own."""
    of = stored(event(name, data={"title": "Corte"}))
    await stores.add_events(of)
    await stores.add(*(message(of, person=f"p-{n}", state=state) for n, state in enumerate(states)))
    return of


async def take_in(stores: RealStores, by: Operator) -> None:
    """Intake reads the recall that the act has published."""
    for one in published(by).events:
        async with stores.intake.transaction() as transaction:
            of = Recall(source=one.data["source"], event_id=one.data["id"], by=event_key(one))
            await transaction.recall([of])


async def test_staff_takes_back_the_event_of_another_system_once(
    stores: RealStores, by: Operator, audit: MemoryAudit
) -> None:
    of = await add(stores)
    said = RecallBody(reason=REASON, correction_markdown=RIGHT)
    first = await recall_event(by, str(of.key), said)
    await take_in(stores, by)
    again = await recall_event(by, str(of.key), said)
    [one] = published(by).events

    assert (True, False) == (first.changed, again.changed)
    assert (RECALL, HUB_SOURCE) == (one.name, one.source)
    assert {
        "source": "urn:crm",
        "id": of.event.id,
        "reason": REASON,
        "correction_markdown": RIGHT,
    } == one.data
    assert [("event.recall", f"event:{of.key}")] == [(note.action, note.subject) for note in audit.rows]


async def test_a_recall_without_correction_asks_why(
    stores: RealStores, by: Operator, audit: MemoryAudit
) -> None:
    of = await add(stores)
    with pytest.raises(InvalidEvent, match="correction_markdown or no_correction"):
        await recall_event(by, str(of.key), RecallBody(reason=REASON, no_correction="  "))
    silent = ([], []) == (published(by).events, audit.rows)
    await recall_event(by, str(of.key), RecallBody(reason=REASON, no_correction=NEEDLESS))

    assert silent
    assert [NEEDLESS] == [one.data["no_correction"] for one in published(by).events]


async def test_the_question_counts_who_has_it_and_who_will_not_get_it(
    stores: RealStores, by: Operator
) -> None:
    of = await add(stores, "admin.circular.issued", State.SENT, State.READ, State.QUEUED, State.WAITING)
    before = await ask_recall(by, str(of.key))
    await recall_event(by, str(of.key), RecallBody(reason=REASON, no_correction=NEEDLESS))
    await take_in(stores, by)
    after = await ask_recall(by, str(of.key))

    assert [2, 2] == list(before.facts.values())
    assert ("Sí, retirar", "") == (before.press, after.press)


async def test_what_the_hub_says_of_what_it_knows_is_not_taken_back(stores: RealStores, by: Operator) -> None:
    of = await add(stores, "sla.breached")
    with pytest.raises(NotOffered):
        await recall_event(by, str(of.key), RecallBody(reason=REASON, no_correction=NEEDLESS))

    assert [] == published(by).events
    assert "" == (await ask_recall(by, str(of.key))).press
