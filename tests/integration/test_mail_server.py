"""Mail that comes in over real sockets, by SMTP and by LMTP."""

import asyncio
import smtplib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

import pytest

from hub.errors import StorageRefused, StorageUnavailable
from hub.inbound.mail.parsing import MOST_PARTS
from hub.inbound.mail.server import MOST_RECIPIENTS, OK, SIZE_LIMIT, UNREADABLE, MailHandlers, listening
from hub.model import BounceReport, Complaint, Reply
from hub.settings import Address
from tests.unit.letters import BOUNCES, DOMAIN, ID, OTHER, REPLIES, VERP, answer, complaint, dsn, group

FAILED: Final = dsn(group("failed", "5.1.1", "smtp; 550 5.1.1 no such user"))
POSTMASTER: Final = f"postmaster@{DOMAIN}"


@dataclass
class Office:
    """A server, with its reports so far."""

    port: int = 0
    bounces: list[BounceReport] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    failure: Exception | None = None
    signed: list[str] = field(default_factory=list)
    """The addresses whose signature was looked for; the first mail of each is signed."""

    async def bounce(self, report: BounceReport) -> str:
        self._stumble()
        self.bounces.append(report)
        return "bounce"

    async def complaint(self, complaint: Complaint) -> str:
        self._stumble()
        self.complaints.append(complaint)
        return "complaint"

    async def is_signed(self, content: bytes, address: str) -> bool:
        assert content
        self.signed.append(address)
        return len(self.signed) == 1

    async def reply(self, reply: Reply) -> None:
        self._stumble()
        self.replies.append(reply)

    def _stumble(self) -> None:
        if self.failure is not None:
            raise self.failure

    async def brought(
        self, mail: str, *to: str, sender: str = "", by: type[smtplib.SMTP] = smtplib.SMTP
    ) -> tuple[int, bytes]:
        """Bring a mail as a mail server does; answer the reply that decided."""
        return await asyncio.to_thread(bring, by, self.port, mail, to, sender)


def bring(
    by: type[smtplib.SMTP], port: int, mail: str, to: tuple[str, ...], sender: str
) -> tuple[int, bytes]:
    with by("127.0.0.1", port, timeout=10) as client:
        client.ehlo()
        client.mail(sender)
        replies = [client.rcpt(recipient) for recipient in to]
        refused = [reply for reply in replies if reply[0] != 250]
        return refused[0] if refused else client.data(mail.replace("\n", "\r\n").encode())


@asynccontextmanager
async def open_office() -> AsyncIterator[Office]:
    office = Office()
    handlers = MailHandlers(
        bounce=office.bounce, complaint=office.complaint, reply=office.reply, is_signed=office.is_signed
    )
    async with listening(
        Address("127.0.0.1", 0), verp=VERP, handlers=handlers, now=lambda: datetime.now(UTC)
    ) as server:
        office.port = server.sockets[0].getsockname()[1]
        yield office


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with open_office() as opened:
        yield opened


BOTH: Final = pytest.mark.parametrize("by", [smtplib.SMTP, smtplib.LMTP])


@BOTH
async def test_a_report_a_complaint_and_a_reply_each_notify_whom_it_concerns(
    office: Office, by: type[smtplib.SMTP]
) -> None:
    answers = [
        await office.brought(FAILED, BOUNCES, by=by),
        await office.brought(complaint(), BOUNCES, sender="feedback@mailbox.example", by=by),
        await office.brought(answer("Sí."), REPLIES, sender="maria@example.co", by=by),
    ]

    assert [(250, b"2.0.0 Taken")] * 3 == answers
    assert [(ID, "5.1.1")] == [(report.message_id, report.losses[0].status) for report in office.bounces]
    assert [ID] == [each.message_id for each in office.complaints]
    assert [("Sí.", "maria@example.co", False)] == [(r.text, r.address, r.automatic) for r in office.replies]


async def test_only_words_that_change_something_are_looked_at_for_a_signature(office: Office) -> None:
    for words in ("Hola", "INICIAR", "BAJA, señor: ¿me retiran?"):
        await office.brought(answer(words), REPLIES, sender="maria@example.co")

    assert ["maria@example.co"] * 2 == office.signed
    assert [False, True, False] == [reply.authentic for reply in office.replies]


@pytest.mark.parametrize(
    "address",
    [
        f"b+{ID.hex}.{'0' * 20}@{DOMAIN}",
        BOUNCES.replace(ID.hex, OTHER.hex),
        BOUNCES.replace("b+", "r+"),
        BOUNCES.replace(DOMAIN, "elsewhere.example"),
        f"alguien@{DOMAIN}",
        "postmaster@elsewhere.example",
        "maria@example.co",
    ],
)
async def test_an_address_that_was_not_made_here_is_refused_and_moves_nothing(
    office: Office, address: str
) -> None:
    assert (550, b"5.1.1 There is no such address") == await office.brought(FAILED, address)
    assert [] == office.bounces


