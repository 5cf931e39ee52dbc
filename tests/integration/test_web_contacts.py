"""Replies and suppressions over HTTP."""

import json
from datetime import timedelta
from hashlib import md5
from uuid import UUID, uuid4

import pytest

from hub.inbound.replies import read
from hub.model import InvalidContact, Reply, State
from hub.storage import Database, PostgresDelivery, PostgresIntake, PostgresReplies
from tests.contract.values import NOON, event, message, stored
from tests.integration.web_doubles import World, ask

MAIL = "maria@example.com"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def served(opened: Database) -> World:
    replies, delivery = PostgresReplies(opened), PostgresDelivery(opened)
    reply = Reply(channel="email", provider="mail", reference="1", address=MAIL, text="BAJA", at=NOON)
    await replies.add(read(reply, await replies.about(reply), now=NOON))
    of = stored(event())
    lost = message(of, address=MAIL, state=State.FAILED)
    async with PostgresIntake(opened).transaction() as transaction:
        await transaction.add_events([of])
        await transaction.add_messages([lost])
    await delivery.suppress([InvalidContact(message_id=lost.id, at=NOON, reason="smtp_550", provider="smtp")])
    return World(database=opened)


async def test_replies_are_listed_by_kind_and_shown(served: World) -> None:
    listed = (await ask(served, "/api/replies?kind=opt_out")).json
    shown = (await ask(served, f"/api/replies/{listed['items'][0]['id']}")).json
    looks = [(note.action, note.subject) for note in served.audit.rows]

    assert (["opt_out"], None) == ([row["kind"] for row in listed["items"]], listed["next"])
    assert "BAJA" == shown["text"]
    assert looks == [("reply.show", f"reply:{listed['items'][0]['id']}")]
    assert [] == (await ask(served, "/api/replies?kind=reply")).json["items"]
    assert [400, 404, 404] == [
        (await ask(served, path)).status
        for path in ("/api/replies?kind=shout", f"/api/replies/{uuid4()}", "/api/replies/x")
    ]


async def test_a_suppression_says_when_it_ends_by_itself_and_is_lifted(served: World) -> None:
    (row,) = (await ask(served, "/api/suppressions")).json["items"]
    body = json.dumps({"address": f" {MAIL} ", "by": "laura"}).encode()
    answers = [
        (await ask(served, "/api/suppressions/lift", method="POST", headers=JSON, body=body)).json
        for _ in range(2)
    ]

    assert (NOON + timedelta(days=180)).isoformat().replace("+00:00", "Z") == row["expires_at"]
    assert [{"lifted": 1}, {"lifted": 0}] == answers


async def test_id_of_a_suppression_says_nothing_of_the_address_and_lifts_it(served: World) -> None:
    (row,) = (await ask(served, "/api/suppressions")).json["items"]
    guessed = UUID(md5(f"{MAIL} email".encode(), usedforsecurity=False).hexdigest())
    body = json.dumps({"address": row["id"]}).encode()
    shown = await ask(served, f"/api/suppressions/{row['id']}")
    lifted = await ask(served, "/api/suppressions/lift", method="POST", headers=JSON, body=body)
    notes = [(note.action, note.subject) for note in served.audit.rows]

    assert row["id"] != str(guessed)
    assert (200, {"lifted": 1}) == (shown.status, lifted.json)
    assert ("suppression.lift", f"suppression:{row['id']}") in notes


async def test_lift_without_an_address_is_refused(served: World) -> None:
    for body in (b"", b"{}", b'{"address": 7}', b'{"address": "a", "all": true}'):
        answer = await ask(served, "/api/suppressions/lift", method="POST", headers=JSON, body=body)
        assert 400 == answer.status
