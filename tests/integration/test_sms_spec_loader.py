"""Text messages over an aggregator that only a file describes, through real sockets."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from hub.channels.failures import CONFIGURATION_WAIT
from hub.channels.sms.generic import GenericChannel
from hub.channels.sms.spec import load_spec
from hub.channels.urls import parse_generic
from hub.errors import PermanentFailure, SendFailure, TransientFailure
from hub.model import Balance, Rendered
from tests.providers.aggregator import EXAMPLE, Aggregator
from tests.providers.http import Behaviour, answering, drop, hang
from tests.providers.samples import outgoing, transient

NUMBER = "+573001234567"
TEXT = 'Su radicado es "PQ-1" & más: ñ=1+1? {to} \\ línea'


@pytest.fixture
async def server() -> AsyncIterator[Aggregator]:
    async with Aggregator() as server:
        yield server
    assert server.violations == []


@pytest.fixture
async def channel(server: Aggregator) -> AsyncIterator[GenericChannel]:
    channel = channel_to(server.url())
    yield channel
    await channel.aclose()


def channel_to(url: str, **options: Any) -> GenericChannel:
    endpoint = parse_generic(url, setting="HUB_SMS_URL")
    defaults: dict[str, Any] = {"timeout": timedelta(seconds=5)}
    return GenericChannel(
        endpoint, load_spec(endpoint.spec, setting="HUB_SMS_URL"), **{**defaults, **options}
    )


def callback(message_id: UUID) -> str:
    return f"https://hub.example/hooks/sms/mensajeria?message={message_id}"


async def failure_of(channel: GenericChannel) -> SendFailure:
    with pytest.raises(SendFailure) as caught:
        await channel.send(outgoing("sms", NUMBER, rendered=Rendered(text="Hola")))
    assert caught.value.provider == "mensajeria"
    return caught.value


async def test_a_text_arrives_whole_and_what_it_quotes_stays_text(
    server: Aggregator, channel: GenericChannel
) -> None:
    sent = outgoing("sms", NUMBER, rendered=Rendered(text=TEXT))

    answer = await channel.send(sent)

    (taken,) = server.taken
    assert ("573001234567", sent.rendered.text, str(sent.message.id)) == (
        taken.to,
        taken.text,
        taken.ref,
    )
    assert ("mensajeria", "m-1", "200 queued") == (answer.provider, answer.reference, answer.code)


async def test_without_an_address_for_receipts_none_is_sent_and_none_is_promised(
    server: Aggregator, channel: GenericChannel
) -> None:
    await channel.send(outgoing("sms", NUMBER))

    assert server.taken[0].callback is None
    assert not channel.traits.confirms


async def test_receipts_are_asked_for_with_the_address_of_the_message(server: Aggregator) -> None:
    channel = channel_to(server.url(), callback=callback)
    sent = outgoing("sms", NUMBER)

    await channel.send(sent)
    await channel.aclose()

    assert callback(sent.message.id) == server.taken[0].callback
    assert channel.traits.confirms


async def test_a_file_without_receipts_confirms_nothing(tmp_path: Path) -> None:
    text = EXAMPLE.read_text("utf-8")
    (tmp_path / "x.toml").write_text(
        text[: text.index("[receipts]")] + text[text.index("[replies]") :], "utf-8"
    )
    channel = channel_to(f"http+http://u:p@127.0.0.1?spec={tmp_path / 'x.toml'}", callback=callback)

    assert not channel.traits.confirms


@pytest.mark.parametrize(
    ("status", "reason", "gone"),
    [("unknown_subscriber", "unknown_number", True), ("landline", "not_mobile", False)],
)
async def test_a_refusal_of_the_file_is_permanent(
    server: Aggregator, channel: GenericChannel, status: str, reason: str, gone: bool
) -> None:
    server.script.append(answering(200, {"messages": [{"id": "m-1", "status": status}]}))

    failure = await failure_of(channel)

    assert isinstance(failure, PermanentFailure)
    assert (reason, gone, f"200 {status}") == (failure.reason, failure.gone, failure.code)


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (answering(401, {"error": "x"}), "provider_auth"),
        (answering(402, {"error": "saldo insuficiente"}), "provider_account"),
        (answering(404, "<html>no</html>"), "http_404"),
        (answering(302, None, {"Location": "http://127.0.0.1:1/"}), "http_302"),
    ],
)
async def test_a_fault_of_ours_waits_until_it_is_repaired(
    server: Aggregator, channel: GenericChannel, behaviour: Behaviour, reason: str
) -> None:
    server.script.append(behaviour)

    failure = await failure_of(channel)

    assert isinstance(failure, TransientFailure)
    assert (reason, True, CONFIGURATION_WAIT) == (failure.reason, failure.ours, failure.retry_after)


@pytest.mark.parametrize(("status", "reason"), [(429, "rate_limited"), (503, "http_503"), (500, "http_500")])
async def test_a_busy_provider_says_when_to_come_again(
    server: Aggregator, channel: GenericChannel, status: int, reason: str
) -> None:
    server.script.append(answering(status, {}, {"Retry-After": "7"}))

    failure = await failure_of(channel)

    assert isinstance(failure, TransientFailure)
    assert (reason, False, timedelta(seconds=7)) == (failure.reason, failure.unknown, failure.retry_after)


@pytest.mark.parametrize(
    "behaviour",
    [
        answering(200, "<html>Bienvenido a la red</html>"),
        answering(200, {"messages": []}),
        answering(200, {"messages": [{"status": "queued"}]}),
        answering(200, {"messages": [{"status": "queued", "id": "María, Torre 1"}]}),
        answering(200, {"messages": [{"status": "otra", "id": "m-1"}]}),
    ],
    ids=["page", "empty", "no-reference", "a-sentence", "unknown-word"],
)
async def test_a_yes_that_is_not_the_files_yes_is_unknown(
    server: Aggregator, channel: GenericChannel, behaviour: Behaviour
) -> None:
    server.script.append(behaviour)

    failure = await failure_of(channel)

    assert isinstance(failure, TransientFailure)
    assert ("provider_answer", True, "200") == (failure.reason, failure.unknown, failure.code)


@pytest.mark.parametrize(("behaviour", "reason"), [(hang, "timeout"), (drop, "connection_lost")])
async def test_what_happened_after_the_request_was_sent_is_unknown(
    server: Aggregator, behaviour: Behaviour, reason: str
) -> None:
    channel = channel_to(server.url(), timeout=timedelta(milliseconds=300))
    server.script.append(behaviour)

    failure = await failure_of(channel)
    await channel.aclose()

    assert isinstance(failure, TransientFailure)
    assert (reason, True) == (failure.reason, failure.unknown)


async def test_a_yes_that_was_kept_back_leaves_the_same_reference_for_the_repeat() -> None:
    async with Aggregator(repeats=True) as server:
        channel = channel_to(server.url(), timeout=timedelta(milliseconds=300))
        sent = outgoing("sms", NUMBER)
        server.script.append(server.accept_then_hang)
        failure = await transient(channel, sent)
        await channel.send(sent)
        await channel.aclose()

    assert failure.unknown
    assert [str(sent.message.id)] * 2 == [taken.ref for taken in server.taken]


async def test_a_slow_provider_is_waited_for() -> None:
    async with Aggregator(delay=0.2) as server:
        channel = channel_to(server.url())
        await asyncio.gather(*(channel.send(outgoing("sms", NUMBER)) for _ in range(5)))
        await channel.aclose()

    assert 5 == len(server.taken)
    assert [] == server.violations


async def test_the_balance_is_asked_as_the_file_says(channel: GenericChannel) -> None:
    assert Balance(amount=Decimal("75000.50"), currency="COP") == await channel.balance()
    assert Decimal(50000) == channel.low_balance


@pytest.mark.parametrize(
    "behaviour", [answering(200, {}), answering(200, {"account": {"available": "NaN"}}), answering(500, "x")]
)
async def test_a_balance_that_is_none_is_a_failure(
    server: Aggregator, channel: GenericChannel, behaviour: Behaviour
) -> None:
    server.script.append(behaviour)

    with pytest.raises(TransientFailure, match="provider_answer"):
        await channel.balance()


async def test_a_file_without_a_balance_has_none(tmp_path: Path) -> None:
    text = EXAMPLE.read_text("utf-8")
    (tmp_path / "x.toml").write_text(text[: text.index("[balance]")], "utf-8")
    channel = channel_to(f"http+http://u:p@127.0.0.1?spec={tmp_path / 'x.toml'}")

    assert (None, None) == (await channel.balance(), channel.low_balance)
