"""A constancia over PostgreSQL: everything of a case, as it was then, sealed and signed."""

import io
import json
import shutil
import subprocess
from pathlib import Path
from uuid import UUID

import pytest
from pikepdf import Pdf

from hub.errors import TooLarge, UnknownName
from hub.model.seals import MINUTE as SEALED_MINUTE
from hub.model.seals import link
from hub.operations.constancia import gather, proven, verificar
from hub.operations.constancia.make import Asked
from hub.storage import Database
from tests.integration.constancias import (
    ASKED_AT,
    CASE,
    MINUTE,
    TAMPER,
    checked,
    facts_of,
    happen,
    made,
    makers,
    seal_all,
)
from tests.integration.constancias import (
    opened as unzipped,
)
from tests.integration.test_evidence import Office, everything_changes
from tests.unit.budget_events import PLACE
from tests.unit.constancias import run_alone
from tests.unit.factories import event
from tests.unit.logos import as_text, png

RECEIPT = "SELECT id FROM message WHERE person = 'p-maria' AND event = 'pqrs.received' AND channel = 'email'"


@pytest.fixture
async def office(opened: Database) -> Office:
    made = await happen(opened)
    await seal_all(opened)
    return made


async def receipt_of(database: Database) -> UUID:
    [row] = await database.rows(RECEIPT)
    found: UUID = row["id"]
    return found


