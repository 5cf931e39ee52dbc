"""Letters of a building, from the list to the hand-over: the way of an office, by its commands."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import until
from tests.acceptance.test_documents import allow
from tests.acceptance.test_letters import _on_paper, answer, letters, messages, running
from tests.providers.document_server import DocumentServer
from tests.unit.paper_documents import pdf_of
from tests.unit.pdf_reader import pages_of


@pytest.fixture
async def server() -> AsyncIterator[DocumentServer]:
    async with DocumentServer() as running:
        running.files["respuesta.pdf"] = pdf_of("La respuesta firmada.")
        yield running
        assert [] == running.violations


async def did(house: House, *words: str) -> Any:
    return json.loads(await house.command("letters", *words, "--json"))


async def test_letters_of_a_building_go_from_the_list_to_the_hand_over(
    house: House, server: DocumentServer, tmp_path: Path
) -> None:
    file, again = tmp_path / "cartas.pdf", tmp_path / "otra.pdf"
    allow(house, server)
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        await _on_paper(publisher)
        await directory._member(publisher, "m-papel", "p-papel", "unit:u-101", "owner")
        pqrs = directory.pqrs(7, petitioner={"ref": "p-papel"}, subject="Copia del acta")
        await publisher.publish("pqrs.received", pqrs)
        data = answer({"ref": "p-papel"}, document_ref=server.url())
        event_id = await publisher.publish("pqrs.responded", data)

        async def is_there() -> bool:
            return "pqrs.responded" in {row["event"] for row in await letters(house)}

        await until(is_there, "the letter")
        before = await letters(house)
        [letter] = [row for row in before if row["event"] == "pqrs.responded"]
        [waits] = (await did(house, "buildings"))["items"]
        made = await did(house, "print", "--copropiedad", directory.BUILDING, "--out", str(file))
        await did(house, "print", "--batch", made["batch"], "--out", str(again))
        await did(house, "printed", made["batch"])
        await did(house, "posted", letter["id"], "--guide", "ra 123456789 co")
        told = await house.command("explain", event_id, "p-papel")
        case = await house.command("case", "PQ-2026-000007", "--whole")
        shown = await house.command("letters", "show", letter["id"])
        on_the_way = await messages(house, "--event-id", event_id)
        await did(house, "done", "--batch", made["batch"])
        [still_away] = await messages(house, "--event-id", event_id)
        await did(house, "done", letter["id"])

        async def has_ended() -> bool:
            return "legal_term" not in await running(house)

        await until(has_ended, "the end of the term")
        [delivered] = await messages(house, "--event-id", event_id)
        [batch] = (await did(house, "batches"))["items"]

    cover, *pages = pages_of(file.read_bytes())
    assert ("Edificio Prueba", len(before)) == (waits["copropiedad"], waits["open"])
    assert len(before) == made["letters"]
    assert file.read_bytes() == again.read_bytes()
    for words in ("Edificio Prueba", "Torre 1 Apto 101", "Papel Ríos"):
        assert words in cover
    assert any("PQ-2026-000007" in page for page in pages)
    assert any("La respuesta firmada" in page for page in pages)
    assert ["sent"] == [row["state"] for row in on_the_way]
    assert "sent" == still_away["state"]
    for screen in (told, case, shown):
        assert "Se envió por correo certificado el" in screen
        assert "guía RA123456789CO." in " ".join(screen.split())
    assert ("delivered", len(before)) == (delivered["state"], batch["delivered"])
