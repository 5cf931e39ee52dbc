"""Outcome of an e-mail when the server says no, or nothing."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from hub.channels.email.channel import EmailChannel
from hub.errors import PermanentFailure, TransientFailure
from tests.integration.email_trials import BOTH, ENVELOPE, NAMES, channel_to, strict
from tests.providers import smtp_manners as manners
from tests.providers.samples import outgoing, permanent, transient
from tests.providers.smtp import SmtpServer
from tests.providers.smtp_conversation import Behaviour, Habits


@pytest.fixture
async def server() -> AsyncIterator[SmtpServer]:
    async with strict() as server:
        yield server


@pytest.fixture
async def channel(server: SmtpServer) -> AsyncIterator[EmailChannel]:
    async with channel_to(server) as channel:
        yield channel


@pytest.mark.parametrize("habits", BOTH, ids=NAMES)
@pytest.mark.parametrize("moment", ["MAIL", "RCPT", "DATA", "DOT"])
async def test_a_4xx_is_tried_again_and_then_accepted(habits: Habits, moment: str) -> None:
    async with strict(habits) as server, channel_to(server) as channel:
        server.on(moment, manners.first(1, manners.replying("451 4.7.1 Greylisted, come back")))
        message = outgoing()
        failure = await transient(channel, message)

        await channel.send(message)

    assert (failure.reason, failure.unknown) == ("smtp_451_4.7.1", False)
    assert failure.code == "451 4.7.1 Greylisted, come back"
    assert len(server.mails) == 1


@pytest.mark.parametrize(
    ("moment", "reply", "reason", "gone"),
    [
        ("RCPT", "550 5.1.1 User unknown", "smtp_550_5.1.1", True),
        ("RCPT", "550 5.1.2 No such domain", "smtp_550_5.1.2", True),
        ("RCPT", "553 5.1.3 Bad address", "smtp_553_5.1.3", True),
        ("RCPT", "551 5.1.6 Moved", "smtp_551_5.1.6", True),
        ("RCPT", "550 5.2.1 Disabled", "smtp_550_5.2.1", True),
        ("DOT", "550 5.1.1 User unknown", "smtp_550_5.1.1", True),
        ("RCPT", "552 5.2.2 Over quota", "smtp_552_5.2.2", False),
        ("RCPT", "550 5.7.1 Blocked", "smtp_550_5.7.1", False),
        ("RCPT", "550 No", "smtp_550", False),
        ("DOT", "554 5.7.26 Unauthenticated", "smtp_554_5.7.26", False),
        ("DATA", "554 5.5.1 No valid recipients", "smtp_554_5.5.1", False),
        # MAIL names our own address.
        ("MAIL", "550 5.1.1 Unknown sender", "smtp_550_5.1.1", False),
    ],
)
async def test_a_5xx_is_permanent_and_only_some_mean_that_the_address_is_gone(
    server: SmtpServer, channel: EmailChannel, moment: str, reply: str, reason: str, gone: bool
) -> None:
    server.on(moment, manners.replying(reply))

    failure = await permanent(channel, outgoing())

    assert (failure.reason, failure.gone) == (reason, gone)
    assert failure.code == reply


@pytest.mark.parametrize("habits", BOTH, ids=NAMES)
async def test_after_a_refused_recipient_the_same_connection_serves_the_next(habits: Habits) -> None:
    async with strict(habits) as server, channel_to(server) as channel:
        server.on("RCPT", manners.replying("550 5.1.1 Unknown", about="nadie@"))
        with pytest.raises(PermanentFailure):
            await channel.send(outgoing(address="nadie@example.co"))

        await channel.send(outgoing(address="alguien@example.co"))

    assert [mail.recipient for mail in server.mails] == ["alguien@example.co"]
    assert server.connections == 1


async def test_data_accepted_for_nobody_is_ended_with_a_lone_dot(
    server: SmtpServer, channel: EmailChannel
) -> None:
    server.on("RCPT", manners.replying("550 5.1.1 Unknown", about="nadie@"))
    server.on("DATA", manners.first(1, manners.accept_data_for_nobody))
    failure = await permanent(channel, outgoing(address="nadie@example.co"))

    await channel.send(outgoing(address="alguien@example.co"))

    assert failure.reason == "smtp_550_5.1.1"
    assert [mail.recipient for mail in server.mails] == ["alguien@example.co"]
    assert server.connections == 1
    assert server.notes.reads[2] == ("RSET", *ENVELOPE)


async def test_a_server_that_leaves_instead_of_reading_the_lone_dot_has_still_refused(
    server: SmtpServer, channel: EmailChannel
) -> None:
    server.on("RCPT", manners.replying("550 5.1.1 Unknown"))
    server.on("DATA", manners.accept_data_for_nobody)
    server.on("CONTENT", manners.drop)

    failure = await permanent(channel, outgoing())

    assert failure.reason == "smtp_550_5.1.1"


@pytest.mark.parametrize("habits", BOTH, ids=NAMES)
@pytest.mark.parametrize(
    ("moment", "behaviour", "unknown"),
    [
        ("MAIL", manners.drop, False),
        ("RCPT", manners.drop, False),
        ("DATA", manners.drop, False),
        ("CONTENT", manners.drop_after_part, True),
        ("DOT", manners.drop, True),
    ],
)
async def test_a_dropped_connection_leaves_the_outcome_open_only_once_content_was_sent(
    habits: Habits, moment: str, behaviour: Behaviour, unknown: bool
) -> None:
    async with strict(habits) as server, channel_to(server) as channel:
        server.on(moment, behaviour)
        failure = await transient(channel, outgoing())
        server.behave()

        await channel.send(outgoing())

    assert (failure.reason, failure.unknown) == ("connection_lost", unknown)
    assert len(server.mails) == 1


@pytest.mark.parametrize(
    ("moment", "reason", "unknown"),
    [
        ("CONNECT", "connect_timeout", False),
        ("EHLO", "connect_timeout", False),
        ("MAIL", "timeout", False),
        ("RCPT", "timeout", False),
        ("DATA", "timeout", False),
        ("CONTENT", "timeout", True),
        ("DOT", "timeout", True),
    ],
)
async def test_a_server_that_hangs_is_left_in_time(
    server: SmtpServer, moment: str, reason: str, unknown: bool
) -> None:
    async with channel_to(server, timeout=timedelta(milliseconds=150)) as channel:
        server.on(moment, manners.hang)
        with pytest.raises(TransientFailure) as caught:
            await asyncio.wait_for(channel.send(outgoing()), 2)
        server.behave()
    async with channel_to(server) as channel:
        await channel.send(outgoing())

    assert (caught.value.reason in {reason, "timeout"}, caught.value.unknown) == (True, unknown)


async def test_an_answer_that_is_not_smtp_is_a_protocol_failure(
    server: SmtpServer, channel: EmailChannel
) -> None:
    server.on("RCPT", manners.replying("HTTP/1.1 400 Bad Request"))

    failure = await transient(channel, outgoing())

    assert (failure.reason, failure.unknown) == ("protocol", False)


@pytest.mark.parametrize("moment", ["CONNECT", "MAIL", "RCPT"])
async def test_a_421_on_a_new_connection_is_transient(
    server: SmtpServer, channel: EmailChannel, moment: str
) -> None:
    server.on(moment, manners.leaving("421 4.3.2 Shutting down"))

    failure = await transient(channel, outgoing())

    assert failure.reason.startswith("smtp_421")
    assert failure.unknown is False


async def test_a_greeting_that_refuses_us_is_transient(server: SmtpServer, channel: EmailChannel) -> None:
    server.on("CONNECT", manners.leaving("554 5.7.1 Your address is on a list"))

    failure = await transient(channel, outgoing())

    assert failure.reason == "smtp_554"


async def test_a_server_that_is_away_is_transient(server: SmtpServer) -> None:
    async with channel_to(server) as channel:
        await server.stop()
        failure = await transient(channel, outgoing())
        await server.start()

    assert (failure.reason, failure.unknown) == ("connect_failed", False)


async def test_a_failure_never_repeats_the_address(server: SmtpServer, channel: EmailChannel) -> None:
    response = "550 5.1.1 <maria.perez@example.co>: user maria.perez unknown, ask postmaster@example.co"
    server.on("RCPT", manners.replying(response))

    failure = await permanent(channel, outgoing())

    assert failure.code == "550 5.1.1 <…>: user … unknown, ask …"


async def test_a_long_refusal_is_cut(server: SmtpServer, channel: EmailChannel) -> None:
    server.on("RCPT", manners.replying("550-5.7.1 " + "x" * 300 + "\r\n550 5.7.1 y"))

    failure = await permanent(channel, outgoing())

    assert failure.reason == "smtp_550_5.7.1"
    assert len(failure.code) == 200
