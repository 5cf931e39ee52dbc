"""Receipts of Twilio, over a real socket into a real database."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from aiohttp import hdrs

from hub.model import Message, State, StoredEvent
from hub.web.bodies import MAX_BODY, MAX_FIELDS
from tests.contract.stores import RealStores, open_stores
from tests.contract.values import message, stored
from tests.integration.web_doubles import Reply, World, ask
from tests.providers.twilio import ACCOUNT, signature, status_form

PUBLIC: Final = "https://hub.example"
FORM_TYPE: Final = "application/x-www-form-urlencoded"
TWILIO: Final = {
    "HUB_MODE": "live",
    "HUB_SMS_URL": f"twilio+https://{ACCOUNT}:s3cret%2Ftoken%3F@api.example?from=+15005550006",
    "HUB_PUBLIC_URL": PUBLIC,
}
DELIVERED: Final = {**status_form("delivered"), "To": "+573001234567"}


@dataclass
class Desk:
    """A hub with one text message that was sent."""

    stores: RealStores
    world: World
    text: Message

    async def call(self, form: Mapping[str, str], **headers: str) -> Reply:
        return await call(self.world, self.text.id, form, **headers)

    @property
    async def state(self) -> object:
        return await self.stores.state_of(self.text)


@pytest.fixture
async def desk(database: str) -> AsyncIterator[Desk]:
    async with open_stores(database) as stores:
        of: StoredEvent = stored()
        await stores.add_events(of)
        text = message(of, channel="sms", state=State.SENT)
        await stores.add(text)
        yield Desk(stores, World(environ=TWILIO, receipts=stores.receipts), text)


async def call(world: World, message_id: UUID | str, form: Mapping[str, str], **headers: str) -> Reply:
    """Call back as Twilio does; the signature is right unless the headers say another one."""
    path = f"/hooks/twilio?message={message_id}"
    signed = {"X-Twilio-Signature": signature(PUBLIC + path, form)}
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return await raw(world, path, urlencode(form).encode(), {**signed, **given})


async def raw(
    world: World, path: str, body: bytes, headers: Mapping[str, str], content_type: str = FORM_TYPE
) -> Reply:
    given = {hdrs.CONTENT_TYPE: content_type, **headers}
    return await ask(world, path, method="POST", headers=given, body=body)


async def test_a_signed_report_makes_the_message_delivered(desk: Desk) -> None:
    assert 204 == (await desk.call(DELIVERED)).status
    assert "delivered" == await desk.state


async def test_a_report_needs_no_key_and_may_come_under_any_name(desk: Desk) -> None:
    desk.world.environ = {**TWILIO, "HUB_API_KEY": "a key that nobody guesses, long enough"}

    assert 204 == (await desk.call(DELIVERED, Host="hub.example")).status


async def test_without_a_key_a_tunnel_may_bring_reports_too(desk: Desk) -> None:
    assert 204 == (await desk.call(DELIVERED, Host="tunnel.example")).status


async def test_an_unsigned_report_is_refused_and_changes_nothing(desk: Desk) -> None:
    reply = await raw(desk.world, f"/hooks/twilio?message={desk.text.id}", urlencode(DELIVERED).encode(), {})

    assert 403 == reply.status
    assert "+573001234567" not in reply.text
    assert "sent" == await desk.state


async def test_a_report_that_was_tampered_with_is_refused(desk: Desk) -> None:
    other = f"/hooks/twilio?message={uuid4()}"
    for given in (
        signature(f"{PUBLIC}/hooks/twilio?message={desk.text.id}", {**DELIVERED, "MessageStatus": "failed"}),
        signature(PUBLIC + other, DELIVERED),
        signature(f"{PUBLIC}/hooks/twilio?message={desk.text.id}", DELIVERED, token="another"),
    ):
        assert 403 == (await desk.call(DELIVERED, X_Twilio_Signature=given)).status
    assert "sent" == await desk.state


async def test_no_header_chooses_how_the_signature_is_checked(desk: Desk) -> None:
    settings = {"X_Twilio_Webhooks_Signature_Settings": "v=1,algorithm=none"}

    assert 403 == (await desk.call(DELIVERED, X_Twilio_Signature="", **settings)).status
    assert 204 == (await desk.call(DELIVERED, **settings)).status


async def test_a_report_that_comes_twice_is_taken_once(desk: Desk) -> None:
    assert [204, 204] == [(await desk.call(DELIVERED)).status for _ in range(2)]
    shown = await desk.stores.log.message(desk.text.id)

    assert shown is not None
    assert ["delivered"] == [attempt.outcome for attempt in shown.attempts]


async def test_reports_out_of_order_never_move_a_message_back(desk: Desk) -> None:
    statuses = ["read", "delivered", "sent", "undelivered", "queued"]
    replies = [await desk.call(status_form(status)) for status in statuses]

    assert [204] * len(statuses) == [reply.status for reply in replies]
    assert "read" == await desk.state


async def test_a_report_of_failure_carries_the_code_as_reason(desk: Desk) -> None:
    await desk.call({**status_form("undelivered"), "ErrorCode": "30005"})
    shown = await desk.stores.log.message(desk.text.id)

    assert shown is not None
    assert ("failed", "twilio_30005") == (shown.state, shown.reason)


async def test_a_message_that_is_not_ours_and_an_id_that_is_none_are_the_same_nothing(desk: Desk) -> None:
    replies = [await call(desk.world, wrong, DELIVERED) for wrong in (uuid4(), "x", "")]

    said = [{**reply.json, "instance": ""} for reply in replies]
    assert [(404, said[0])] * 3 == [(reply.status, each) for reply, each in zip(replies, said, strict=True)]


@pytest.mark.parametrize("environ", [{}, {**TWILIO, "HUB_MODE": "capture"}, {**TWILIO, "HUB_SMS_URL": ""}])
async def test_where_twilio_sends_nothing_there_is_nothing_to_report_to(environ: dict[str, str]) -> None:
    assert 404 == (await call(World(environ=environ), uuid4(), DELIVERED)).status


@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=x", "text/plain"])
async def test_only_forms_and_json_are_reports(content_type: str) -> None:
    assert 415 == (await raw(World(environ=TWILIO), "/hooks/twilio", b"{}", {}, content_type)).status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"a=" + b"x" * MAX_BODY, 413),
        ("a=ñ".encode(), 400),
        (b"a=%ff", 400),
        (b"&".join([b"a=1"] * (MAX_FIELDS + 1)), 400),
        (b"", 403),
        (b"a=%00%26&&==", 403),
    ],
    ids=["large", "not-ascii", "not-utf-8", "many", "empty", "odd"],
)
async def test_any_body_of_a_stranger_is_refused(body: bytes, status: int) -> None:
    assert status == (await raw(World(environ=TWILIO), "/hooks/twilio", body, {})).status
