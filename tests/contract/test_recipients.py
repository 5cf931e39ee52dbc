"""People notified of an event and people left out, page by page."""

from __future__ import annotations

import msgspec
from msgspec import structs

from hub.model import State, StoredEvent
from hub.model.reached import Reached
from hub.operations.recipients import LeftOutRow, event_named, read_recipients
from hub.storage import Database, PostgresRecipients
from tests.contract.stores import RealStores
from tests.contract.values import message, now
from tests.unit.factories import event

LEFT_OUT = """
INSERT INTO left_out (event_key, audience, person, reason, detail) VALUES
    ($1, 0, 'p-a', 'on_leave', 'p-b'),
    ($1, 1, 'p-a', 'not_opted_in', NULL),
    ($1, 0, 'p-c', 'not_opted_in', NULL)
"""


async def test_people_stand_with_their_messages_beside_those_left_out(
    stores: RealStores, of: StoredEvent, emptied_database: str
) -> None:
    await stores.add(
        message(of, person="p-1", state=State.FAILED, reason="timeout", created_at=now()),
        message(
            of, person="p-1", channel="sms", contact_id="cp-2", step=1, state=State.SENT, created_at=now()
        ),
        message(of, person="p-2", state=State.DELIVERED, created_at=now()),
    )
    async with Database(emptied_database) as opened:
        await opened.rows(LEFT_OUT, of.key)
        store = PostgresRecipients(opened)
        first = await read_recipients(store, of, limit=1)
        rest = await read_recipients(store, of, after="p-1", left_after="p-a", limit=1)

    assert [(row.person, [sent.channel for sent in row.messages]) for row in first.notified] == [
        ("p-1", ["email", "sms"])
    ]
    assert [(row.person, row.reached) for row in (*first.notified, *rest.notified)] == [
        ("p-1", Reached.SENT),
        ("p-2", Reached.TOLD),
    ]
    assert first.left_out[0] == LeftOutRow(person="p-a", reason="on_leave", detail="p-b")
    assert (first.next_notified, first.next_left_out) == ("p-1", "p-a")
    assert [row.person for row in rest.notified] == ["p-2"]
    assert [row.person for row in rest.left_out] == ["p-c"]
    assert (rest.next_notified, rest.next_left_out) == (None, None)
    assert first.states == {"failed": 1, "sent": 1, "delivered": 1}
    assert first.left_out_reasons == {"not_opted_in": 2, "on_leave": 1}


async def test_event_says_who_has_mended_it_and_who_answers_for_its_date(
    of: StoredEvent, emptied_database: str
) -> None:
    override = {"by": "account:gerencia", "reason": "El reglamento."}
    call = event("admin.assembly.convened", {"override": override}, mendedby="account:ana")
    async with Database(emptied_database) as opened:
        store = PostgresRecipients(opened)
        shown = [await read_recipients(store, one) for one in (of, structs.replace(of, event=call))]

    assert [None, "account:ana"] == [read.mended_by for read in shown]
    assert [None, override] == [msgspec.to_builtins(read.override) for read in shown]


async def test_event_elsewhere_is_not_there(stores: RealStores, of: StoredEvent) -> None:
    assert await event_named(stores.explaining, of.event.id, frozenset({"ph-1"})) == of
    assert await event_named(stores.explaining, str(of.key), None) == of
    assert await event_named(stores.explaining, of.event.id, frozenset({"ph-2"})) is None
