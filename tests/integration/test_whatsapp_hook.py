"""Receipts and replies of WhatsApp from Meta, over a real socket into a real database."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from hub.model import Message, State, StoredEvent
from hub.web.hooks.whatsapp import MAX_BODY
from tests.contract.stores import RealStores, open_stores
from tests.contract.values import message, stored
from tests.integration.web_doubles import Reply, World, ask
from tests.providers.whatsapp import notice, reference, signature, status_item, text_item

PATH: Final = "/hooks/whatsapp"
NUMBER: Final = "573001234567"
WAMID: Final = reference(NUMBER, 1)
META: Final = {
    "HUB_MODE": "live",
    "HUB_WHATSAPP_URL": "whatsapp+https://T@graph.example?phone=1&secret=app%20s3cret&verify=una%20palabra",
}


@dataclass
class Desk:
    """A hub with one message that was sent over WhatsApp."""

    stores: RealStores
    world: World
    note: Message

    async def report(self, *statuses: str, code: int | None = None) -> Reply:
        items = [status_item(status, str(self.note.id), WAMID, code) for status in statuses]
        return await post(self.world, notice(statuses=items))

    @property
    async def state(self) -> object:
        return await self.stores.state_of(self.note)


@pytest.fixture
async def desk(database: str) -> AsyncIterator[Desk]:
    async with open_stores(database) as stores:
        of: StoredEvent = stored()
        await stores.add_events(of)
        note = message(of, channel="whatsapp", state=State.SENT)
        await stores.add(note)
        yield Desk(stores, World(environ=META, receipts=stores.receipts), note)


@pytest.fixture
def world() -> World:
    return World(environ=META)


async def post(world: World, body: bytes, given: str | None = None, **headers: str) -> Reply:
    """Call as Meta does; the signature is right unless another one is given."""
    signed = {"X-Hub-Signature-256": signature(body) if given is None else given}
    everything = {"Content-Type": "application/json", **signed, **headers}
    return await ask(world, PATH, method="POST", headers=everything, body=body)


async def test_a_signed_report_makes_the_message_delivered_and_then_read(desk: Desk) -> None:
    assert 200 == (await desk.report("delivered")).status
    assert "delivered" == await desk.state
    assert 200 == (await desk.report("read")).status
    assert "read" == await desk.state


async def test_a_report_needs_no_key_and_may_come_under_any_name(desk: Desk) -> None:
    desk.world.environ = {**META, "HUB_API_KEY": "a key that nobody guesses, long enough"}
    body = notice(statuses=[status_item("delivered", str(desk.note.id), WAMID)])

    assert 200 == (await post(desk.world, body, Host="hub.example")).status


@pytest.mark.parametrize(
    "given", ["", "sha256=", signature(b"another body"), signature(b"{}", "another secret"), "sha1=00"]
)
async def test_what_is_not_signed_is_refused_with_a_reason_and_changes_nothing(
    desk: Desk, given: str
) -> None:
    body = notice(statuses=[status_item("read", str(desk.note.id), WAMID)])
    reply = await post(desk.world, body, given)

    assert 403 == reply.status
    assert "The signature is not right." == reply.json["error"]
    assert "sent" == await desk.state


async def test_reports_twice_and_out_of_order_never_move_a_message_back(desk: Desk) -> None:
    for status in ("read", "delivered", "sent", "failed", "read"):
        assert 200 == (await desk.report(status)).status

    assert "read" == await desk.state


async def test_a_failure_has_its_code_as_reason(desk: Desk) -> None:
    await desk.report("failed", code=131026)
    shown = await desk.stores.log.message(desk.note.id)

    assert shown is not None
    assert ("failed", "not_on_whatsapp") == (shown.state, shown.reason)
    assert ["failed 131026"] == [attempt.code for attempt in shown.attempts]


@pytest.mark.parametrize("data", [str(UUID(int=7)), "not an id", ""])
async def test_a_report_of_what_is_not_ours_is_answered_200(desk: Desk, data: str) -> None:
    reply = await post(desk.world, notice(statuses=[status_item("read", data, WAMID)]))

    assert (200, "sent") == (reply.status, await desk.state)


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"entry":[{"changes":7}]}', b"[" * 100_000])
async def test_a_signed_body_that_makes_no_sense_is_answered_200_and_counted(
    world: World, body: bytes
) -> None:
    reply = await post(world, body)

    assert (200, {"statuses": 0, "replies": 0, "unreadable": 1}) == (reply.status, reply.json)


async def test_a_body_without_end_is_not_read(world: World) -> None:
    assert 413 == (await post(world, b"x" * (MAX_BODY + 1))).status


async def test_what_people_write_is_handed_on(world: World) -> None:
    items: list[dict[str, Any]] = [text_item(NUMBER, "Sigue la fuga", answering=WAMID), {"type": "text"}]
    reply = await post(world, notice(messages=items))

    assert {"statuses": 0, "replies": 1, "unreadable": 1} == reply.json
    assert [("+573001234567", "Sigue la fuga", WAMID)] == [
        (one.address, one.text, one.in_reply_to) for one in world.replies
    ]


async def test_while_the_database_is_away_meta_is_asked_to_repeat() -> None:
    world = World(environ=META)  # without a database

    assert 503 == (await post(world, notice(statuses=[status_item("read", str(uuid4()), WAMID)]))).status


async def introduced(world: World, **query: str) -> Reply:
    asked = {"hub.mode": "subscribe", "hub.verify_token": "una palabra", "hub.challenge": "1158201444"}
    given = asked | {f"hub.{name}": value for name, value in query.items()}
    return await ask(world, f"{PATH}?" + "&".join(f"{name}={value}" for name, value in given.items()))


async def test_the_challenge_is_given_back_to_who_knows_the_word(world: World) -> None:
    reply = await introduced(world, verify_token="una%20palabra")

    assert (200, "1158201444") == (reply.status, reply.text)
    assert reply.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(
    "query",
    [
        {"verify_token": "otra"},
        {"verify_token": ""},
        {"verify_token": "una%20palabra", "mode": "unsubscribe"},
        {"verify_token": "una%20palabra", "challenge": "%3Cscript%3E"},
        {"verify_token": "una%20palabra", "challenge": ""},
    ],
)
async def test_nobody_else_gets_it(world: World, query: dict[str, str]) -> None:
    assert 403 == (await introduced(world, **query)).status


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {**META, "HUB_MODE": "capture"},
        {**META, "HUB_WHATSAPP_URL": "whatsapp+https://T@x.example?phone=1"},
    ],
)
async def test_where_nothing_is_sent_or_no_secret_is_known_there_is_no_hook(environ: dict[str, str]) -> None:
    world = World(environ=environ)

    assert 404 == (await introduced(world, verify_token="una%20palabra")).status
    assert 404 == (await post(world, notice())).status