def words_of(pdf: bytes, folder: Path) -> str:
    """Read the PDF's text, in one line."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) reads the PDF")
    file = folder / "constancia.pdf"
    file.write_bytes(pdf)
    read = subprocess.run(
        ["pdftotext", str(file), "-"], capture_output=True, check=True, text=True, timeout=60
    )
    return " ".join(read.stdout.split())


async def test_everything_of_a_case_is_in_it_and_fits(office: Office, tmp_path: Path) -> None:
    constancia = await made(office.database)
    files, facts = unzipped(constancia.content), constancia.facts
    report = checked(constancia)
    said = {words.file for message in facts.messages for row in message.rows if (words := row.said)}
    text = words_of(files["constancia.pdf"], tmp_path)

    assert ([], []) == (report.wrong, report.notes)
    assert "constancia-PQ-2026-000901-20261127.zip" == constancia.file_name
    assert {files[name] for name in said if name} <= set(office.left.values())
    assert {"email", "sms", "inbox"} == {message.channel for message in facts.messages}
    assert ["p-maria"] == [person for person in constancia.people if person != "service"]
    assert files["constancia.pdf"].startswith(b"%PDF-1.7")
    for shown in (
        "Constancia de PQ-2026-000901",
        "La pidió ana el viernes 27 de noviembre de 2026 a las 10:00 a. m.",
        "Abarca desde el lunes 9 de marzo de 2026 a las 8:05 a. m. hasta el lunes 9 de marzo de 2026",
        "Primera respuesta: cumplido",
        "«Primera respuesta» va en el 80 % de su plazo: se avisa al nivel 1 (Servicio al cliente).",
        "Recibimos su petición: radicado PQ-2026-000901",
        "Asunto: Ruido del 301 #strong[todas] las noches [U+1F642]",
        "¿Para cuándo? [U+1F642]",
        "Tratamiento de datos personales Autoriza",
        "Aceptado por el proveedor",
        "página 1 de",
        constancia.facts.key[:8],
        "Cómo comprobar esta constancia",
        "Qué prueba y qué no",
    ):
        assert shown in text


async def test_page_has_the_colours_and_the_logo_of_its_copropiedad(office: Office) -> None:
    branding = {"color": "#8a2b6b", "logo": as_text(png(60, 60))}
    branded = {"copropiedad_id": PLACE, "name": "Altos del Rosal", "version": 50, "branding": branding}
    plain = unzipped((await made(office.database)).content)["constancia.pdf"]
    await office.take_in(event("directory.copropiedad.upserted", branded, id="branded"))
    changed = unzipped((await made(office.database)).content)["constancia.pdf"]

    # Ink of this colour, and one picture.
    assert [(False, 0), (True, 1)] == [look_of(pdf) for pdf in (plain, changed)]


def look_of(content: bytes) -> tuple[bool, int]:
    with Pdf.open(io.BytesIO(content)) as pdf:
        page = pdf.pages[0]
        return b"0.5411765 0.16862746 0.41960785" in page.Contents.read_bytes(), len(page.get_images())


async def test_texts_and_people_of_then_count_and_not_those_of_today(office: Office, tmp_path: Path) -> None:
    before = await made(office.database)
    await everything_changes(office, tmp_path)
    after = await made(office.database)
    mails = [name for name in unzipped(after.content) if name.startswith("mensajes/")]

    assert 5 < len(mails) + 1
    assert {name: unzipped(before.content)[name] for name in mails} == {
        name: unzipped(after.content)[name] for name in mails
    }
    assert [] == checked(after).wrong


async def test_same_state_makes_the_same_bytes(office: Office) -> None:
    first, second, later = (
        await made(office.database),
        await made(office.database),
        await made(office.database, at=ASKED_AT + MINUTE),
    )

    assert first.content == second.content
    assert first.content != later.content


TAMPERED = {
    "changed": (TAMPER, "alguien cambió un intento después de sellado"),
    "removed": ("DELETE FROM attempt WHERE message_id = $1", "está sellado y no está aquí"),
    "moved": (
        "UPDATE attempt SET recorded_at = recorded_at + interval '1 year' WHERE message_id = $1",
        "alguien cambió un intento después de sellado",
    ),
    "nowhere": (
        "UPDATE attempt SET recorded_at = NULL WHERE message_id = $1",
        "alguien cambió un intento después de sellado",
    ),
    "added": (
        (
            "INSERT INTO attempt (message_id, at, outcome, provider, code, took, recorded_at)"
            " SELECT message_id, at + interval '1 s', 'delivered', provider, '', took, recorded_at"
            " FROM attempt WHERE message_id = $1"
        ),
        "un intento no está en el sello de su minuto",
    ),
}


@pytest.mark.parametrize("how", TAMPERED)
async def test_tampered_row_is_told_by_the_constancia_and_found_by_its_verifier(
    office: Office, how: str, tmp_path: Path
) -> None:
    statement, words = TAMPERED[how]
    await office.database.rows(statement, await receipt_of(office.database))
    constancia = await made(office.database)
    text = words_of(unzipped(constancia.content)["constancia.pdf"], tmp_path)

    assert words in " ".join(checked(constancia).wrong)
    assert constancia.facts.mismatches
    assert "Atención: algo no cuadra" in text


async def test_changed_message_has_no_bytes_and_says_why(office: Office) -> None:
    receipt = await receipt_of(office.database)
    await office.database.rows("UPDATE message SET name = 'Otra' WHERE id = $1", receipt)
    constancia = await made(office.database)
    [row] = [row for message in constancia.facts.messages if message.id == receipt for row in message.rows]

    assert row.said is not None
    assert (None, True) == (row.said.file, "alguien cambió el mensaje" in row.said.why)
    assert any("alguien cambió el mensaje" in note for note in checked(constancia).notes)
    assert any("alguien cambió el mensaje" in finding for finding in constancia.facts.mismatches)


async def test_what_is_not_sealed_yet_is_said(opened: Database) -> None:
    await happen(opened)
    constancia = await made(opened)
    report = checked(constancia)

    assert [] == report.wrong
    assert ["no tienen sello todavía" in note for note in report.notes] == [True]


async def test_chain_goes_on_to_the_last_seal_of_the_day_with_its_stamp(office: Office) -> None:
    """The last one of a day was sent outside: it must be in the archive."""
    await office.database.rows(
        "INSERT INTO seal (number, minute, count, root, previous, digest, leaves)"
        " SELECT 2, minute + $1, 0, sha256(''), digest, '\\x00', '' FROM seal",
        SEALED_MINUTE,
    )
    [one] = await office.database.rows("SELECT * FROM seal WHERE number = 2")
    digest = link(2, one["minute"], 0, one["root"], one["previous"])
    await office.database.rows("UPDATE seal SET digest = $1 WHERE number = 2", digest)
    await office.database.rows("INSERT INTO seal_stamp (number, reply) VALUES (2, $1)", b"stamp " + digest)
    constancia = await made(office.database)
    _, report = verificar.verify(constancia.content, head=digest.hex())

    assert b"stamp " + digest == unzipped(constancia.content)["sellos/2.tsr"]
    assert ["1 estampas de tiempo" in note for note in report.notes] == [True]
    assert [(1, 2)] == [(part.first, part.last) for part in constancia.facts.seals.parts]
    assert [] == report.wrong


async def test_person_has_the_messages_to_her_and_her_consents(office: Office) -> None:
    asked = Asked(by="ana", at=ASKED_AT)
    constancia = await makers(office.database).of_person("p-maria", asked)
    elsewhere = await makers(office.database).of_person(
        "p-maria", Asked(by="ana", at=ASKED_AT, places=frozenset({"ph-otra"}))
    )
    facts = facts_of(constancia.content)

    assert {"p-maria"} == {message["person"] for message in facts["messages"]}
    assert {"pqrs.received", "pqrs.responded", "privacy.consent.granted"} == {
        message["event"] for message in facts["messages"]
    }
    assert ["¿Para cuándo? 🙂"] == [entry["reply"]["text"] for entry in facts["thread"] if entry["reply"]]
    assert {("data_treatment", True), ("commercial", True)} == {
        (line["purpose"], line["granted"]) for line in facts["consents"]
    }
    assert [] == checked(constancia).wrong
    assert [] == elsewhere.facts.messages
    with pytest.raises(UnknownName):
        await makers(office.database).of_person("p-nadie", asked)


async def test_too_many_messages_say_what_to_do(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "MOST", 2)

    with pytest.raises(TooLarge, match="Pida la de cada persona"):
        await made(office.database)


async def test_mails_that_would_fill_the_memory_say_what_to_do(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proven, "UNPACKED", 2000)

    with pytest.raises(TooLarge, match="Pida la de cada persona"):
        await made(office.database)


async def test_verifier_of_the_archive_runs_alone(office: Office, tmp_path: Path) -> None:
    constancia = await made(office.database)
    archive, program = tmp_path / "c.zip", tmp_path / "verificar.py"
    archive.write_bytes(constancia.content)
    program.write_bytes(unzipped(constancia.content)["verificar.py"])
    done = run_alone(program, str(archive), "--key", constancia.facts.key)

    assert (0, "") == (done.returncode, done.stderr)
    assert "Todo cuadra." in done.stdout
    assert json.loads(unzipped(constancia.content)["constancia.json"])["about"]["key"] == CASE
