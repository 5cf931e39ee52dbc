"""Mail comes in from outside: a report that a mail was lost takes the next way; an answer reaches staff."""

from __future__ import annotations

import asyncio
import json
import smtplib
import time
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from aiohttp import ClientSession

from tests.acceptance.conftest import MAIL_DOMAIN as DOMAIN
from tests.acceptance.conftest import House
from tests.acceptance.harness import HubProcess, Publisher, fewest, hub_process, until
from tests.acceptance.publisher_queue import reply
from tests.providers.document_server import PDF
from tests.providers.smtp import SmtpServer
from tests.providers.smtp_conversation import Mail

PETITIONER = {"name": "Vecina Rosa", "email": "rosa@example.co", "phone": "300 555 0101"}
FAILED = """From: MAILER-DAEMON@mx.example.co
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=B

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.co

Final-Recipient: rfc822; rosa@example.co
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <rosa@example.co>: no such user

--B--
"""

COMPLAINT = """From: feedback@mailbox.example
Subject: FW: su peticion
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=B

--B
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Loop/1
Version: 1
Original-Mail-From: <{sender}>
Original-Rcpt-To: <{to}>

--B--
"""

HOSTILE = "Content-Type: multipart/digest; boundary=B\n\n" + "--B\n\na:b\n\n" * 25_000
"""Each line is a part with a part in it: as long to read as a mail can be."""


async def bring(port: int, sender: str, to: str, content: str, by: type[smtplib.SMTP] = smtplib.SMTP) -> int:
    """Bring a mail as a mail server does; answer the code of its last reply."""

    def talk() -> int:
        with by("127.0.0.1", port, timeout=10) as client:
            client.ehlo()
            client.mail(sender)
            code, _ = client.rcpt(to)
            return client.data(content)[0] if code == 250 else code

    return await asyncio.to_thread(talk)


async def sent(house: House, publisher: Publisher) -> tuple[str, Mail]:
    """Have one mail sent, and recorded; answer the event's id and the mail."""
    event_id = await publisher.publish("pqrs.replied", reply("rosa", petitioner=PETITIONER))

    async def is_recorded() -> bool:
        return (await messages(house, event_id)).get("email") == ("sent", None)

    await until(is_recorded, "the mail")
    return event_id, mails(house.smtp)[0]


def mails(smtp: SmtpServer) -> list[Mail]:
    return [mail for mail in smtp.mails if mail.recipient == "rosa@example.co"]


async def messages(house: House, event_id: str) -> dict[str, tuple[str, str | None]]:
    listed: Any = json.loads(await house.command("deliveries", "--json", "--event-id", event_id))
    return {item["channel"]: (item["state"], item["reason"]) for item in listed["items"]}


async def test_a_report_of_failure_bounces_the_mail_and_the_next_channel_takes_over(
    house: House, port: int
) -> None:
    async with house.running() as publisher:
        event_id, mail = await sent(house, publisher)
        forged = mail.sender.replace(mail.sender[-len(DOMAIN) - 5 : -len(DOMAIN) - 1], "0000")
        refused = await bring(port, "", forged, FAILED)
        untouched = await messages(house, event_id)
        taken = [await bring(port, "", mail.sender, FAILED, by) for by in (smtplib.SMTP, smtplib.LMTP)]
        await until(lambda: bool(house.twilio.texts), "the text")
        after = await messages(house, event_id)

    assert mail.sender.startswith("b+")
    assert mail.sender[2:].partition("@")[0] == mail.envelope_id
    assert (550, {"email": ("sent", None)}) == (refused, untouched)
    assert [250, 250] == taken
    assert ("bounced", "dsn_5.1.1") == after["email"]
    assert ["+573005550101"] == [text.to for text in house.twilio.texts]


async def test_forged_reports_of_a_mail_change_nothing(house: House, port: int) -> None:
    """Anybody who has seen the mail knows its addresses, and can bring any report to the port."""
    other = FAILED.replace("rosa@example.co", "victima@example.co")
    nobody = FAILED.replace("Final-Recipient: rfc822; rosa@example.co\n", "")
    async with house.running() as publisher:
        event_id, mail = await sent(house, publisher)
        (reply_to,) = mail.message["Reply-To"].addresses
        answers = [
            await bring(port, "", mail.sender, other),
            await bring(port, "", mail.sender, nobody),
            await bring(port, "mallory@example.co", mail.sender, FAILED),
            await bring(port, "", reply_to.addr_spec, FAILED),
            await bring(port, "", f"postmaster@{DOMAIN}", FAILED + f"\nReply-To: {reply_to.addr_spec}\n"),
            await bring(port, "a@b.co", mail.sender, COMPLAINT.format(sender=mail.sender, to="victima@x.co")),
        ]
        untouched = await messages(house, event_id)
        again = await publisher.publish(
            "pqrs.replied", reply("rosa", pqrs_id="pqrs-again", petitioner=PETITIONER)
        )
        (following,) = await house.settled(again)
        opted_out = json.loads(await house.command("opt-outs", "list", "--json"))["items"]

    assert [250] * len(answers) == answers
    assert {"email": ("sent", None)} == untouched
    assert ("email", "sent") == (following["channel"], following["state"])
    assert [] == opted_out
    assert [] == logged_mail(house)
    assert "victima" not in (house.folder / "hub.log").read_text()


