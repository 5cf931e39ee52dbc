"""Texts of people to a number of ours at Twilio."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Final
from urllib.parse import urlencode

import pytest

from hub.inbound.process_reply import take_reply
from hub.inbound.replies import ANSWERED
from hub.model import ReplyKind
from hub.sla.acknowledge import ACKNOWLEDGED
from tests.integration.test_receipts import PUBLIC, TWILIO, raw
from tests.integration.web_doubles import Reply, World
from tests.providers.twilio import signature
from tests.unit.test_ack_by_text import ANA, escalated

PATH: Final = "/hooks/twilio/inbound"
SID: Final = "SM" + "0" * 31 + "1"
TEXT: Final = {
    "MessageSid": SID,
    "From": "+573001234567",
    "To": "+573009876543",
    "Body": "BAJA, señor: ¿me retiran?",
    "NumMedia": "0",
}


@pytest.fixture
def world() -> World:
    return World(environ=TWILIO)


async def bring(world: World, form: Mapping[str, str], given: str | None = None) -> Reply:
    signed = {"X-Twilio-Signature": signature(PUBLIC + PATH, form) if given is None else given}
    return await raw(world, PATH, urlencode(form).encode(), signed)


async def test_a_text_is_handed_over_as_it_was_written(world: World) -> None:
    assert 204 == (await bring(world, TEXT)).status
    (reply,) = world.replies

    assert ("sms", "twilio", SID) == (reply.channel, reply.provider, reply.reference)
    assert ("+573001234567", "BAJA, señor: ¿me retiran?") == (reply.address, reply.text)


async def test_a_signed_text_takes_a_matter_on_and_an_unsigned_one_does_not(world: World) -> None:
    hub = await escalated()
    words = {**TEXT, "From": ANA, "Body": "¡Tomo!"}
    refused, taken = await bring(world, words, "="), await bring(world, words)
    (reply,) = world.replies
    inbound = await take_reply(reply, store=hub.store, publisher=hub.publisher, now=reply.at)

    assert (403, 204) == (refused.status, taken.status)
    assert ReplyKind.ACKNOWLEDGE is inbound.kind
    assert [ACKNOWLEDGED, ANSWERED] == [event.name for event in hub.publisher.events[-2:]]


async def test_a_picture_without_words_is_an_answer(world: World) -> None:
    assert 204 == (await bring(world, {**TEXT, "Body": "", "NumMedia": "2"})).status
    assert ["[adjunto]"] == [reply.text for reply in world.replies]


@pytest.mark.parametrize("given", ["", "="])
async def test_an_unsigned_text_is_refused(world: World, given: str) -> None:
    assert 403 == (await bring(world, TEXT, given)).status
    assert [] == world.replies


async def test_the_signature_of_a_report_opens_no_other_address(world: World) -> None:
    assert 403 == (await bring(world, TEXT, signature(f"{PUBLIC}/hooks/twilio", TEXT))).status


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"MessageSid": "x"}, "`MessageSid` is missing"),
        ({"From": "85555"}, "`From` is no telephone number"),
        ({"From": "whatsapp:+573001234567"}, "`From` is no telephone number"),
        ({"Body": ""}, "`Body` is empty"),
    ],
)
async def test_a_text_that_cannot_be_read_says_why(
    world: World, changes: dict[str, str], reason: str
) -> None:
    reply = await bring(world, {**TEXT, **changes})

    assert 400 == reply.status
    assert reason in reply.json["error"]


async def test_a_json_body_is_taken_with_its_hash_in_the_signed_address(world: World) -> None:
    body = json.dumps(TEXT).encode()
    path = f"{PATH}?bodySHA256={sha256(body).hexdigest()}"
    signed = {"X-Twilio-Signature": signature(PUBLIC + path, {})}

    assert 204 == (await raw(world, path, body, signed, "application/json")).status
    assert [SID] == [reply.reference for reply in world.replies]


async def test_a_json_body_that_is_not_the_signed_one_is_refused(world: World) -> None:
    path = f"{PATH}?bodySHA256={sha256(b'{}').hexdigest()}"
    signed = {"X-Twilio-Signature": signature(PUBLIC + path, {})}
    plain = {"X-Twilio-Signature": signature(PUBLIC + PATH, {})}
    other = json.dumps(TEXT).encode()

    assert 403 == (await raw(world, path, other, signed, "application/json")).status
    assert 403 == (await raw(world, PATH, other, plain, "application/json")).status


async def test_a_json_body_that_is_no_object_says_so(world: World) -> None:
    path = f"{PATH}?bodySHA256={sha256(b'[]').hexdigest()}"
    signed = {"X-Twilio-Signature": signature(PUBLIC + path, {})}

    assert 400 == (await raw(world, path, b"[]", signed, "application/json")).status
