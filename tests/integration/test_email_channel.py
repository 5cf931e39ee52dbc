"""E-mail over real sockets, against a server that forgives nothing."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import trustme

from hub.channels.email.channel import EmailChannel
from hub.channels.failures import CONFIGURATION_WAIT
from hub.channels.urls import SmtpEndpoint
from hub.errors import PermanentFailure, TransientFailure
from hub.model import Accepted, Outgoing, Rendered
from tests.providers import smtp_manners as manners
from tests.providers.samples import SENDER, outgoing, simple_mail
from tests.providers.smtp import SmtpServer
from tests.providers.smtp_conversation import Behaviour, Habits

ENVELOPE = ("MAIL", "RCPT", "DATA")
LOCKSTEP = Habits(pipelining=False)

Mails = Callable[..., EmailChannel]


@pytest.fixture
async def server() -> AsyncIterator[SmtpServer]:
    async with strict() as server:
        yield server


@asynccontextmanager
async def strict(habits: Habits | None = None, **options: Any) -> AsyncIterator[SmtpServer]:
    async with SmtpServer(habits, **options) as server:
        yield server
    assert server.violations == []


@asynccontextmanager
async def channel_to(server: SmtpServer, **options: Any) -> AsyncIterator[EmailChannel]:
    endpoint = {
        name: options.pop(name) for name in ("user", "password", "starttls", "tls") if name in options
    }
    defaults: dict[str, Any] = {"timeout": timedelta(seconds=5), "compose": simple_mail, "sender": SENDER}
    channel = EmailChannel(
        SmtpEndpoint(host="127.0.0.1", port=server.port, **endpoint), **{**defaults, **options}
    )
    try:
        yield channel
    finally:
        await channel.aclose()


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


async def test_a_mail_arrives_as_it_was_composed(server: SmtpServer, channel: EmailChannel) -> None:
    message = outgoing()

    answer = await channel.send(message)

    assert answer == Accepted(provider="smtp", reference="1", code="250 2.0.0 Ok: queued as 1")
    (mail,) = server.mails
    assert (mail.sender, mail.recipient) == (SENDER, message.address)
    assert mail.content == simple_mail(message)


async def test_mail_rcpt_and_data_come_in_one_read_where_pipelining_is_offered(
    server: SmtpServer, channel: EmailChannel
) -> None:
    await channel.send(outgoing())
    await channel.send(outgoing())

    assert server.notes.reads == [("EHLO",), ENVELOPE, ENVELOPE]
    assert server.connections == 1


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


async def test_without_pipelining_each_command_waits_for_its_reply() -> None:
    async with strict(LOCKSTEP) as server, channel_to(server) as channel:
        await channel.send(outgoing())
        await channel.send(outgoing())

    assert server.notes.reads[:7] == [("EHLO",), *[(verb,) for verb in ENVELOPE * 2]]
    assert len(server.mails) == 2


async def test_a_server_that_knows_only_helo_is_served() -> None:
    async with strict(Habits(esmtp=False, pipelining=False)) as server, channel_to(server) as channel:
        await channel.send(outgoing())

    assert len(server.mails) == 1


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


async def test_a_wrong_password_waits_for_whoever_mends_it() -> None:
    async with (
        strict(Habits(login=("hub", "right"))) as server,
        channel_to(server, user="hub", password="wrong") as channel,
    ):
        with pytest.raises(TransientFailure) as caught:
            await channel.send(outgoing())

    assert caught.value.reason == "provider_auth"
    assert caught.value.retry_after == CONFIGURATION_WAIT
    assert caught.value.unknown is False
    assert "wrong" not in caught.value.code


async def test_missing_credentials_wait_for_whoever_gives_them() -> None:
    async with strict(Habits(login=("hub", "right"))) as server, channel_to(server) as channel:
        with pytest.raises(TransientFailure) as caught:
            await channel.send(outgoing())

    assert (caught.value.reason, caught.value.retry_after) == ("provider_auth", CONFIGURATION_WAIT)


@pytest.mark.parametrize("implicit", [True, False])
async def test_a_certificate_that_nobody_vouches_for_is_refused(
    server_tls: ssl.SSLContext, implicit: bool
) -> None:
    options: dict[str, Any] = {"implicit_tls": server_tls} if implicit else {}
    habits = Habits() if implicit else Habits(starttls=server_tls)
    async with strict(habits, **options) as server, channel_to(server, tls=implicit) as channel:
        with pytest.raises(TransientFailure) as caught:
            await channel.send(outgoing())

    assert (caught.value.reason, caught.value.retry_after) == ("provider_tls", CONFIGURATION_WAIT)
    assert server.mails == []


async def test_starttls_always_sends_nothing_in_the_clear(server: SmtpServer) -> None:
    async with channel_to(server, starttls="always") as channel:
        with pytest.raises(TransientFailure) as caught:
            await channel.send(outgoing())

    assert caught.value.reason == "provider_offers"
    assert server.mails == []


@pytest.mark.parametrize("habits", [Habits(), LOCKSTEP], ids=["pipelined", "lockstep"])
@pytest.mark.parametrize("moment", ["MAIL", "RCPT", "DATA", "DOT"])
async def test_a_4xx_is_tried_again_and_then_accepted(habits: Habits, moment: str) -> None:
    async with strict(habits) as server, channel_to(server) as channel:
        server.on(moment, manners.first(1, manners.replying("451 4.7.1 Greylisted, come back")))
        message = outgoing()
        with pytest.raises(TransientFailure) as caught:
            await channel.send(message)

        await channel.send(message)

    assert (caught.value.reason, caught.value.unknown) == ("smtp_451_4.7.1", False)
    assert caught.value.code == "451 4.7.1 Greylisted, come back"
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
        # It is our own address that MAIL speaks of.
        ("MAIL", "550 5.1.1 Unknown sender", "smtp_550_5.1.1", False),
    ],
)
async def test_a_5xx_is_permanent_and_only_some_mean_that_the_address_is_gone(
    server: SmtpServer, channel: EmailChannel, moment: str, reply: str, reason: str, gone: bool
) -> None:
    server.on(moment, manners.replying(reply))

    with pytest.raises(PermanentFailure) as caught:
        await channel.send(outgoing())

    assert (caught.value.reason, caught.value.gone) == (reason, gone)
    assert caught.value.code == reply


@pytest.mark.parametrize("habits", [Habits(), LOCKSTEP], ids=["pipelined", "lockstep"])
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
    with pytest.raises(PermanentFailure) as caught:
        await channel.send(outgoing(address="nadie@example.co"))

    await channel.send(outgoing(address="alguien@example.co"))

    assert caught.value.reason == "smtp_550_5.1.1"
    assert [mail.recipient for mail in server.mails] == ["alguien@example.co"]
    assert server.connections == 1
    assert server.notes.reads[2] == ("RSET", *ENVELOPE)


async def test_a_server_that_leaves_instead_of_hearing_the_lone_dot_has_still_refused(
    server: SmtpServer, channel: EmailChannel
) -> None:
    server.on("RCPT", manners.replying("550 5.1.1 Unknown"))
    server.on("DATA", manners.accept_data_for_nobody)
    server.on("CONTENT", manners.drop)

    with pytest.raises(PermanentFailure) as caught:
        await channel.send(outgoing())

    assert caught.value.reason == "smtp_550_5.1.1"


@pytest.mark.parametrize("habits", [Habits(), LOCKSTEP], ids=["pipelined", "lockstep"])
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
        with pytest.raises(TransientFailure) as caught:
            await channel.send(outgoing())
        server.behave()

        await channel.send(outgoing())

    assert (caught.value.reason, caught.value.unknown) == ("connection_lost", unknown)
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

    with pytest.raises(TransientFailure) as caught:
        await channel.send(outgoing())

    assert (caught.value.reason, caught.value.unknown) == ("protocol", False)


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


@pytest.mark.parametrize("moment", ["CONNECT", "MAIL", "RCPT"])
async def test_a_421_on_a_new_connection_is_transient(
    server: SmtpServer, channel: EmailChannel, moment: str
) -> None:
    server.on(moment, manners.leaving("421 4.3.2 Shutting down"))

    with pytest.raises(TransientFailure) as caught:
        await channel.send(outgoing())

    assert caught.value.reason.startswith("smtp_421")
    assert caught.value.unknown is False


async def test_a_greeting_that_refuses_us_is_transient(server: SmtpServer, channel: EmailChannel) -> None:
    server.on("CONNECT", manners.leaving("554 5.7.1 Your address is on a list"))

    with pytest.raises(TransientFailure) as caught:
        await channel.send(outgoing())

    assert caught.value.reason == "smtp_554"


async def test_a_server_that_is_away_is_transient(server: SmtpServer) -> None:
    async with channel_to(server) as channel:
        await server.stop()
        with pytest.raises(TransientFailure) as caught:
            await channel.send(outgoing())
        await server.start()

    assert (caught.value.reason, caught.value.unknown) == ("connect_failed", False)


@pytest.mark.parametrize(
    "body",
    [
        ".\r\n",
        "..\r\n",
        ".dot\r\n\r\n.\r\n..two\r\nnone\r\n.",
        "x\r\n.\r\nMAIL FROM:<evil@example.com>\r\n",
        "no line end",
    ],
)
async def test_lines_that_begin_with_a_dot_arrive_whole(server: SmtpServer, body: str) -> None:
    def compose(message: Outgoing) -> bytes:
        return simple_mail(message).split(b"\r\n\r\n")[0] + b"\r\n\r\n" + body.encode()

    async with channel_to(server, compose=compose) as channel:
        await channel.send(outgoing())

    (mail,) = server.mails
    assert mail.content.split(b"\r\n\r\n", 1)[1] == body.encode().removesuffix(b"\r\n") + b"\r\n"


async def test_bare_line_ends_cannot_smuggle_a_second_mail(server: SmtpServer) -> None:
    def compose(message: Outgoing) -> bytes:
        return simple_mail(message) + b"a\n.\nMAIL FROM:<evil@example.com>\r.\rb\n"

    async with channel_to(server, compose=compose) as channel:
        await channel.send(outgoing())

    (mail,) = server.mails
    assert mail.content.endswith(b"a\r\n.\r\nMAIL FROM:<evil@example.com>\r\n.\r\nb\r\n")


async def test_a_hundred_at_once_share_eight_connections(server: SmtpServer, channel: EmailChannel) -> None:
    messages = [outgoing(address=f"persona{number}@example.co") for number in range(100)]

    await asyncio.gather(*(channel.send(message) for message in messages))

    assert sorted(mail.recipient for mail in server.mails) == sorted(m.address for m in messages)
    assert server.connections == 8
    assert {mail.connection for mail in server.mails} == set(range(1, 9))


async def test_whoever_waits_longest_for_a_connection_is_served_first(server: SmtpServer) -> None:
    async with channel_to(server, connections=1) as channel:
        messages = [outgoing(address=f"persona{number}@example.co") for number in range(20)]
        await asyncio.gather(*(channel.send(message) for message in messages))

    assert [mail.recipient for mail in server.mails] == [message.address for message in messages]


async def test_waiting_for_a_connection_ends_in_time_and_is_no_unknown_outcome(server: SmtpServer) -> None:
    async with channel_to(server, connections=1, timeout=timedelta(milliseconds=100)) as channel:
        lent = await channel._pool.acquire(asyncio.get_running_loop().time() + 5)
        with pytest.raises(TransientFailure) as caught:
            await channel.send(outgoing())
        channel._pool.release(lent)

        await channel.send(outgoing())

    assert (caught.value.reason, caught.value.unknown) == ("timeout", False)
    assert len(server.mails) == 1


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


async def test_an_address_beyond_ascii_needs_a_server_that_takes_it(
    server: SmtpServer, channel: EmailChannel
) -> None:
    with pytest.raises(PermanentFailure) as caught:
        await channel.send(outgoing(address="peña@example.co"))
    await channel.send(outgoing(address="pena@example.co"))

    assert caught.value.reason == "smtputf8_unsupported"
    assert [mail.recipient for mail in server.mails] == ["pena@example.co"]


async def test_smtputf8_is_asked_for_only_where_the_address_needs_it() -> None:
    async with strict(Habits(smtputf8=True)) as server, channel_to(server) as channel:
        await channel.send(outgoing(address="peña@example.co"))
        await channel.send(outgoing(address="pena@example.co"))

    assert [(mail.recipient, mail.utf8) for mail in server.mails] == [
        ("peña@example.co", True),
        ("pena@example.co", False),
    ]


async def test_a_domain_beyond_ascii_goes_as_idna(server: SmtpServer, channel: EmailChannel) -> None:
    await channel.send(outgoing(address="maria@peñón.example"))

    assert [mail.recipient for mail in server.mails] == ["maria@xn--pen-8mak.example"]


async def test_the_size_is_declared_and_a_mail_beyond_the_limit_is_not_sent() -> None:
    async with strict(Habits(size_limit=2000)) as server, channel_to(server) as channel:
        await channel.send(outgoing(rendered=Rendered(subject="Corto", text=".a\n" * 100)))
        with pytest.raises(PermanentFailure) as caught:
            await channel.send(outgoing(rendered=Rendered(subject="Largo", text="a\n" * 2000)))

    assert caught.value.reason == "too_large"
    assert len(server.mails) == 1
    assert f" SIZE={len(server.mails[0].content)}" in server.notes.commands[1]


@pytest.mark.parametrize(
    "address",
    [
        "a@example.co>\r\nRCPT TO:<evil@example.com",
        "a b@example.co",
        "a@example.co\n",
        "<a@example.co>",
        "a@",
        "@example.co",
        "nobody",
        "",
        "\0@example.co",
    ],
)
async def test_an_address_that_would_end_its_command_is_never_sent(
    server: SmtpServer, channel: EmailChannel, address: str
) -> None:
    with pytest.raises(PermanentFailure) as caught:
        await channel.send(outgoing(address=address))

    assert (caught.value.reason, caught.value.gone) == ("bad_address", True)
    assert server.connections == 0


async def test_a_failure_never_repeats_the_address(server: SmtpServer, channel: EmailChannel) -> None:
    said = "550 5.1.1 <maria.perez@example.co>: user maria.perez unknown, ask postmaster@example.co"
    server.on("RCPT", manners.replying(said))

    with pytest.raises(PermanentFailure) as caught:
        await channel.send(outgoing())

    assert caught.value.code == "550 5.1.1 <…>: user … unknown, ask …"


async def test_a_long_refusal_is_cut(server: SmtpServer, channel: EmailChannel) -> None:
    server.on("RCPT", manners.replying("550-5.7.1 " + "x" * 300 + "\r\n550 5.7.1 y"))

    with pytest.raises(PermanentFailure) as caught:
        await channel.send(outgoing())

    assert caught.value.reason == "smtp_550_5.7.1"
    assert len(caught.value.code) == 200


async def test_verify_tells_what_the_server_offers(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    async with (
        strict(Habits(starttls=server_tls, size_limit=10_000)) as server,
        channel_to(server, tls_context=client_tls) as channel,
    ):
        found = await channel.verify()

    assert found == {"tls": True, "pipelining": True, "size": 10_000}
    assert server.notes.commands[-2:] == ["NOOP", "QUIT"]


async def test_verify_fails_where_nobody_listens(server: SmtpServer, channel: EmailChannel) -> None:
    await server.stop()
    with pytest.raises(TransientFailure) as caught:
        await channel.verify()
    await server.start()

    assert caught.value.reason == "connect_failed"


async def until(condition: Callable[[], bool]) -> None:
    """Wait up to five seconds."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in a server
            await asyncio.sleep(0.005)