async def test_what_a_person_answers_reaches_staff_without_the_quote(house: House, port: int) -> None:
    async with house.running() as publisher:
        _, mail = await sent(house, publisher)
        received = await notices(publisher, "inbound.message.received")
        (reply_to,) = mail.message["Reply-To"].addresses
        answer = EmailMessage()
        answer["From"], answer["To"] = "Rosa <rosa@example.co>", reply_to.addr_spec
        answer["Subject"], answer["Message-ID"] = "Re: su petición", "<r1@example.co>"
        answer.set_content("Muchas gracias, ¿el martes?\n\nEl lun, 9 mar 2026, Hub escribió:\n> Revisamos\n")
        answer.add_attachment(PDF, maintype="application", subtype="octet-stream", filename="acta.pdf")
        answer.add_attachment(b"MZ", maintype="application", subtype="pdf", filename="otra.pdf")
        codes = [
            await bring(port, "rosa@example.co", reply_to.addr_spec, answer.as_string()) for _ in range(2)
        ]
        await until(lambda: bool(received), "inbound.message.received")
        shown = await house.command("replies", "show", received[0]["data"]["message_id"], "--json")

    assert [250, 250] == codes
    # The timers may publish it as well, between its storing and its mark: one event, by its id.
    assert 1 == len({event["id"] for event in received})
    excerpt = "Muchas gracias, ¿el martes?\n\n[archivos sin guardar: otra.pdf]"
    assert excerpt == received[0]["data"]["excerpt"]
    assert [("acta.pdf", len(PDF), ""), ("otra.pdf", None, "wrong_type")] == [
        (file["name"], file["size"], file["refused"]) for file in json.loads(shown)["files"]
    ]


async def test_who_is_gone_by_a_report_is_passed_over_from_then_on(house: House, port: int) -> None:
    async with house.running() as publisher:
        _, mail = await sent(house, publisher)
        await bring(port, "", mail.sender, FAILED)
        await until(fewest(house.twilio.texts, 1), "the text")
        again = reply("rosa", pqrs_id="pqrs-again", petitioner=PETITIONER)
        event_id = await publisher.publish("pqrs.replied", again)
        await until(fewest(house.twilio.texts, 2), "the second text")
        after = await messages(house, event_id)

    assert ("suppressed", "gone") == after["email"]
    assert 1 == len(mails(house.smtp))
    assert [] == logged_mail(house)


async def test_one_report_suppresses_for_a_month_and_one_about_another_mail_for_good(
    house: House, port: int
) -> None:
    async with house.running() as publisher:
        _, mail = await sent(house, publisher)
        await publisher.publish("pqrs.replied", reply("rosa", pqrs_id="pqrs-again", petitioner=PETITIONER))
        await until(lambda: len(mails(house.smtp)) == 2, "the second mail")
        answers = [await bring(port, "", mail.sender, FAILED) for _ in range(2)]
        [once] = await suppressions(house)
        answers.append(await bring(port, "", mails(house.smtp)[1].sender, FAILED))
        [confirmed] = await suppressions(house)

    assert [250, 250, 250] == answers
    assert timedelta(days=30) == instant(once["expires_at"]) - instant(once["since"])
    assert timedelta(days=180) == instant(confirmed["expires_at"]) - instant(confirmed["since"])


async def suppressions(house: House) -> list[dict[str, Any]]:
    listed: Any = json.loads(await house.command("suppressions", "list", "--json"))
    return list(listed["items"])


def instant(written: str) -> datetime:
    return datetime.fromisoformat(written)


async def test_a_complaint_revokes_the_consent_and_nobody_is_notified(house: House, port: int) -> None:
    async with house.running() as publisher:
        _, mail = await sent(house, publisher)
        received = await notices(publisher, "inbound.message.received")
        report = COMPLAINT.format(sender=mail.sender, to="rosa@example.co")
        codes = [
            await bring(port, "feedback@mailbox.example", to, report)
            for to in (f"abuse@{DOMAIN}", mail.sender, f"abuse@{DOMAIN}")
        ]
        listed = json.loads(await house.command("opt-outs", "list", "--json"))

    assert [250] * 3 == codes
    assert {("commercial", "complaint"), ("survey", "complaint")} == {
        (item["purpose"], item["reason"]) for item in listed["items"]
    }
    assert [] == received
    assert [] == logged_mail(house)


async def test_hostile_mails_hold_no_call_of_the_api(house: House, port: int) -> None:
    hub, slowest = house.hub(), 0.0
    async with hub_process(hub), ClientSession() as session:
        await until(lambda: {"http.listening", "mail.listening"} <= logged(hub).keys(), "the hub to listen")
        url = f"{logged(hub)['http.listening']['url']}api/summary"
        async with session.get(url) as answer:  # the first has more to do
            assert answer.status == 200
        arriving = [asyncio.create_task(bring(port, "", f"abuse@{DOMAIN}", HOSTILE)) for _ in range(4)]
        while not all(mail.done() for mail in arriving):
            began = time.monotonic()
            async with session.get(url) as answer:
                assert answer.status == 200
            slowest = max(slowest, time.monotonic() - began)
            await asyncio.sleep(0.02)  # a caller has so many requests a minute
        # The mail server gives up before the last is read, and would bring it again.
        await asyncio.gather(*arriving, return_exceptions=True)

    assert slowest < 2.0


def logged(hub: HubProcess) -> dict[str, dict[str, Any]]:
    return {line["event"]: line for line in hub.lines()}


def logged_mail(house: House) -> list[str]:
    """Words of people, and addresses that are keys, that stand in the hub's log."""
    log = (house.folder / "hub.log").read_text()
    return [word for word in ("Rosa", "rosa@", "3005550101", "Revisamos", f"@{DOMAIN}") if word in log]


async def notices(publisher: Publisher, name: str) -> list[dict[str, Any]]:
    """Listen to the events of one kind."""
    found: list[dict[str, Any]] = []
    queue = await publisher.channel.declare_queue("", exclusive=True)
    await queue.bind("domain.events", name)

    async def keep(message: Any) -> None:
        found.append(json.loads(message.body))

    await queue.consume(keep, no_ack=True)
    return found
