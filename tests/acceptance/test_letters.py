"""Legal messages end as a letter and an alert; a person without digital access gets the letter at once."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import Publisher, until
from tests.acceptance.working_hours import at_work
from tests.providers.smtp_manners import replying
from tests.unit.paper_documents import pdf_of
from tests.unit.pdf_reader import pages_of


def answer(petitioner: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "pqrs_id": "pqrs-7",
        "radicado": "PQ-2026-000007",
        "responded_at": datetime.now(UTC).isoformat(),
        "document_ref": "RESP-7",
        "copropiedad_id": directory.BUILDING,
        "petitioner": petitioner,
        **changes,
    }


async def letters(house: House) -> list[dict[str, Any]]:
    listed: dict[str, list[dict[str, Any]]] = json.loads(await house.command("letters", "list", "--json"))
    return listed["items"]


async def one_letter(house: House) -> dict[str, Any]:
    async def is_there() -> bool:
        return bool(await letters(house))

    await until(is_there, "the letter")
    [letter] = await letters(house)
    return letter


async def messages(house: House, *narrowed: str) -> list[dict[str, Any]]:
    listed = json.loads(await house.command("deliveries", "--json", *narrowed))
    return [item for item in listed["items"] if not item["event"].startswith("directory.")]


async def test_a_legal_answer_whose_mail_bounces_for_good_becomes_a_letter_and_an_alert(house: House) -> None:
    house.policy(at_work())
    house.smtp.on("RCPT", replying("550 5.1.1 no such user", about="ida@"))
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        event_id = await publisher.publish(
            "pqrs.responded", answer({"name": "Ida Torres", "email": "ida@example.co"})
        )
        letter = await one_letter(house)
        await until(lambda: bool(house.smtp.mails), "the alert of the staff")
        alerts = await messages(house, "--person", "p-nivel-1", "--channel", "inbox")
        await house.command("letters", "done", letter["id"])
        states = {row["channel"]: row["state"] for row in await messages(house, "--event-id", event_id)}

    assert ["notification.undelivered"] == [row["event"] for row in alerts]
    assert ["nivel1@example.co"] == [mail.recipient for mail in house.smtp.mails]
    assert {"email": "failed", "print": "delivered"} == states


async def test_who_has_no_digital_access_has_the_letter_at_once_and_nobody_is_alarmed(house: House) -> None:
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        await _on_paper(publisher)
        await publisher.publish("pqrs.responded", answer({"ref": "p-papel"}))
        letter = await one_letter(house)
        shown = json.loads(await house.command("letters", "show", letter["id"], "--json"))
        alerts = await messages(house, "--person", "p-nivel-1")

    assert "Papel Ríos" == shown["name"]
    assert "PQ-2026-000007" in shown["html"]
    assert [] == alerts


async def _on_paper(publisher: Publisher) -> None:
    await publisher.publish(
        "directory.person.upserted",
        {
            "person_id": "p-papel",
            "version": 1,
            "names": "Papel Ríos",
            "contact_points": [],
            "digital_access": False,
        },
    )


async def test_document_at_a_link_is_no_letter_until_it_is_given_and_its_term_ends_when_it_is_handed_over(
    house: House, tmp_path: Path
) -> None:
    """No host of documents is set: the hub fetches nothing."""
    house.policy(at_work())
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        await _on_paper(publisher)
        await publisher.publish(
            "pqrs.received", directory.pqrs(7, petitioner={"ref": "p-papel"}, subject="Copia del acta")
        )
        link = "https://portal.example.com/respuesta.pdf"
        event_id = await publisher.publish("pqrs.responded", answer({"ref": "p-papel"}, document_ref=link))
        await until(lambda: bool(house.smtp.mails), "the alert of the staff")
        [unprinted] = await messages(house, "--event-id", event_id)
        reopened = await running(house)
        part = house.smtp.mails[0].message.get_body(("plain",))
        await house.command("letters", "attach", unprinted["id"], str(_answer_on_paper(tmp_path)))
        await until_made(house, unprinted["id"])
        await house.command("letters", "show", unprinted["id"], "--pdf", str(tmp_path / "carta.pdf"))
        await house.command("letters", "done", unprinted["id"])

        async def has_ended() -> bool:
            return "legal_term" not in await running(house)

        await until(has_ended, "the end of the term")
        [handed] = await messages(house, "--event-id", event_id)

    assert ("print", "failed", "document_not_printed") == tuple(
        unprinted[name] for name in ("channel", "state", "reason")
    )
    assert "legal_term" in reopened
    assert part is not None
    assert "Papel Ríos" in part.get_content()
    assert "Imprima el documento" in part.get_content()
    assert link not in part.get_content()
    assert "delivered" == handed["state"]
    letter, document = pages_of((tmp_path / "carta.pdf").read_bytes())
    assert "impresa con esta carta" in letter
    assert link not in letter
    assert "Respuesta 7" in document


async def until_made(house: House, message_id: str) -> None:
    async def is_made() -> bool:
        found = [letter for letter in await letters(house) if letter["id"] == message_id]
        return bool(found) and not found[0]["only_document"]

    await until(is_made, "the letter with its document")


def _answer_on_paper(folder: Path) -> Path:
    file = folder / "respuesta.pdf"
    file.write_bytes(pdf_of("Respuesta 7"))
    return file


async def test_a_lost_mail_whose_letter_would_only_link_is_one_alert(house: House) -> None:
    house.policy(at_work())
    house.smtp.on("RCPT", replying("550 5.1.1 no such user", about="ida@"))
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        link = "https://portal.example.com/respuesta.pdf"
        ida = {"name": "Ida Torres", "email": "ida@example.co"}
        event_id = await publisher.publish("pqrs.responded", answer(ida, document_ref=link))
        await until(lambda: bool(house.smtp.mails), "the alert of the staff")
        lost = await messages(house, "--event-id", event_id)
        alerts = await messages(house, "--person", "p-nivel-1", "--channel", "inbox")

    assert {"email", "print"} == {row["channel"] for row in lost}
    assert ["notification.undelivered"] == [row["event"] for row in alerts]
    [mail] = house.smtp.mails
    assert "Documento por imprimir y entregar a Ida Torres" in str(mail.message["Subject"])


async def running(house: House) -> set[str]:
    clocks = json.loads(await house.command("clocks", "--json"))["items"]
    return {clock["name"] for clock in clocks}
