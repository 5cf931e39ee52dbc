"""Opening, sharing and renewing the connections to a mail server."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import trustme

from hub.channels.email.channel import EmailChannel
from hub.channels.email.connection import Opener
from hub.channels.failures import CONFIGURATION_WAIT
from hub.channels.urls import SmtpEndpoint
from hub.errors import TransientFailure
from hub.model import Lane
from hub.tasks import cancel
from tests.integration.email_trials import ENVELOPE, channel_to, strict, until
from tests.providers import smtp_manners as manners
from tests.providers.samples import outgoing, transient
from tests.providers.smtp import SmtpServer
from tests.providers.smtp_conversation import Behaviour, Conversation, Habits


@pytest.fixture
async def server() -> AsyncIterator[SmtpServer]:
    async with strict() as server:
        yield server


@pytest.fixture
async def channel(server: SmtpServer) -> AsyncIterator[EmailChannel]:
    async with channel_to(server) as channel:
        yield channel


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def client_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


async def test_pipelining_is_used_over_starttls_too(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    async with (
        strict(Habits(starttls=server_tls)) as server,
        channel_to(server, tls_context=client_tls) as channel,
    ):
        await channel.send(outgoing())

    assert server.notes.reads[:4] == [("EHLO",), ("STARTTLS",), ("EHLO",), ENVELOPE]
    assert [mail.secure for mail in server.mails] == [True]


async def test_pipelining_is_used_over_implicit_tls_too(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    async with (
        strict(implicit_tls=server_tls) as server,
        channel_to(server, tls=True, tls_context=client_tls) as channel,
    ):
        await channel.send(outgoing())

    assert server.notes.reads[:2] == [("EHLO",), ENVELOPE]
    assert [mail.secure for mail in server.mails] == [True]


async def test_credentials_are_given_after_starttls(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    habits = Habits(starttls=server_tls, login=("hub", "sécret/1"))
    async with (
        strict(habits) as server,
        channel_to(server, tls_context=client_tls, user="hub", password="sécret/1") as channel,
    ):
        await channel.send(outgoing())

    verbs = [verb for group in server.notes.reads for verb in group]
    assert verbs.index("AUTH") > verbs.index("STARTTLS")
    assert len(server.mails) == 1


async def test_a_wrong_password_waits_for_a_repair() -> None:
    async with (
        strict(Habits(login=("hub", "right"))) as server,
        channel_to(server, user="hub", password="wrong") as channel,
    ):
        failure = await transient(channel, outgoing())

    assert failure.reason == "provider_auth"
    assert failure.retry_after == CONFIGURATION_WAIT
    assert failure.unknown is False
    assert "wrong" not in failure.code


async def test_missing_credentials_wait_for_whoever_gives_them() -> None:
    async with strict(Habits(login=("hub", "right"))) as server, channel_to(server) as channel:
        failure = await transient(channel, outgoing())

    assert (failure.reason, failure.retry_after) == ("provider_auth", CONFIGURATION_WAIT)


@pytest.mark.parametrize("implicit", [True, False])
async def test_a_certificate_that_nobody_vouches_for_is_refused(
    server_tls: ssl.SSLContext, implicit: bool
) -> None:
    options: dict[str, Any] = {"implicit_tls": server_tls} if implicit else {}
    habits = Habits() if implicit else Habits(starttls=server_tls)
    async with strict(habits, **options) as server, channel_to(server, tls=implicit) as channel:
        failure = await transient(channel, outgoing())

    assert (failure.reason, failure.retry_after) == ("provider_tls", CONFIGURATION_WAIT)
    assert server.mails == []


async def test_starttls_always_sends_nothing_in_the_clear(server: SmtpServer) -> None:
    async with channel_to(server, starttls="always") as channel:
        failure = await transient(channel, outgoing())

    assert failure.reason == "provider_offers"
    assert server.mails == []


async def test_an_idle_connection_that_was_dropped_is_replaced_without_a_failure(
    server: SmtpServer, channel: EmailChannel
) -> None:
    await channel.send(outgoing())
    server.hang_up()

    await channel.send(outgoing())

    assert len(server.mails) == 2
    assert server.connections == 2


@pytest.mark.parametrize("behaviour", [manners.drop, manners.leaving("421 4.4.2 Idle too long")])
async def test_a_connection_that_ends_as_it_is_used_again_is_replaced_without_a_failure(
    server: SmtpServer, channel: EmailChannel, behaviour: Behaviour
) -> None:
    await channel.send(outgoing())
    server.on("MAIL", manners.first(1, behaviour))

    await channel.send(outgoing())

    assert len(server.mails) == 2
    assert server.connections == 2


async def test_a_hundred_at_once_share_all_but_the_places_of_urgent_mail(
    server: SmtpServer, channel: EmailChannel
) -> None:
    messages = [outgoing(address=f"persona{number}@example.co") for number in range(100)]

    await asyncio.gather(*(channel.send(message) for message in messages))

    assert sorted(mail.recipient for mail in server.mails) == sorted(m.message.address for m in messages)
    assert server.connections == 6
    assert {mail.connection for mail in server.mails} == set(range(1, 7))


async def test_urgent_mail_never_waits_for_bulk_mail_that_hangs(server: SmtpServer) -> None:
    server.on("DOT", _hanging_for("vecino"))
    async with channel_to(server) as channel:
        bulk = [
            asyncio.create_task(channel.send(outgoing(address=f"vecino{number}@example.co", lane=lane)))
            for number in range(20)
            for lane in (Lane.BULK, Lane.NORMAL)
        ]
        await until(lambda: server.connections == 6)
        urgent = [outgoing(address=f"urgente{number}@example.co", lane=Lane.URGENT) for number in range(20)]
        async with asyncio.timeout(2):
            await asyncio.gather(*(channel.send(message) for message in urgent))
        await cancel(*bulk)

    assert [each.message.address for each in urgent] == [mail.recipient for mail in server.mails]
    assert 8 == server.connections


def _hanging_for(word: str) -> Behaviour:
    async def hang(conversation: Conversation, recipient: str) -> bool:
        return word in recipient and await manners.hang(conversation, recipient)

    return hang


async def test_whoever_waits_longest_for_a_connection_is_served_first(server: SmtpServer) -> None:
    async with channel_to(server, connections=1) as channel:
        messages = [outgoing(address=f"persona{number}@example.co") for number in range(20)]
        await asyncio.gather(*(channel.send(sent) for sent in messages))

    assert [mail.recipient for mail in server.mails] == [sent.message.address for sent in messages]


async def test_an_urgent_message_does_not_wait_behind_a_crowd(server: SmtpServer) -> None:
    async with channel_to(server, connections=1) as channel:
        crowd = [outgoing(address=f"persona{number}@example.co", lane=Lane.BULK) for number in range(20)]
        urgent = outgoing(address="urgente@example.co", lane=Lane.URGENT)
        await asyncio.gather(*(channel.send(message) for message in [*crowd, urgent]))

    # The first of the crowd had the connection already.
    first = [crowd[0].message.address, urgent.message.address]
    assert [mail.recipient for mail in server.mails[:2]] == first


async def test_waiting_for_a_connection_ends_in_time_and_is_no_try(server: SmtpServer) -> None:
    async with channel_to(server, connections=1, timeout=timedelta(milliseconds=100)) as channel:
        server.on("MAIL", manners.first(1, manners.hang))
        hanging = asyncio.create_task(channel.send(outgoing()))
        await until(lambda: server.connections == 1)
        failure = await transient(channel, outgoing())
        await asyncio.wait([hanging])

        await channel.send(outgoing())

    assert isinstance(hanging.exception(), TransientFailure)
    assert ("busy", False, True) == (failure.reason, failure.unknown, failure.untried)
    assert len(server.mails) == 1


async def test_whoever_gets_a_connection_too_late_to_read_the_answer_sends_nothing(
    server: SmtpServer,
) -> None:
    """With no time left the server's yes would be unknown, and the mail sent again."""
    server.on("MAIL", manners.first(1, manners.hang))
    async with channel_to(server, connections=1, timeout=timedelta(seconds=1)) as channel:
        hanging = asyncio.create_task(channel.send(outgoing()))
        await until(lambda: server.connections == 1)
        sending = asyncio.create_task(channel.send(outgoing()))
        await asyncio.sleep(0.7)  # more than half of its time: the wait itself is under test
        await cancel(hanging)
        with pytest.raises(TransientFailure) as caught:
            await sending

    assert ("busy", False, True) == (caught.value.reason, caught.value.unknown, caught.value.untried)
    assert server.mails == []


