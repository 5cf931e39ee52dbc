"""The contract of every channel, with each provider."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from hub.channels.email.channel import EmailChannel
from hub.channels.push.fcm import FcmChannel
from hub.channels.push.oauth import read_service_account
from hub.channels.sms.generic import GenericChannel
from hub.channels.sms.spec import load_spec
from hub.channels.sms.twilio import TwilioChannel
from hub.channels.stored_channel import INBOX, LETTERS, MOST, StoredChannel
from hub.channels.urls import SmtpEndpoint, parse_generic, parse_twilio, parse_whatsapp
from hub.channels.whatsapp.channel import WhatsappChannel
from hub.errors import (
    PermanentFailure,
    SendFailure,
    StorageRefused,
    StorageUnavailable,
    TransientFailure,
)
from hub.model import Accepted, Outgoing, Rendered
from hub.ports import Channel
from tests.providers import smtp_manners, whatsapp
from tests.providers.aggregator import Aggregator
from tests.providers.fcm import FcmServer
from tests.providers.http import answering, hang
from tests.providers.samples import AT, SENDER, outgoing, simple_mail
from tests.providers.smtp import SmtpServer
from tests.providers.twilio import TwilioServer, refusal_body
from tests.providers.whatsapp import WhatsappServer

REFUSED = "The database refuses this."
SOON = timedelta(milliseconds=300)
RENDERED = Rendered(subject="Recibimos su petición", text="Su radicado es PQ-2026-000123.\n")


@dataclass(kw_only=True)
class Trial:
    """A channel with its provider; the coroutines make the provider misbehave."""

    channel: Channel
    address: str
    rendered: Rendered = RENDERED
    refuse: Callable[[], None]
    hang: Callable[[], None] | None
    leave: Callable[[], Awaitable[None]]

    def message(self) -> Outgoing:
        return outgoing(self.channel.traits.name, self.address, rendered=self.rendered)


@asynccontextmanager
async def email_trial(folder: Path) -> AsyncIterator[Trial]:
    del folder
    async with SmtpServer() as server:
        channel = EmailChannel(
            SmtpEndpoint(host="127.0.0.1", port=server.port),
            sender=SENDER,
            compose=simple_mail,
            timeout=SOON,
        )
        yield Trial(
            channel=channel,
            address="maria@example.co",
            refuse=lambda: server.on("RCPT", smtp_manners.replying("550 5.1.1 Unknown")),
            hang=lambda: server.on("RCPT", smtp_manners.hang),
            leave=server.stop,
        )
        await channel.aclose()
    assert server.violations == []


@asynccontextmanager
async def sms_trial(folder: Path) -> AsyncIterator[Trial]:
    del folder
    async with TwilioServer() as server:
        channel = TwilioChannel(parse_twilio(server.url, setting="HUB_SMS_URL"), timeout=SOON)
        refusal = answering(400, refusal_body(400, 21211, "Invalid"))
        yield Trial(
            channel=channel,
            address="+573001234567",
            refuse=lambda: server.script.append(refusal),
            hang=lambda: server.script.append(hang),
            leave=server.stop,
        )
        await channel.aclose()
    assert server.violations == []


@asynccontextmanager
async def whatsapp_trial(folder: Path) -> AsyncIterator[Trial]:
    del folder
    async with WhatsappServer(approved={"saludo": "Hola, {{nombre}}."}) as server:
        channel = WhatsappChannel(parse_whatsapp(server.url, setting="HUB_WHATSAPP_URL"), timeout=SOON)
        refusal = answering(400, whatsapp.refusal_body(131026, "Undeliverable"))
        yield Trial(
            channel=channel,
            address="+573001234567",
            rendered=Rendered(text="Hola, Rosa.", template="saludo", parameters=(("nombre", "Rosa"),)),
            refuse=lambda: server.script.append(refusal),
            hang=lambda: server.script.append(hang),
            leave=server.stop,
        )
        await channel.aclose()
    assert server.violations == []


@asynccontextmanager
async def described_trial(folder: Path) -> AsyncIterator[Trial]:
    del folder
    async with Aggregator() as server:
        endpoint = parse_generic(server.url(), setting="HUB_SMS_URL")
        spec = load_spec(endpoint.spec, setting="HUB_SMS_URL")
        channel = GenericChannel(endpoint, spec, timeout=SOON)
        refusal = answering(200, {"messages": [{"status": "unknown_subscriber"}]})
        yield Trial(
            channel=channel,
            address="+573001234567",
            refuse=lambda: server.script.append(refusal),
            hang=lambda: server.script.append(hang),
            leave=server.stop,
        )
        await channel.aclose()
    assert server.violations == []


@asynccontextmanager
async def push_trial(folder: Path) -> AsyncIterator[Trial]:
    async with FcmServer() as server:
        account = read_service_account(server.credentials(folder), setting="HUB_PUSH_URL")
        channel = FcmChannel(server.base, account, timeout=SOON, now=lambda: AT)
        yield Trial(
            channel=channel,
            address="device-token",
            refuse=lambda: server.script.append(answering(400, {"error": {"status": "INVALID_ARGUMENT"}})),
            hang=lambda: server.script.append(hang),
            leave=server.stop,
        )
        await channel.aclose()
    assert server.violations == []


@dataclass(kw_only=True)
class Shelf:
    """A store for the inbox, or for letters, that can fail."""

    kept: dict[str, Outgoing] = field(default_factory=dict)
    batches: list[int] = field(default_factory=list)
    failure: Exception | None = None

    async def keep(self, sent: Sequence[Outgoing]) -> None:
        self.batches.append(len(sent))
        if self.failure is not None:
            raise self.failure
        if any(outgoing.rendered.text == REFUSED for outgoing in sent):
            raise StorageRefused
        self.kept |= {str(outgoing.message.id): outgoing for outgoing in sent}

    def refuse(self) -> None:
        self.failure = StorageRefused()

    async def leave(self) -> None:
        self.failure = StorageUnavailable()


@asynccontextmanager
async def inbox_trial(folder: Path) -> AsyncIterator[Trial]:
    del folder
    shelf = Shelf()
    channel = StoredChannel(INBOX, shelf.keep)
    yield Trial(channel=channel, address="", refuse=shelf.refuse, hang=None, leave=shelf.leave)


@asynccontextmanager
async def print_trial(folder: Path) -> AsyncIterator[Trial]:
    del folder
    shelf = Shelf()
    channel = StoredChannel(LETTERS, shelf.keep)
    yield Trial(channel=channel, address="", refuse=shelf.refuse, hang=None, leave=shelf.leave)


TRIALS = {
    "email": email_trial,
    "sms": sms_trial,
    "described": described_trial,
    "whatsapp": whatsapp_trial,
    "push": push_trial,
    "inbox": inbox_trial,
    "print": print_trial,
}
WITH_PROVIDER = [name for name in TRIALS if name not in {"inbox", "print"}]


@pytest.fixture(params=TRIALS)
async def trial(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Trial]:
    async with TRIALS[request.param](tmp_path) as trial:
        yield trial


async def test_acceptance_names_provider_and_reference(trial: Trial) -> None:
    answer = await trial.channel.send(trial.message())

    assert answer.provider
    assert answer.reference


async def test_a_refusal_of_the_message_is_permanent(trial: Trial) -> None:
    trial.refuse()

    with pytest.raises(PermanentFailure) as caught:
        await trial.channel.send(trial.message())

    assert caught.value.provider
    assert caught.value.reason


async def test_unavailable_provider_is_a_transient_failure_never_unknown(trial: Trial) -> None:
    await trial.leave()

    with pytest.raises(TransientFailure) as caught:
        await trial.channel.send(trial.message())

    assert caught.value.unknown is False


@pytest.mark.parametrize("trial", WITH_PROVIDER, indirect=True)
async def test_hanging_provider_is_abandoned_in_time(trial: Trial) -> None:
    assert trial.hang is not None
    trial.hang()

    with pytest.raises(TransientFailure):
        await asyncio.wait_for(trial.channel.send(trial.message()), 3)


async def test_a_failure_never_holds_the_address(trial: Trial) -> None:
    trial.refuse()
    sent = trial.message()

    with pytest.raises(SendFailure) as caught:
        await trial.channel.send(sent)

    text = f"{caught.value} {caught.value.reason} {caught.value.code}"
    assert not sent.message.address or sent.message.address not in text


@pytest.mark.parametrize("trial", WITH_PROVIDER, indirect=True)
async def test_a_cancelled_send_is_cancelled_and_not_failed(trial: Trial) -> None:
    assert trial.hang is not None
    trial.hang()
    sending = asyncio.create_task(trial.channel.send(trial.message()))
    await asyncio.sleep(0.05)
    sending.cancel()

    with pytest.raises(asyncio.CancelledError):
        await sending


async def test_closing_twice_is_closing_once(trial: Trial) -> None:
    await trial.channel.send(trial.message())

    await trial.channel.aclose()
    await trial.channel.aclose()


async def test_stored_letter_is_sent() -> None:
    shelf = Shelf()
    sent = outgoing("print", "")

    answer = await StoredChannel(LETTERS, shelf.keep).send(sent)

    assert answer.reference == str(sent.message.id)
    assert not LETTERS.waits
    assert list(shelf.kept.values()) == [sent]


async def test_what_is_sent_at_once_is_stored_together() -> None:
    shelf = Shelf()
    channel = StoredChannel(INBOX, shelf.keep)
    sent = [outgoing("inbox", "") for _ in range(MOST + 3)]

    answers = await asyncio.gather(*(channel.send(one) for one in sent))

    assert [answer.reference for answer in answers] == [str(one.message.id) for one in sent]
    assert shelf.batches == [MOST, 3]
    assert list(shelf.kept.values()) == sent


async def test_a_refused_message_does_not_keep_the_others_from_being_stored() -> None:
    shelf = Shelf()
    channel = StoredChannel(INBOX, shelf.keep)
    sent = [outgoing("inbox", "") for _ in range(5)]
    sent[3] = outgoing("inbox", "", rendered=Rendered(subject="", text=REFUSED))

    answers = await asyncio.gather(*(channel.send(one) for one in sent), return_exceptions=True)

    assert [type(answer) for answer in answers] == [*[Accepted] * 3, PermanentFailure, Accepted]
    assert len(shelf.kept) == 4


async def test_the_inbox_keeps_a_message_once() -> None:
    shelf = Shelf()
    message = outgoing("inbox", "")
    channel = StoredChannel(INBOX, shelf.keep)

    answers = [await channel.send(message), await channel.send(message)]

    assert [answer.reference for answer in answers] == [str(message.message.id)] * 2
    assert list(shelf.kept.values()) == [message]
