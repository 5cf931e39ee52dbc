"""E-mail over real sockets, against a server that forgives nothing."""

from collections.abc import AsyncIterator

import pytest

from hub.access.keyring import KeyRing
from hub.channels.email.channel import EmailChannel
from hub.channels.email.mime import build_email
from hub.channels.email.verp import AddressKind, Mark, Verp
from hub.model import Accepted, Outgoing, Rendered, Sender
from hub.settings import Secret
from tests.integration.email_trials import ENVELOPE, LOCKSTEP, channel_to, strict
from tests.providers.samples import AT, SENDER, outgoing, permanent, simple_mail
from tests.providers.smtp import SmtpServer
from tests.providers.smtp_conversation import Habits


@pytest.fixture
async def server() -> AsyncIterator[SmtpServer]:
    async with strict() as server:
        yield server


@pytest.fixture
async def channel(server: SmtpServer) -> AsyncIterator[EmailChannel]:
    async with channel_to(server) as channel:
        yield channel


async def test_a_mail_arrives_as_it_was_composed(server: SmtpServer, channel: EmailChannel) -> None:
    sent = outgoing()

    answer = await channel.send(sent)

    assert answer == Accepted(
        provider="smtp", reference="1", code="250 2.0.0 Ok: queued as 1", content=simple_mail(sent)
    )
    (mail,) = server.mails
    assert (mail.sender, mail.recipient) == (SENDER, sent.message.address)
    assert mail.content == simple_mail(sent)


async def test_mail_rcpt_and_data_come_in_one_read_where_pipelining_is_offered(
    server: SmtpServer, channel: EmailChannel
) -> None:
    await channel.send(outgoing())
    await channel.send(outgoing())

    assert server.notes.reads == [("EHLO",), ENVELOPE, ENVELOPE]
    assert server.connections == 1


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


async def test_an_address_beyond_ascii_needs_a_server_that_takes_it(
    server: SmtpServer, channel: EmailChannel
) -> None:
    failure = await permanent(channel, outgoing(address="peña@example.co"))
    await channel.send(outgoing(address="pena@example.co"))

    assert failure.reason == "smtputf8_unsupported"
    assert [mail.recipient for mail in server.mails] == ["pena@example.co"]


async def test_smtputf8_is_asked_for_only_where_the_address_needs_it() -> None:
    async with strict(Habits(smtputf8=True)) as server, channel_to(server) as channel:
        await channel.send(outgoing(address="peña@example.co"))
        await channel.send(outgoing(address="pena@example.co"))

    assert [(mail.recipient, mail.utf8) for mail in server.mails] == [
        ("peña@example.co", True),
        ("pena@example.co", False),
    ]


@pytest.mark.parametrize("pipelining", [True, False])
async def test_reports_are_asked_for_where_the_server_offers_them(pipelining: bool) -> None:
    sent = outgoing(address="maria+baja@example.co")
    async with (
        strict(Habits(pipelining=pipelining, dsn=True)) as server,
        channel_to(server) as channel,
    ):
        await channel.send(sent)

    mail, rcpt = server.notes.commands[1:3]
    assert f"MAIL FROM:<{SENDER}> RET=HDRS ENVID={sent.message.id.hex}" == mail
    assert "RCPT TO:<maria+baja@example.co> NOTIFY=FAILURE,DELAY ORCPT=rfc822;maria+2Bbaja@example.co" == rcpt


async def test_reports_are_not_asked_for_where_nobody_offers_them(
    server: SmtpServer, channel: EmailChannel
) -> None:
    await channel.send(outgoing(address="maria+baja@example.co"))

    assert [f"MAIL FROM:<{SENDER}>", "RCPT TO:<maria+baja@example.co>"] == server.notes.commands[1:3]


async def test_with_a_domain_of_its_own_each_mail_says_whose_bounce_it_would_be() -> None:
    verp = Verp("respuestas.example.co", KeyRing([Secret("secret")]))
    sent = outgoing(address="peña@example.co")
    async with (
        strict(Habits(smtputf8=True, dsn=True)) as server,
        channel_to(server, sender=verp) as channel,
    ):
        await channel.send(sent)

    (mail,) = server.mails
    assert Mark(AddressKind.BOUNCE, sent.message.id) == verp.read(mail.sender)
    assert sent.message.id == verp.read_envelope_id(mail.envelope_id or "")


async def test_a_domain_beyond_ascii_goes_as_idna(server: SmtpServer, channel: EmailChannel) -> None:
    await channel.send(outgoing(address="maria@peñón.example"))

    assert [mail.recipient for mail in server.mails] == ["maria@xn--pen-8mak.example"]


async def test_the_size_is_declared_and_a_mail_beyond_the_limit_is_not_sent() -> None:
    async with strict(Habits(size_limit=2000)) as server, channel_to(server) as channel:
        await channel.send(outgoing(rendered=Rendered(subject="Corto", text=".a\n" * 100)))
        failure = await permanent(channel, outgoing(rendered=Rendered(subject="Largo", text="a\n" * 2000)))

    assert failure.reason == "too_large"
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
    failure = await permanent(channel, outgoing(address=address))

    assert (failure.reason, failure.gone) == ("bad_address", True)
    assert server.connections == 0


@pytest.mark.parametrize("name", ["María Pérez", 'Ana "la" Ñ', "\r\nBcc: evil@example.com", "x" * 500, ""])
@pytest.mark.parametrize("address", ["maria@example.co", "peña@conjunto-ñ.example"])
async def test_the_hub_s_own_mail_breaks_no_rule(name: str, address: str) -> None:
    sender = Sender(name="COPROSERVICIOS S.A.S.", address=SENDER)
    words = Rendered(subject="Recibimos su petición\nBcc: x", text=".\nñ" * 500, html="<p>.</p>\n" * 500)

    def compose(message: Outgoing) -> bytes:
        return build_email(message, sender=sender, domain="coproservicios.example", now=AT)

    async with (
        strict(Habits(smtputf8=True, size_limit=100_000)) as server,
        channel_to(server, compose=compose) as channel,
    ):
        await channel.send(outgoing(address=address, name=name, rendered=words))

    (mail,) = server.mails
    assert "Bcc" not in mail.message
    assert mail.utf8 is not address.isascii()
