"""A document that an event names, from a publisher's server to the mail, the link and the letter."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp import ClientSession
from yarl import URL

from hub.local.loopback import free_port
from hub.storage import Database
from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import until
from tests.acceptance.test_letters import _on_paper, answer, messages, one_letter
from tests.acceptance.test_promises import HUB, SECRET
from tests.acceptance.working_hours import at_work
from tests.providers.document_server import PDF, DocumentServer, sending
from tests.providers.smtp_manners import replying

IDA: Final = {"name": "Ida Torres", "email": "ida@example.co"}


@pytest.fixture
async def server() -> AsyncIterator[DocumentServer]:
    async with DocumentServer() as running:
        yield running
        assert [] == running.violations


def allow(house: House, server: DocumentServer, more: str = "") -> str:
    """Allow this server; return where the hub listens."""
    address = f"127.0.0.1:{free_port()}"
    documents = f'[documents]\nhosts = ["{server.host}"]\nnetworks = ["127.0.0.0/8"]\nwait = "10s"\n{more}'
    house.policy(f"{at_work()}\n{documents}")
    house.settings |= {"HUB_SECRET": SECRET, "HUB_PUBLIC_URL": HUB, "HUB_HTTP": address}
    return address


def text_of(mail: Any) -> str:
    return str(mail.message.get_body(("plain",)).get_content())


async def test_an_answer_is_attached_and_its_evidence_is_made_again(
    house: House, server: DocumentServer
) -> None:
    allow(house, server)
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        data = answer(IDA, document_ref=server.url(), document_sha256=sha256(PDF).hexdigest())
        event_id = await publisher.publish("pqrs.responded", data)
        await until(lambda: bool(house.smtp.mails), "the mail")
        [message] = await house.settled(event_id)
        shown = json.loads(await house.command("evidence", "show", message["id"], "--json"))

    [mail] = house.smtp.mails
    [file] = list(mail.message.iter_attachments())
    assert PDF == file.get_content()
    assert "adjunta a este mensaje" in text_of(mail)
    assert ["respuesta.pdf"] == server.asked
    assert ["same"] == [made["finding"] for made in shown["items"]]


async def test_what_is_not_attached_is_opened_by_its_own_link(house: House, server: DocumentServer) -> None:
    address = allow(house, server, "attach_below = 100\n")
    async with house.running() as publisher, ClientSession(f"http://{address}") as client:
        await directory.publish_all(publisher)
        await publisher.publish("pqrs.responded", answer(IDA, document_ref=server.url()))
        await until(lambda: bool(house.smtp.mails), "the mail")
        text = text_of(house.smtp.mails[0])
        [link] = [word.strip("<>()") for word in text.split() if f"{HUB}/d/" in word]
        async with client.get(URL(link).relative()) as opened:
            body = await opened.read()
        async with client.get(f"{URL(link).relative()}0") as forged:
            refused = forged.status

    assert PDF == body
    assert "Funciona hasta el" in text
    assert 403 == refused
    assert server.base not in text


async def test_a_server_that_never_answers_well_holds_the_answer_only_for_the_wait(
    house: House, server: DocumentServer
) -> None:
    server.always = sending(503)
    allow(house, server)
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        event_id = await publisher.publish("pqrs.responded", answer(IDA, document_ref=server.url()))
        await until(lambda: bool(server.asked), "the first try")
        [waiting] = await house.settled(event_id)
        await until(lambda: bool(house.smtp.mails), "the mail")

    assert ("held", "document") == (waiting["state"], waiting["reason"])
    assert server.url() in text_of(house.smtp.mails[0])


async def test_a_letter_encloses_what_staff_prints_with_it(
    house: House, server: DocumentServer, tmp_path: Path
) -> None:
    allow(house, server)
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        await _on_paper(publisher)
        data = answer({"ref": "p-papel"}, document_ref=server.url())
        event_id = await publisher.publish("pqrs.responded", data)
        letter = await one_letter(house)
        file = tmp_path / "respuesta.pdf"
        command = ("letters", "show", letter["id"], "--json", "--document", str(file))
        shown = json.loads(await house.command(*command))
        [message] = await house.settled(event_id)

    assert "impresa con esta carta" in shown["text"]
    assert "respuesta" == shown["document"]
    assert PDF == file.read_bytes()
    assert ("print", "sent") == (message["channel"], message["state"])
    assert [] == house.smtp.mails


async def test_bills_new_terms_and_answers_about_data_are_enclosed_for_who_reads_on_paper(
    house: House, server: DocumentServer
) -> None:
    allow(house, server)
    who = {"ref": "p-papel"}
    home = {"unit_id": "u-papel", "copropiedad_id": directory.BUILDING}
    soon = (datetime.now(UTC) + timedelta(days=60)).date().isoformat()
    events: dict[str, dict[str, Any]] = {
        "privacy.query.answered": {"case_id": "datos-1", "data_subject": who},
        "service.terms.changed": {
            "change_id": "cambio-1",
            "client": who,
            "what": "horario",
            "old_value": "de 8 a 5",
            "new_value": "de 7 a 4",
            "effective_on": soon,
        },
        "admin.invoice.issued": {
            "invoice_id": "CC-1",
            "period": "abril",
            "amount_cop": 385000,
            "due_on": soon,
            **home,
        },
    }
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        await _on_paper(publisher)
        await publisher.publish("directory.unit.upserted", {**home, "version": 1, "label": "900"})
        lives = {"membership_id": "m-papel", "version": 1, "person_id": "p-papel", "scope": "unit:u-papel"}
        await publisher.publish("directory.membership.upserted", {**lives, "role": "owner"})

        async def letters(least: int) -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = []

            async def are_there() -> bool:
                found[:] = json.loads(await house.command("letters", "list", "--json"))["items"]
                return len(found) >= least

            await until(are_there, f"{least} letters")
            return found

        for number, (name, data) in enumerate(events.items()):
            await publisher.publish(name, {**data, "document_ref": server.url()})
            # The directory is in once the first has its letter: the other two come in another lane.
            written = await letters(number + 1)
        shown = [json.loads(await house.command("letters", "show", one["id"], "--json")) for one in written]

    assert set(events) == {letter["event"] for letter in written}
    for letter in shown:
        assert "con esta carta" in letter["text"]
        assert "respuesta" == letter["document"]
        assert server.base not in letter["text"]


async def test_a_lost_mail_becomes_a_letter_that_encloses_it_and_staff_is_told_once(
    house: House, server: DocumentServer
) -> None:
    allow(house, server)
    house.smtp.on("RCPT", replying("550 5.1.1 no such user", about="ida@"))
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        event_id = await publisher.publish("pqrs.responded", answer(IDA, document_ref=server.url()))
        letter = await one_letter(house)
        await until(lambda: bool(house.smtp.mails), "the alert of the staff")
        states = {row["channel"]: row["state"] for row in await house.settled(event_id)}
        shown = json.loads(await house.command("letters", "show", letter["id"], "--json"))
        alerts = await messages(house, "--person", "p-nivel-1", "--channel", "inbox")

    assert {"email": "failed", "print": "sent"} == states
    assert "impresa con esta carta" in shown["text"]
    assert ["notification.undelivered"] == [row["event"] for row in alerts]
    assert "Documento por imprimir" not in str(house.smtp.mails[0].message["Subject"])


async def test_nothing_is_fetched_from_a_host_that_is_not_listed(
    house: House, server: DocumentServer
) -> None:
    house.policy(at_work())
    async with house.running() as publisher, Database(house.database_url) as database:
        await directory.publish_all(publisher)
        link = server.url().replace("http:", "https:")
        await publisher.publish("pqrs.responded", answer(IDA, document_ref=link))
        await until(lambda: bool(house.smtp.mails), "the mail")
        requests = await database.rows("SELECT FROM document_request")

    assert link in text_of(house.smtp.mails[0])
    assert [] == requests
    assert [] == server.asked