async def test_a_connection_is_renewed_after_its_share_of_messages(server: SmtpServer) -> None:
    async with channel_to(server, connections=1, per_connection=2) as channel:
        for _ in range(5):
            await channel.send(outgoing())

    assert [mail.connection for mail in server.mails] == [1, 1, 2, 2, 3]
    assert server.notes.commands.count("QUIT") == 3


async def test_an_idle_connection_says_goodbye(server: SmtpServer) -> None:
    async with channel_to(server, idle_for=timedelta(milliseconds=30)) as channel:
        await channel.send(outgoing())
        await until(lambda: not server.talking)

        await channel.send(outgoing())

    assert server.notes.commands.count("QUIT") == 2
    assert server.connections == 2


async def test_a_cancelled_send_does_not_spoil_the_next(server: SmtpServer) -> None:
    server.on("DOT", manners.first(1, manners.hang))
    async with channel_to(server, connections=1) as channel:
        sending = asyncio.create_task(channel.send(outgoing()))
        await until(lambda: ENVELOPE in server.notes.reads)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending

        await channel.send(outgoing(address="siguiente@example.co"))

    assert [mail.recipient for mail in server.mails] == ["siguiente@example.co"]


async def test_cancelling_those_who_wait_loses_no_connection(server: SmtpServer) -> None:
    async with channel_to(server, connections=2) as channel:
        sending = [asyncio.create_task(channel.send(outgoing())) for _ in range(40)]
        await until(lambda: len(server.mails) > 3)
        for task in sending[::2]:
            task.cancel()
        await asyncio.gather(*sending, return_exceptions=True)

        await asyncio.gather(*(channel.send(outgoing()) for _ in range(10)))

    assert len(server.mails) >= 30


async def test_verify_returns_what_the_server_offers(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    async with strict(Habits(starttls=server_tls, size_limit=10_000)) as server:
        found = await opener_to(server, tls_context=client_tls).verify()

    assert found == {"tls": True, "pipelining": True, "size": 10_000}
    assert server.notes.commands[-2:] == ["NOOP", "QUIT"]


async def test_verify_fails_where_nobody_listens(server: SmtpServer) -> None:
    opener = opener_to(server)
    await server.stop()

    with pytest.raises(TransientFailure) as caught:
        await opener.verify()

    assert caught.value.reason == "connect_failed"


def opener_to(server: SmtpServer, tls_context: ssl.SSLContext | None = None) -> Opener:
    endpoint, second = SmtpEndpoint(host="127.0.0.1", port=server.port), timedelta(seconds=1)
    return Opener(endpoint, connect=second, command=second, tls_context=tls_context)