async def test_a_strangers_report_to_the_postmaster_moves_nothing(office: Office) -> None:
    forged = dsn(group("failed", "5.1.1"), envelope_id=ID.hex, returned=f"Message-ID: <{ID}@x.example>")

    assert 250 == (await office.brought(forged, POSTMASTER))[0]
    assert [] == office.bounces


async def test_a_person_who_writes_to_the_postmaster_is_answered_that_nobody_reads_it(office: Office) -> None:
    code, _ = await office.brought(answer("Hola"), POSTMASTER, sender="maria@example.co")

    assert 550 == code


async def test_a_person_whose_mail_cannot_be_read_is_notified_and_a_robot_is_not(office: Office) -> None:
    parts = "--B\nContent-Type: image/png\n\n" * (MOST_PARTS + 1)
    mail = answer(parts, kind="multipart/mixed; boundary=B")

    assert (554, UNREADABLE[4:].encode()) == await office.brought(mail, REPLIES, sender="maria@example.co")
    assert (250, OK[4:].encode()) == await office.brought(mail, BOUNCES)
    assert [] == office.replies


@BOTH
@pytest.mark.parametrize(
    ("failure", "code"), [(StorageUnavailable(), 451), (KeyError("x"), 451), (StorageRefused(), 554)]
)
async def test_what_is_not_stored_is_not_taken(
    office: Office, by: type[smtplib.SMTP], failure: Exception, code: int
) -> None:
    office.failure = failure
    answers = [await office.brought(mail, BOUNCES, by=by) for mail in (FAILED, answer("Sí."), complaint())]
    office.failure = None

    assert [code] * 3 == [answer[0] for answer in answers]
    assert (250, 1) == ((await office.brought(FAILED, BOUNCES, by=by))[0], len(office.bounces))


async def test_a_large_mail_is_refused_and_a_long_line_is_not(office: Office) -> None:
    long, large = answer("Sí, " * 5000), answer("Sí, gracias.\n" * (SIZE_LIMIT // 12))

    assert 250 == (await office.brought(long, REPLIES))[0]
    assert 552 == (await office.brought(large, REPLIES))[0]
    assert 1 == len(office.replies)


async def test_over_smtp_one_reply_stands_for_all_recipients(office: Office) -> None:
    addresses = [VERP.reply_address(uuid4()) for _ in range(MOST_RECIPIENTS)]

    assert 250 == (await office.brought(answer("Sí."), *addresses))[0]
    assert MOST_RECIPIENTS == len(office.replies)
    assert 452 == (await office.brought(answer("Sí."), *addresses, REPLIES))[0]


async def test_over_lmtp_each_recipient_has_a_reply(office: Office) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", office.port)
    await reader.readline()
    lines = [
        "LHLO mx",
        "MAIL FROM:<maria@example.co>",
        f"RCPT TO:<{REPLIES}>",
        f"RCPT TO:<{POSTMASTER}>",
        "DATA",
    ]
    for line in lines:
        writer.write(f"{line}\r\n".encode())
        while (reply_line := await reader.readline())[3:4] == b"-":
            pass
    writer.write(answer("Sí.").replace("\n", "\r\n").encode() + b".\r\nQUIT\r\n")
    rest = await reader.read()
    writer.close()

    assert b"354" == reply_line[:3]
    assert [b"250", b"550", b"221"] == [line[:3] for line in rest.splitlines()]


@pytest.mark.parametrize(
    "first_bytes",
    [
        b"\r\n" * 10,
        b"\xff\xfe\r\n",
        b"EHLO \0\r\nMAIL FROM:<\xff\r\n",
        b"EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<\r\nRCPT TO:\r\nRCPT TO:<@>\r\nRCPT TO:<<>>\r\n",
        b"EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<" + b"a" * 70_000 + b">\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"DATA\r\n.\r\n",
        b"EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<" + BOUNCES.encode() + b">\r\nDATA\r\nhalf",
    ],
)
async def test_a_client_without_smtp_keeps_nobody_else_out(office: Office, first_bytes: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", office.port)
    writer.write(first_bytes)
    writer.write_eof()
    async with asyncio.timeout(10):
        while await reader.read(1 << 16):
            pass
    writer.close()

    assert 250 == (await office.brought(FAILED, BOUNCES))[0]
    assert 1 == len(office.bounces)


async def test_a_stop_hangs_up_and_what_was_not_answered_stays_with_the_other_side() -> None:
    async with open_office() as office:
        reader, writer = await asyncio.open_connection("127.0.0.1", office.port)
        await reader.readline()
        writer.write(b"EHLO x\r\n")
        await reader.readline()
    async with asyncio.timeout(5):
        with suppress(ConnectionError):
            while await reader.read(100):
                pass
    writer.close()

    assert [] == office.bounces
