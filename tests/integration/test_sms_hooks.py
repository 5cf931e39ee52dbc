"""Receipts and replies of described providers, over a real socket into a real database."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit
from uuid import UUID, uuid4

import pytest

from hub.access.keyring import KeyRing
from hub.channels.sms.hooks import Addresses, Use
from hub.model import Message, State
from hub.settings import Secret
from hub.web.bodies import MAX_BODY
from tests.contract.stores import RealStores, open_stores
from tests.contract.values import message, stored
from tests.integration.web_doubles import Reply, World, ask
from tests.providers.aggregator import EXAMPLE

PUBLIC: Final = "https://hub.example"
ADDRESSES: Final = Addresses(public_url=PUBLIC, ring=KeyRing([Secret("old")]))
FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
DELIVERED: Final = {"id": "m-1", "estado": "ENTREGADO"}
REPLY: Final = {"id": "r-1", "from": "573001234567", "message": "Sí, puedo"}
OTHERS: Final = """
name = "otra"
[request]
path = "/sms"
auth = "bearer"
query = { to = "{to}", text = "{text}" }
method = "GET"
[accepted]
body_contains = "OK"
[receipts]
format = "json"
id = "data.ref"
status = "data.state"
code = "data.code"
[receipts.states]
1 = "delivered"
2 = "failed"
[receipts.hmac]
header = "X-Signature"
secret = "{password}"
prefix = "sha256="
[replies]
format = "query"
sender = "msisdn"
text = "q"
id = "mid"
in_reply_to = "original"
hmac = "none"
"""


def environ(folder: Path, **more: str) -> dict[str, str]:
    (folder / "otra.toml").write_text(OTHERS, "utf-8")
    urls = [
        f"http+https://u:p@api.example?spec={EXAMPLE}",
        f"http+https://u:s3cret@api.example?spec={folder / 'otra.toml'}",
    ]
    return {
        "HUB_MODE": "live",
        "HUB_SMS_URL": " ".join(urls),
        "HUB_PUBLIC_URL": PUBLIC,
        "HUB_SECRET": "new old",
        "HUB_API_KEY": "a key that nobody guesses, long enough",
        **more,
    }


@dataclass
class Desk:
    """A hub with one text message that was sent."""

    stores: RealStores
    world: World
    text: Message

    @property
    def address(self) -> str:
        return ADDRESSES.of_message("mensajeria", self.text.id)

    @property
    async def state(self) -> tuple[str, str | None]:
        shown = await self.stores.log.message(self.text.id)
        assert shown is not None
        return shown.state, shown.reason


@pytest.fixture
async def desk(database: str, tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_stores(database) as stores:
        of = stored()
        await stores.add_events(of)
        text = message(of, channel="sms", state=State.SENT)
        await stores.add(text)
        yield Desk(stores, World(environ=environ(tmp_path), receipts=stores.receipts), text)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(environ=environ(tmp_path))


async def call(
    world: World, url: str, data: Mapping[str, Any] | bytes, kind: str = FORM, **headers: str
) -> Reply:
    body = data if isinstance(data, bytes) else _encoded(data, kind)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    path = url.removeprefix(PUBLIC)
    return await ask(world, path, method="POST", headers={"Content-Type": kind, **named}, body=body)


def _encoded(data: Mapping[str, Any], kind: str) -> bytes:
    return json.dumps(data).encode() if kind == JSON else urlencode(data).encode()


async def answered(world: World, data: Mapping[str, Any]) -> Reply:
    """Bring a text to the hook of the example, signed as its file says."""
    signature = signed(data, "p").removeprefix("sha256=")
    return await call(world, "/hooks/sms/mensajeria/reply", data, JSON, X_Signature=signature)


def signed(data: Mapping[str, Any], secret: str = "s3cret") -> str:
    return "sha256=" + hmac.new(secret.encode(), json.dumps(data).encode(), hashlib.sha256).hexdigest()


async def test_a_receipt_at_the_messages_own_address_makes_it_delivered(desk: Desk) -> None:
    assert 204 == (await call(desk.world, desk.address, DELIVERED)).status
    assert ("delivered", None) == await desk.state


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("NO_ENTREGADO", ("failed", "not_delivered")),
        ("NO_EXISTE", ("failed", "unknown_number")),
        ("EN_COLA", ("sent", None)),
    ],
)
async def test_a_word_means_what_the_file_says(desk: Desk, word: str, state: tuple[str, str | None]) -> None:
    assert 204 == (await call(desk.world, desk.address, {**DELIVERED, "estado": word, "codigo": "7"})).status
    assert state == await desk.state


async def test_a_receipt_keeps_the_providers_code_and_no_sentence_or_number(desk: Desk) -> None:
    for code in ("E-77", "3001234567", "el teléfono de María"):
        await call(desk.world, desk.address, {**DELIVERED, "estado": "NO_ENTREGADO", "codigo": code})
    shown = await desk.stores.log.message(desk.text.id)

    assert shown is not None
    assert ["NO_ENTREGADO E-77"] == [attempt.code for attempt in shown.attempts]


async def test_a_receipt_that_comes_twice_is_taken_once(desk: Desk) -> None:
    assert [204, 204] == [(await call(desk.world, desk.address, DELIVERED)).status for _ in range(2)]
    shown = await desk.stores.log.message(desk.text.id)

    assert shown is not None
    assert [("mensajeria", "m-1")] == [(attempt.provider, attempt.reference) for attempt in shown.attempts]


async def test_an_address_that_was_made_for_another_message_is_refused(desk: Desk) -> None:
    query = urlsplit(ADDRESSES.of_message("mensajeria", uuid4())).query
    signature = query.partition("sig=")[2]
    path = "/hooks/sms/mensajeria"
    wrong = [
        f"{path}?message={desk.text.id}&sig={signature}",
        f"{path}?message={desk.text.id}",
        f"{path}?message={desk.text.id}&sig=%ff",
        f"{path}?key={signature}",
        path,
        ADDRESSES.fixed("mensajeria", Use.REPLIES).replace("/reply", ""),
        ADDRESSES.fixed("otra", Use.RECEIPTS).replace("otra", "mensajeria"),
    ]

    assert [403] * len(wrong) == [(await call(desk.world, url, DELIVERED)).status for url in wrong]
    assert ("sent", None) == await desk.state


async def test_a_message_that_is_not_ours_is_unknown(desk: Desk) -> None:
    assert 404 == (await call(desk.world, ADDRESSES.of_message("mensajeria", uuid4()), DELIVERED)).status


async def test_a_provider_that_is_not_ours_is_unknown(world: World) -> None:
    url = ADDRESSES.of_message("nadie", uuid4())
    reply = ADDRESSES.fixed("nadie", Use.REPLIES)

    assert [404, 404] == [(await call(world, path, DELIVERED)).status for path in (url, reply)]


async def test_a_fixed_address_takes_receipts_that_have_only_the_providers_reference(desk: Desk) -> None:
    """One that is not known yet is kept: it may be quicker than our own record."""
    fixed = ADDRESSES.fixed("mensajeria", Use.RECEIPTS)

    assert 204 == (await call(desk.world, fixed, DELIVERED)).status
    assert ("sent", None) == await desk.state
    assert 400 == (await call(desk.world, fixed, {"estado": "ENTREGADO"})).status


async def test_a_body_that_is_signed_needs_no_secret_in_its_address(desk: Desk) -> None:
    data = {"data": {"ref": str(desk.text.id), "state": 1}}

    assert 204 == (await call(desk.world, "/hooks/sms/otra", data, JSON, X_Signature=signed(data))).status
    assert ("delivered", None) == await desk.state


async def test_where_bodies_are_signed_an_address_alone_opens_nothing(desk: Desk) -> None:
    data = {"data": {"ref": str(desk.text.id), "state": 1}}
    fixed, own = ADDRESSES.fixed("otra", Use.RECEIPTS), ADDRESSES.of_message("otra", desk.text.id)
    statuses = [
        (await call(desk.world, fixed, data, JSON)).status,
        (await call(desk.world, own, data, JSON, X_Signature=signed(data, "another"))).status,
        (await call(desk.world, own, data, JSON, X_Signature=signed(data)[7:])).status,
    ]

    assert [403, 403, 403] == statuses
    assert ("sent", None) == await desk.state


@pytest.mark.parametrize(
    ("data", "status", "reason"),
    [
        ({}, 400, "`data.state` is missing"),
        ({"data": {"state": 1, "ref": "x"}}, 400, "`data.ref` is no message id of ours"),
        ({"data": {"state": []}}, 400, "`data.state` is missing"),
        ({"data": {"state": 1, "ref": str(UUID(int=1))}}, 404, "Not Found"),
    ],
)
async def test_a_receipt_that_cannot_be_read_says_why(
    desk: Desk, data: dict[str, Any], status: int, reason: str
) -> None:
    reply = await call(desk.world, "/hooks/sms/otra", data, JSON, X_Signature=signed(data))

    assert status == reply.status
    assert reason in reply.json["error"]


async def test_a_body_is_bounded_and_of_the_type_that_the_file_says(world: World) -> None:
    url = ADDRESSES.of_message("mensajeria", uuid4())
    statuses = [
        (await call(world, url, b"a=" + b"x" * MAX_BODY)).status,
        (await call(world, url, b"{}", JSON)).status,
        (await call(world, url, b"a=%ff")).status,
        (await ask(world, url.removeprefix(PUBLIC))).status,
    ]

    assert [413, 415, 400, 405] == statuses


async def test_a_reply_is_handed_over_with_its_number_in_e164(world: World) -> None:
    assert 204 == (await answered(world, REPLY)).status
    (reply,) = world.replies

    assert ("sms", "mensajeria", "r-1") == (reply.channel, reply.provider, reply.reference)
    assert ("+573001234567", "Sí, puedo") == (reply.address, reply.text)
    assert reply.at.tzinfo is not None


async def test_a_reply_may_come_as_a_query_and_name_what_it_answers(world: World) -> None:
    query = urlencode({"msisdn": "3001234567", "q": "BAJA", "mid": "7", "original": "m-3"})
    url = f"{ADDRESSES.fixed('otra', Use.REPLIES)}&{query}".removeprefix(PUBLIC)

    assert 204 == (await ask(world, url)).status
    assert [("+573001234567", "BAJA", "m-3")] == [
        (reply.address, reply.text, reply.in_reply_to) for reply in world.replies
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"from": "85555"}, "`from` is no telephone number"),
        ({"from": None}, "`from` is no telephone number"),
        ({"message": " \x00 "}, "`message` is empty"),
        ({"id": ""}, "`id` is missing"),
        ({"id": {"a": 1}}, "`id` is missing"),
    ],
)
async def test_a_reply_that_cannot_be_read_says_why(
    world: World, changes: dict[str, Any], reason: str
) -> None:
    reply = await answered(world, {**REPLY, **changes})

    assert 400 == reply.status
    assert reason in reply.json["error"]
    assert [] == world.replies


async def test_forged_opt_out_with_only_the_fixed_address_is_refused(world: World) -> None:
    forged = {**REPLY, "message": "BAJA"}
    leaked = ADDRESSES.fixed("mensajeria", Use.REPLIES)
    wrong = signed(forged, "guessed").removeprefix("sha256=")
    answers = [
        await call(world, leaked, forged, JSON),
        await call(world, leaked, forged, JSON, X_Signature=wrong),
    ]

    assert [403, 403] == [answer.status for answer in answers]
    assert [] == world.replies


async def test_a_reply_without_the_key_is_refused(world: World) -> None:
    urls = [
        "/hooks/sms/mensajeria/reply",
        "/hooks/sms/mensajeria/reply?key=0",
        ADDRESSES.fixed("otra", Use.REPLIES).replace("otra", "mensajeria"),
    ]

    assert [403, 403, 403] == [(await call(world, url, REPLY, JSON)).status for url in urls]
    assert [] == world.replies


@pytest.mark.parametrize("more", [{"HUB_MODE": "capture"}, {"HUB_SMS_URL": ""}])
async def test_where_nothing_is_sent_nobody_reports(tmp_path: Path, more: dict[str, str]) -> None:
    world = World(environ=environ(tmp_path, **more))

    assert 404 == (await call(world, ADDRESSES.of_message("mensajeria", uuid4()), DELIVERED)).status
