"""Text messages over HTTP, against a Twilio that forgives nothing."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from hub.channels.failures import CONFIGURATION_WAIT
from hub.channels.http_calls import HttpCaller
from hub.channels.sms.twilio import TwilioChannel
from hub.channels.urls import parse_twilio
from hub.errors import TransientFailure
from hub.model import Balance, Lane, Rendered
from hub.tasks import cancel
from tests.providers.http import Behaviour, answering, drop, hang
from tests.providers.samples import outgoing, permanent, transient
from tests.providers.twilio import SENDER, TwilioServer, refusal_body

CALLBACK = "https://hub.example/hooks/twilio"
NUMBER = "+573001234567"


@pytest.fixture
async def server() -> AsyncIterator[TwilioServer]:
    async with TwilioServer() as server:
        yield server
    assert server.violations == []


@pytest.fixture
async def channel(server: TwilioServer) -> AsyncIterator[TwilioChannel]:
    channel = channel_to(server.url)
    yield channel
    await channel.aclose()


def channel_to(url: str, **options: Any) -> TwilioChannel:
    defaults = {"timeout": timedelta(seconds=5)}
    return TwilioChannel(parse_twilio(url, setting="HUB_SMS_URL"), **{**defaults, **options})


async def test_a_text_arrives_whole(server: TwilioServer, channel: TwilioChannel) -> None:
    message = outgoing("sms", NUMBER, rendered=Rendered(text="Su radicado es PQ-1 & más: ñ=1+1?"))

    answer = await channel.send(message)

    (text,) = server.texts
    assert (text.to, text.sender, text.body) == (NUMBER, SENDER, "Su radicado es PQ-1 & más: ñ=1+1?")
    assert text.callback is None
    assert (answer.provider, answer.reference) == ("twilio", "SM" + "0" * 31 + "1")
    assert answer.code == "201 queued"


async def test_reports_are_asked_for_with_the_id_of_the_message(server: TwilioServer) -> None:
    channel = channel_to(server.url, callback=CALLBACK)
    sent = outgoing("sms", NUMBER)

    await channel.send(sent)
    await channel.aclose()

    assert server.texts[0].callback == f"{CALLBACK}?message={sent.message.id}"


@pytest.mark.parametrize(
    ("code", "reason", "gone"),
    [
        (21211, "invalid_number", True),
        (21217, "invalid_number", True),
        (21401, "invalid_number", True),
        (21214, "unreachable_number", False),
        (21610, "opted_out", False),
        (21612, "unreachable_number", False),
        (21614, "not_mobile", False),
        (21635, "not_mobile", False),
        (21617, "too_long", False),
        (29999, "twilio_29999", False),
    ],
)
async def test_a_refused_number_is_permanent(
    server: TwilioServer, channel: TwilioChannel, code: int, reason: str, gone: bool
) -> None:
    server.script.append(answering(400, refusal_body(400, code, f"The number {NUMBER} is wrong")))

    failure = await permanent(channel, outgoing("sms", NUMBER))

    assert (failure.reason, failure.gone) == (reason, gone)
    assert failure.code == f"{code} The number … is wrong"


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (400, 21408, "provider_region"),
        (400, 21606, "provider_sender"),
        (401, 20003, "provider_auth"),
        (404, 20404, "provider_account"),
    ],
)
async def test_a_fault_of_configuration_waits_for_a_repair(
    server: TwilioServer, channel: TwilioChannel, status: int, code: int, reason: str
) -> None:
    server.script.append(answering(status, refusal_body(status, code, "No")))

    failure = await transient(channel, outgoing("sms", NUMBER))

    assert (failure.reason, failure.retry_after) == (reason, CONFIGURATION_WAIT)


async def test_a_wrong_token_waits_for_a_repair(server: TwilioServer) -> None:
    channel = channel_to(server.url.replace("s3cret", "typo"))

    failure = await transient(channel, outgoing("sms", NUMBER))
    await channel.aclose()

    assert (failure.reason, failure.retry_after) == ("provider_auth", CONFIGURATION_WAIT)


@pytest.mark.parametrize(
    ("behaviour", "reason", "wait"),
    [
        (answering(429, refusal_body(429, 20429, "Slow"), {"Retry-After": "7"}), "rate_limited", 7),
        (answering(429, "", {"Retry-After": "soon"}), "rate_limited", None),
        (answering(500, refusal_body(500, 30001, "Full")), "provider_queue_full", None),
        (answering(503, "<html>away</html>", {"Retry-After": "90"}), "http_503", 90),
        (answering(502, "<html>bad gateway</html>"), "http_502", None),
    ],
)
async def test_what_passes_is_transient_and_the_provider_s_wish_is_respected(
    server: TwilioServer, channel: TwilioChannel, behaviour: Behaviour, reason: str, wait: int | None
) -> None:
    server.script.append(behaviour)

    failure = await transient(channel, outgoing("sms", NUMBER))

    expected = None if wait is None else timedelta(seconds=wait)
    assert (failure.reason, failure.retry_after) == (reason, expected)
    assert failure.unknown is False


@pytest.mark.parametrize("body", ["<html>login first</html>", [], {"code": "x"}, "{", None])
async def test_a_refusal_by_a_stranger_ends_no_message(
    server: TwilioServer, channel: TwilioChannel, body: Any
) -> None:
    server.script.append(answering(403, body))

    failure = await transient(channel, outgoing("sms", NUMBER))

    assert (failure.reason, failure.retry_after) == ("http_403", CONFIGURATION_WAIT)


@pytest.mark.parametrize("body", ["<html>welcome</html>", {"sid": None}, []])
async def test_a_yes_without_a_reference_leaves_the_outcome_open(
    server: TwilioServer, channel: TwilioChannel, body: Any
) -> None:
    server.script.append(answering(200, body))

    failure = await transient(channel, outgoing("sms", NUMBER))

    assert (failure.reason, failure.unknown) == ("provider_answer", True)


async def test_a_redirect_is_not_followed(server: TwilioServer, channel: TwilioChannel) -> None:
    server.script.append(answering(307, "", {"Location": f"{server.base}/elsewhere"}))

    failure = await transient(channel, outgoing("sms", NUMBER))

    assert failure.reason == "http_307"
    assert server.requests == 1


@pytest.mark.parametrize(("behaviour", "reason"), [(hang, "timeout"), (drop, "connection_lost")])
async def test_silence_after_the_request_leaves_the_outcome_open(
    server: TwilioServer, behaviour: Behaviour, reason: str
) -> None:
    channel = channel_to(server.url, timeout=timedelta(milliseconds=200))
    server.script.append(behaviour)

    failure = await transient(channel, outgoing("sms", NUMBER))
    await channel.aclose()

    assert (failure.reason, failure.unknown) == (reason, True)


async def test_a_provider_that_is_away_has_received_nothing(server: TwilioServer) -> None:
    channel = channel_to(server.url)
    await server.stop()

    failure = await transient(channel, outgoing("sms", NUMBER))
    await channel.aclose()

    assert (failure.reason, failure.unknown) == ("connect_failed", False)


async def test_a_hundred_at_once_all_arrive_once(server: TwilioServer, channel: TwilioChannel) -> None:
    numbers = [f"+57300{number:07}" for number in range(100)]

    await asyncio.gather(*(channel.send(outgoing("sms", number)) for number in numbers))

    assert sorted(text.to for text in server.texts) == numbers


async def test_an_urgent_text_never_waits_for_bulk_ones_that_hang(server: TwilioServer) -> None:
    channel = channel_to(server.url)
    server.script.extend([hang] * 40)
    bulk = [asyncio.create_task(channel.send(outgoing("sms", NUMBER, lane=Lane.BULK))) for _ in range(60)]
    async with asyncio.timeout(5):
        while server.script:  # noqa: ASYNC110 - the awaited change happens in a server
            await asyncio.sleep(0.01)
        await channel.send(outgoing("sms", NUMBER, lane=Lane.URGENT))
    await cancel(*bulk)
    await channel.aclose()

    assert 1 == len(server.texts)


async def test_waiting_for_a_connection_is_no_try(server: TwilioServer) -> None:
    caller = HttpCaller("aggregator", timeout=timedelta(seconds=0.1), connections=1)
    await caller._places.take(Lane.BULK, 0)
    with pytest.raises(TransientFailure) as caught:
        await caller.request("POST", server.base, {}, b"", lane=Lane.URGENT)
    await caller.aclose()

    assert ("busy", False, True) == (caught.value.reason, caught.value.unknown, caught.value.untried)


async def test_the_account_has_a_balance(channel: TwilioChannel) -> None:
    assert Balance(amount=Decimal("100.00"), currency="USD") == await channel.balance()


@pytest.mark.parametrize(
    "behaviour", [answering(401, refusal_body(401, 20003, "x")), answering(200, "<html>")]
)
async def test_missing_balance_is_a_failure(
    server: TwilioServer, channel: TwilioChannel, behaviour: Behaviour
) -> None:
    server.instead_of_balance = behaviour

    with pytest.raises(TransientFailure, match="provider_answer"):
        await channel.balance()
