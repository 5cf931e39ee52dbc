"""WhatsApp over HTTP, against a Meta that forgives nothing."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Final

import pytest

from hub.channels.failures import CONFIGURATION_WAIT
from hub.channels.urls import parse_whatsapp
from hub.channels.whatsapp.channel import WhatsappChannel
from hub.errors import TransientFailure
from hub.model import Outgoing, Rendered
from tests.providers.http import Behaviour, answering, drop, hang
from tests.providers.samples import outgoing, permanent, transient
from tests.providers.whatsapp import WhatsappServer, reference, refusal_body

NUMBER: Final = "+573001234567"
APPROVED: Final = {
    "name": "pqrs_replied",
    "language": "es_CO",
    "components": [
        {
            "text": "Caso {{radicado}}: {{summary}} Gracias.",
            "example": {"body_text_named_params": [{"param_name": "radicado"}, {"param_name": "summary"}]},
        }
    ],
}
RENDERED: Final = Rendered(
    text="Caso PQ-1: Ya va, {{señora}} & Cía. Gracias.",
    template="pqrs_replied",
    parameters=(("radicado", "PQ-1"), ("summary", "Ya va, {{señora}} & Cía.")),
)


@pytest.fixture
async def server() -> AsyncIterator[WhatsappServer]:
    async with WhatsappServer() as server:
        server.approve([APPROVED])
        yield server
    assert server.violations == []


@pytest.fixture
async def channel(server: WhatsappServer) -> AsyncIterator[WhatsappChannel]:
    channel = channel_to(server.url)
    yield channel
    await channel.aclose()


def channel_to(url: str, **options: Any) -> WhatsappChannel:
    defaults = {"timeout": timedelta(seconds=5)}
    return WhatsappChannel(parse_whatsapp(url, setting="HUB_WHATSAPP_URL"), **{**defaults, **options})


def message(**changes: Any) -> Outgoing:
    return outgoing("whatsapp", NUMBER, **{"rendered": RENDERED, **changes})


async def test_a_message_arrives_as_its_template_with_the_values_and_our_id(
    server: WhatsappServer, channel: WhatsappChannel
) -> None:
    sent = message()

    answer = await channel.send(sent)

    (note,) = server.notes
    assert ("573001234567", RENDERED.text, str(sent.message.id)) == (note.to, note.text, note.callback_data)
    assert ("whatsapp", reference("573001234567", 1)) == (answer.provider, answer.reference)
    assert "200 accepted" == answer.code


async def test_a_template_that_is_not_approved_ends_the_message_here(
    server: WhatsappServer, channel: WhatsappChannel
) -> None:
    server.approved.clear()

    failure = await permanent(channel, message())

    assert ("template_not_approved", False) == (failure.reason, failure.gone)


async def test_who_is_not_on_whatsapp_is_not_gone(server: WhatsappServer, channel: WhatsappChannel) -> None:
    server.script.append(answering(400, refusal_body(131026, f"{NUMBER} is undeliverable")))

    failure = await permanent(channel, message())

    assert ("not_on_whatsapp", False) == (failure.reason, failure.gone)
    assert "3001234567" not in failure.code
    assert failure.code.startswith("131026 ")


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (401, refusal_body(190, "Expired"), "provider_auth"),
        (403, refusal_body(10, "Permission"), "provider_permission"),
        (400, refusal_body(100, "No such object", error_subcode=33), "provider_sender"),
        (403, refusal_body(131031, "Locked"), "provider_account"),
        (404, "<html>a proxy</html>", "http_404"),
    ],
)
async def test_a_fault_of_ours_waits_for_a_repair(
    server: WhatsappServer, channel: WhatsappChannel, status: int, body: Any, reason: str
) -> None:
    server.script.append(answering(status, body))

    failure = await transient(channel, message())

    assert (reason, True, CONFIGURATION_WAIT) == (
        failure.reason,
        failure.ours,
        failure.retry_after,
    )


async def test_a_wrong_token_waits_for_a_repair(server: WhatsappServer) -> None:
    channel = channel_to(server.url.replace("token", "typo"))

    failure = await transient(channel, message())
    await channel.aclose()

    assert ("provider_auth", True) == (failure.reason, failure.ours)


@pytest.mark.parametrize(
    ("behaviour", "reason", "wait"),
    [
        (answering(429, refusal_body(130429, "Slow"), {"Retry-After": "7"}), "rate_limited", 7),
        (answering(400, refusal_body(131056, "Pair")), "rate_limited", None),
        (answering(429, ""), "rate_limited", None),
        (answering(500, refusal_body(131000, "Wrong")), "provider_unknown", None),
        (answering(503, refusal_body(2, "Away"), {"Retry-After": "90"}), "unavailable", 90),
        (answering(502, "<html>bad gateway</html>"), "http_502", None),
        (answering(500, refusal_body(999999, "New")), "whatsapp_999999", None),
    ],
)
async def test_what_passes_is_transient_and_the_wish_to_wait_is_respected(
    server: WhatsappServer, channel: WhatsappChannel, behaviour: Behaviour, reason: str, wait: int | None
) -> None:
    server.script.append(behaviour)

    failure = await transient(channel, message())

    expected = None if wait is None else timedelta(seconds=wait)
    assert (reason, expected, False) == (failure.reason, failure.retry_after, failure.unknown)


@pytest.mark.parametrize("behaviour", [hang, drop])
async def test_a_message_that_was_taken_without_a_word_is_of_unknown_outcome(
    server: WhatsappServer, behaviour: Behaviour
) -> None:
    channel = channel_to(server.url, timeout=timedelta(milliseconds=300))
    server.after.append(behaviour)

    with pytest.raises(TransientFailure) as caught:
        await asyncio.wait_for(channel.send(message()), 3)
    await channel.aclose()

    assert caught.value.unknown is True
    assert 1 == len(server.notes)


@pytest.mark.parametrize(
    "reply",
    ["<html>captive</html>", {}, [], {"messages": []}, {"messages": ["x"]}, {"messages": [{"id": 1}]}],
)
async def test_a_yes_without_a_reference_is_no_word_of_meta(
    server: WhatsappServer, channel: WhatsappChannel, reply: Any
) -> None:
    server.script.append(answering(200, reply))

    failure = await transient(channel, message())

    assert ("provider_answer", True) == (failure.reason, failure.unknown)


def test_it_confirms_only_where_reports_can_be_believed() -> None:
    url = "whatsapp+https://T@graph.example?phone=1"

    assert [False, True] == [channel_to(address).traits.confirms for address in (url, f"{url}&secret=s")]
