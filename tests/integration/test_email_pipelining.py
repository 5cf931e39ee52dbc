"""Under load the envelope of the next mail goes out with the content of the one before (RFC 2920, 3.1)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest

from hub.channels.email.channel import EmailChannel
from hub.errors import PermanentFailure, TransientFailure
from hub.model import Accepted, Lane, Outgoing
from hub.tasks import cancel
from tests.integration.email_trials import LOCKSTEP, channel_to, strict, until
from tests.providers import smtp_manners as manners
from tests.providers.samples import outgoing
from tests.providers.smtp import SmtpServer
from tests.providers.smtp_conversation import Behaviour, Conversation

Result = Accepted | BaseException


@pytest.fixture
async def server() -> AsyncIterator[SmtpServer]:
    async with strict() as server:
        yield server


def crowd(number: int, lane: Lane = Lane.NORMAL) -> list[Outgoing]:
    return [outgoing(address=f"persona{count}@example.co", lane=lane) for count in range(number)]


async def send(channel: EmailChannel, mails: Sequence[Outgoing]) -> list[Result]:
    return await asyncio.gather(*(channel.send(mail) for mail in mails), return_exceptions=True)


def recipients(server: SmtpServer) -> list[str]:
    return [mail.recipient for mail in server.mails]


def failures(results: Sequence[Result]) -> list[str]:
    return [result.reason for result in results if isinstance(result, TransientFailure | PermanentFailure)]


async def waiting_envelopes(server: SmtpServer, mails: Sequence[Outgoing], **options: object) -> list[bytes]:
    """Return what had come behind each content when it was complete."""
    behind: list[bytes] = []

    async def note(conversation: Conversation, _line: str) -> bool:
        behind.append(conversation.wire.unread)
        return False

    server.on("DOT", note)
    async with channel_to(server, connections=1, **options) as channel:
        assert failures(await send(channel, mails)) == []
    return behind


async def test_a_content_comes_with_the_next_envelope(server: SmtpServer) -> None:
    *before, last = await waiting_envelopes(server, crowd(5))

    assert [envelope.count(b"\r\n") for envelope in before] == [3] * 4
    assert all(envelope.startswith(b"MAIL") and envelope.endswith(b"DATA\r\n") for envelope in before)
    assert last == b""
    assert recipients(server) == [mail.message.address for mail in crowd(5)]


async def test_a_server_without_pipelining_gets_nothing_behind_a_content() -> None:
    async with strict(LOCKSTEP) as server:
        assert await waiting_envelopes(server, crowd(3)) == [b""] * 3


async def test_a_connection_takes_no_more_than_its_share(server: SmtpServer) -> None:
    behind = await waiting_envelopes(server, crowd(4), per_connection=2)

    assert [bool(envelope) for envelope in behind] == [True, False, True, False]
    assert [mail.connection for mail in server.mails] == [1, 1, 2, 2]


async def test_an_urgent_mail_is_not_passed_by_the_next_of_another_lane(server: SmtpServer) -> None:
    urgent = outgoing(address="urgente@example.co", lane=Lane.URGENT)

    await waiting_envelopes(server, [*crowd(4, lane=Lane.BULK), urgent])

    assert recipients(server)[1] == urgent.message.address


@pytest.mark.parametrize("reply", ["554 5.7.1 Spam", "451 4.3.0 Try again later"])
async def test_a_refused_content_does_not_harm_the_next_mail(server: SmtpServer, reply: str) -> None:
    server.on("DOT", manners.replying(reply, about="persona0@"))

    async with channel_to(server, connections=1) as channel:
        results = await send(channel, crowd(3))

    assert len(failures(results)) == 1
    assert recipients(server) == ["persona1@example.co", "persona2@example.co"]
    assert "RSET" not in server.notes.commands


@pytest.mark.parametrize("behaviour", [manners.drop, manners.leaving("421 4.3.2 Closing")])
async def test_a_connection_lost_with_a_content_leaves_only_that_mail_unknown(
    server: SmtpServer, behaviour: Behaviour
) -> None:
    server.on("DOT", manners.first(1, behaviour))

    async with channel_to(server, connections=1) as channel:
        results = await send(channel, crowd(3))

    assert isinstance(results[0], TransientFailure)
    assert sorted(recipients(server)) == ["persona1@example.co", "persona2@example.co"]


async def test_a_server_that_closes_after_each_mail_is_served(server: SmtpServer) -> None:
    async def accept_and_leave(conversation: Conversation, _line: str) -> bool:
        conversation.keep()
        conversation.wire.reply("250 2.0.0 Ok")
        await conversation.wire.finish()
        return True

    server.on("DOT", accept_and_leave)
    async with channel_to(server, connections=1) as channel:
        results = await send(channel, crowd(6))

    assert failures(results) == []
    assert sorted(recipients(server)) == [mail.message.address for mail in crowd(6)]


async def test_a_mail_given_up_behind_a_content_does_not_harm_that_mail(server: SmtpServer) -> None:
    go_on = asyncio.Event()

    async def wait(_: Conversation, _line: str) -> bool:
        await go_on.wait()
        return False

    server.on("DOT", manners.first(1, wait))
    async with channel_to(server, connections=1) as channel:
        first = asyncio.create_task(channel.send(outgoing(address="primera@example.co")))
        second = asyncio.create_task(channel.send(outgoing(address="segunda@example.co")))
        await until(lambda: len(server.notes.reads) > 1)
        await asyncio.sleep(0.1)  # until the content has come
        await cancel(second)
        go_on.set()
        assert isinstance(await first, Accepted)
        await channel.send(outgoing(address="tercera@example.co"))

    assert recipients(server) == ["primera@example.co", "tercera@example.co"]
    assert server.connections == 2


async def test_a_mail_behind_a_content_that_hangs_was_certainly_not_sent(server: SmtpServer) -> None:
    server.on("DOT", manners.first(1, manners.hang))

    async with channel_to(server, connections=1, timeout=timedelta(seconds=1)) as channel:
        first, second = await send(channel, crowd(2))

    assert isinstance(first, TransientFailure)
    assert isinstance(second, TransientFailure)
    assert (first.unknown, second.unknown, second.untried) == (True, False, True)
    assert recipients(server) == []


async def test_a_mail_whose_turn_comes_too_late_for_an_answer_is_not_sent(server: SmtpServer) -> None:
    """With little time left the server's yes would come after its end, and the mail would be sent again."""
    server.on("DOT", manners.accepting_late(0.8))

    async with channel_to(server, connections=1, timeout=timedelta(seconds=1)) as channel:
        results = await send(channel, crowd(2))

    assert isinstance(results[0], Accepted)
    assert isinstance(results[1], TransientFailure)
    assert ("busy", False, True) == (results[1].reason, results[1].unknown, results[1].untried)
    assert recipients(server) == ["persona0@example.co"]
