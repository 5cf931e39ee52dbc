"""One message over HTTP: cancelled with a reason, or sent again."""

from __future__ import annotations

from typing import Any

import pytest

from hub.model import Message, State
from hub.storage import Database, PostgresBulk
from hub.testing import MemoryPublisher
from tests.contract.stores import RealStores, open_stores
from tests.contract.values import message, stored
from tests.integration.test_web_operations import send
from tests.integration.web_doubles import MemoryLog, Reply, World, message_row

WHY = {"why": "wrong"}


async def kept(database: str, state: State, **fields: Any) -> Message:
    """Store a message in this state."""
    of = stored()
    one = message(of, state=state, reason="smtp_550", **fields)
    async with open_stores(database) as stores:
        await _add(stores, one)
    return one


async def _add(stores: RealStores, one: Message) -> None:
    async with stores.intake.transaction() as transaction:
        await transaction.add_events([stored()])
    await stores.add(one)


def world(opened: Database, one: Message) -> World:
    row = message_row(id=one.id, state=str(one.state))
    return World(log=MemoryLog(rows=[row]), database=opened)


async def ask_for(of: World, one: Message, verb: str, body: Any) -> Reply:
    return await send(of, "POST", f"/api/messages/{one.id}/{verb}", body)


async def test_waiting_message_is_cancelled_and_the_audit_says_why(database: str, opened: Database) -> None:
    one = await kept(database, State.HELD)
    asked = world(opened, one)

    done = await ask_for(asked, one, "cancel", WHY)
    again = await ask_for(asked, one, "cancel", WHY)
    [row] = await opened.rows("SELECT state, reason FROM message WHERE id = $1", one.id)

    assert (200, {"id": str(one.id), "changed": True}) == (done.status, done.json)
    assert 409 == again.status  # the list in memory says that it still waits: the table knows better
    assert ("cancelled", "withdrawn") == (row["state"], row["reason"])
    # Both tries have a row: an act is noted before it is done.
    assert [("cancel", WHY["why"])] * 2 == [(note.action, note.detail["why"]) for note in asked.audit.rows]


@pytest.mark.parametrize(
    "body", [{}, {"why": ""}, {"why": "Ana lo pidió"}, {"why": "wrong", "state": "held"}]
)
async def test_nobody_cancels_without_a_reason(database: str, opened: Database, body: Any) -> None:
    one = await kept(database, State.HELD)

    assert 400 == (await ask_for(world(opened, one), one, "cancel", body)).status


async def test_sent_message_is_not_cancelled_and_delivered_one_does_not_go_again(
    database: str, opened: Database
) -> None:
    one = await kept(database, State.SENT)
    asked = world(opened, one)
    answers = [await ask_for(asked, one, "cancel", WHY), await ask_for(asked, one, "redrive", {})]

    assert [409, 409] == [answer.status for answer in answers]
    assert ["only what has not left", "only what is lost"] == [
        word
        for answer, word in zip(answers, ("only what has not left", "only what is lost"), strict=True)
        if word in answer.json["detail"]
    ]


async def test_lost_message_goes_again_alone(database: str, opened: Database) -> None:
    one = await kept(database, State.FAILED)
    done = await ask_for(world(opened, one), one, "redrive", {})
    [row] = await opened.rows("SELECT state FROM message WHERE id = $1", one.id)

    assert (200, {"id": str(one.id), "verdict": "taken"}) == (done.status, done.json)
    assert "queued" == row["state"]


async def test_many_are_planned_then_cancelled_by_a_run_and_the_audit_says_why(
    database: str, opened: Database
) -> None:
    one = await kept(database, State.HELD)
    asked = world(opened, one)
    wish = {"state": "held", "reason": "smtp", **WHY}

    planned = await send(asked, "POST", "/api/messages/cancel", {**wish, "dry_run": True})
    started = await send(asked, "POST", "/api/messages/cancel", wish)
    await PostgresBulk(opened).work(9, MemoryPublisher().replay)
    none = await send(asked, "POST", "/api/messages/cancel", wish)
    [row] = await opened.rows("SELECT state, reason FROM message WHERE id = $1", one.id)

    assert (200, 1) == (planned.status, planned.json["goes"])
    assert (201, "cancel", 1, "wrong") == (
        started.status,
        *(started.json[name] for name in ("kind", "chosen", "reason")),
    )
    assert (404, "cancelled", "withdrawn") == (none.status, row["state"], row["reason"])
    assert [("bulk.cancel", f"bulk:{started.json['id']}", {"chosen": 1, **WHY})] == [
        (note.action, note.subject, note.detail) for note in asked.audit.rows
    ]
