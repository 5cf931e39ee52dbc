from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest
from aiohttp import ClientSession

from hub.local.loopback import ADDRESS, free_port
from hub.local.mail_page import serving
from hub.local.mailbox import Mailbox, catching


@dataclass(kw_only=True)
class Catcher:
    smtp_port: int
    page: str
    mailbox: Mailbox
    caught: list[str]

    async def send(self, content: EmailMessage | bytes, recipient: str = "ana@example.com") -> str:
        """The name under which the mail is kept."""
        raw = content if isinstance(content, bytes) else bytes(content)
        async with aiosmtplib.SMTP(hostname=ADDRESS, port=self.smtp_port) as client:
            await client.sendmail("hub@example.com", [recipient], raw, mail_options=["SMTPUTF8"])
        return self.caught[-1]

    async def get(self, path: str, **headers: str) -> tuple[int, str, str]:
        """Status, body, content security policy."""
        async with ClientSession() as session, session.get(f"{self.page}{path}", headers=headers) as answer:
            return answer.status, await answer.text(), answer.headers.get("Content-Security-Policy", "")


@pytest.fixture
async def catcher(tmp_path: Path) -> AsyncIterator[Catcher]:
    mailbox, smtp_port, page_port = Mailbox(tmp_path), free_port(), free_port()
    caught: list[str] = []
    async with catching(mailbox, smtp_port, caught=caught.append), serving(mailbox, page_port):
        yield Catcher(
            smtp_port=smtp_port, page=f"http://{ADDRESS}:{page_port}/", mailbox=mailbox, caught=caught
        )


def _mail(
    subject: str = "Recibimos su petición", html: str | None = "<p>Señora <b>Ana</b></p>"
) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = subject
    mail["From"] = "Administración <hub@example.com>"
    mail["To"] = "ana@example.com"
    mail.set_content("Señora Ana")
    if html:
        mail.add_alternative(html, subtype="html")
    return mail


async def test_an_empty_mailbox_says_how_to_fill_it(catcher: Catcher) -> None:
    _, body, _ = await catcher.get("")

    assert "scripts/hub publish" in body


async def test_mail_is_listed_with_its_subject_and_the_recipient_of_the_envelope(catcher: Catcher) -> None:
    await catcher.send(_mail(), "josé@example.com")

    _, body, _ = await catcher.get("")

    assert "Recibimos su petición" in body
    assert "josé@example.com" in body


async def test_mail_is_kept_byte_for_byte_below_its_envelope(catcher: Catcher) -> None:
    name = await catcher.send(b"Subject: x\r\n\r\n.dot\r\n")

    mail = catcher.mailbox.read(name)

    assert mail is not None
    assert mail.raw == (
        "Return-Path: <hub@example.com>\r\nDelivered-To: ana@example.com\r\nSubject: x\r\n\r\n.dot\r\n"
    )


async def test_html_of_a_mail_runs_in_a_sandbox_that_fetches_nothing(catcher: Catcher) -> None:
    name = await catcher.send(_mail(html="<script>alert(1)</script><p>Hola</p>"))

    _, body, policy = await catcher.get(f"{name}/html")
    _, page, _ = await catcher.get(name)

    assert "<p>Hola</p>" in body
    assert policy.startswith("sandbox allow-popups")
    assert "default-src 'none'" in policy
    assert "<iframe" in page
    assert "<script>" not in page


async def test_a_picture_that_a_mail_carries_is_shown_and_none_is_fetched(catcher: Catcher) -> None:
    mail = _mail(html='<p><img src="cid:logo-1" alt="Altos"></p>')
    [_, html] = mail.iter_parts()
    assert isinstance(html, EmailMessage)
    html.add_related(b"png", "image", "png", cid="<logo-1>")
    name = await catcher.send(mail)
    _, shown, rules = await catcher.get(f"{name}/html")

    assert 'src="data:image/png;base64,cG5n"' in shown
    assert "img-src data:" in rules


async def test_a_mail_with_text_only_is_shown_as_text(catcher: Catcher) -> None:
    name = await catcher.send(_mail(html=None))

    _, page, _ = await catcher.get(name)

    assert "<iframe" not in page
    assert "<details open>" in page
    assert "Señora Ana" in page


async def test_an_attachment_is_offered_for_saving_and_never_shown(catcher: Catcher) -> None:
    mail = _mail()
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="carta año.pdf")
    name = await catcher.send(mail)

    _, page, _ = await catcher.get(name)
    status, body, _ = await catcher.get(f"{name}/attachments/0")

    assert "carta año.pdf" in page
    assert (status, body) == (200, "%PDF")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe not a mail at all",
        b"Content-Type: text/html; charset=klingon\r\n\r\n<p>x</p>\r\n",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n",
        b"Subject: =?utf-8?b?////?=\r\nFrom: <<>>\r\n\r\nx\r\n",
    ],
    ids=["empty", "noise", "unknown charset", "cut short", "broken headers"],
)
async def test_a_mail_that_no_program_can_read_is_still_shown(catcher: Catcher, raw: bytes) -> None:
    name = await catcher.send(raw)

    assert [(await catcher.get(path))[0] for path in ("", name, f"{name}/raw")] == [200, 200, 200]


@pytest.mark.parametrize("path", ["20260101T000000000000-000000", "..%2F..%2Fenv", "x/html", "env"])
async def test_what_is_not_a_mail_is_not_found(catcher: Catcher, path: str) -> None:
    status, _, _ = await catcher.get(path)

    assert status == 404


async def test_a_strangers_name_that_leads_to_this_machine_is_refused(catcher: Catcher) -> None:
    status, _, _ = await catcher.get("", Host="evil.example")

    assert status == 403


async def test_older_mail_is_on_the_next_page(catcher: Catcher) -> None:
    for number in range(51):
        catcher.mailbox.keep("a@example.com", ["b@example.com"], f"Subject: n{number:02}\r\n\r\n".encode())

    _, first, _ = await catcher.get("")
    link = first.partition('href="/?before=')[2].partition('"')[0]
    _, second, _ = await catcher.get(f"?before={link}")

    assert "n00" not in first
    assert "n00" in second
    assert "n01" not in second
