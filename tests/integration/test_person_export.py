"""A person gets what the hub holds of them: as JSON, as a document, over HTTP."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.errors import UnknownName
from hub.model import MarkReason
from hub.operations.person_export import paper
from hub.operations.person_export.make import make_export
from hub.operations.person_export.schemas import PersonExport
from hub.rendering.paper import make_pdf
from hub.storage import Database
from tests.actors import actor
from tests.command_line import hub
from tests.integration.constancias import happen
from tests.integration.test_erasures import MAIL, NAME, REF, WORDS, Rights, rights

__all__ = ["rights"]

COMPANY = "P&T"
AT = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)


async def made(database: Database, person: str = REF) -> PersonExport:
    return await make_export(database, COMPANY, person, by=actor(now=AT))


async def test_export_has_everything_that_is_held(rights: Rights) -> None:
    await rights.database.rows(
        "INSERT INTO audit (id, at, who, action, subject, detail, person) "
        "VALUES (gen_random_uuid(), now(), 'cli:ana', 'person.show', $1, '{}', $2)",
        f"person:{REF}",
        REF,
    )
    export = await made(rights.database)
    said = [row.said.text or "" for message in export.messages for row in message.rows if row.said]

    assert NAME == export.identity["name"]
    assert MAIL in {point["value"] for point in export.identity["contact_points"]}
    assert {"owner", "resident"} == {role.role for role in export.roles}
    assert [("commercial", True), ("commercial", False)] == [
        (line.purpose, line.granted) for line in export.consents
    ]
    assert any(WORDS["petition"] in text for text in said)
    assert WORDS["reply"] in {entry.reply.text for entry in export.thread if entry.reply is not None}
    assert [(f"{WORDS['file']}.pdf", WORDS["file"].encode())] * 2 == [
        (file.name, file.content) for file in export.files
    ]
    assert {"first_reply", "legal_term"} <= {case.name for case in export.cases}
    assert [WORDS["comment"]] == [survey.data["comment"] for survey in export.surveys]
    assert "person.show" in {line.action for line in export.audit}


async def test_export_has_wishes_marks_the_page_and_what_counts(rights: Rights) -> None:
    export = await made(rights.database)
    [change], [mark], [contact] = export.preferences, export.marks, export.contacts

    assert (1, f"a petición de {NAME}") == (change.version, change.by)
    assert (MarkReason.CONTESTED_ACCOUNT, WORDS["note"]) == (mark.reason, mark.note)
    assert [f"al correo {MAIL}", None] == [opening.shown for opening in export.openings]
    assert "sms" == contact.channel


async def test_reason_of_a_mark_is_for_staff_to_read_first(rights: Rights) -> None:
    by = actor(f"person:{REF}", now=AT)
    export = await make_export(rights.database, COMPANY, REF, by=by, with_reasons=False)
    cells = [cell for part in paper.pages(export)["parts"] for row in part["rows"] for cell in row]

    assert [(None, None)] == [(mark.reason, mark.note) for mark in export.marks]
    assert any("Pregunte por qué a la administración" in cell for cell in cells)
    assert not any(WORDS["note"] in cell for cell in cells)


async def test_nobody_has_no_export(rights: Rights) -> None:
    with pytest.raises(UnknownName):
        await made(rights.database, "p-nadie")


async def test_document_is_readable_and_accessible(rights: Rights) -> None:
    export = await made(rights.database)
    data = paper.pages(export)
    content = await make_pdf(paper.TEMPLATE, data, AT)
    rows = [cell for part in data["parts"] for row in part["rows"] for cell in row]

    assert content.startswith(b"%PDF")
    assert b"pdfuaid" in content
    assert all(
        any(WORDS[word] in cell for cell in rows) for word in ("name", "mail", "reply", "petition", "note")
    )


async def test_commands_export_and_erase_and_are_audited(
    environ: dict[str, str], opened: Database, tmp_path: Path
) -> None:
    out = tmp_path / "maria.pdf"
    await happen(opened)
    nobody, _, refusal = await hub(environ, "person", "export", "p-nadie")
    code, done, _ = await hub(environ, "person", "export", "p-maria", "--out", str(out))
    reason = "--reason", "reclamo 14"
    looked, report, _ = await hub(environ, "person", "erase", "p-maria", *reason, "--dry-run")
    lost, _, unknown = await hub(environ, "person", "erase", "p-nadie", *reason, "--dry-run")
    refused, _, why = await hub(environ, "person", "erase", "p-maria", *reason, "--yes")
    noted = await opened.rows("SELECT action FROM audit WHERE person = 'p-maria' ORDER BY at")

    assert (1, 0, 0, 1, 1) == (nobody, code, looked, lost, refused)
    assert "no hay nadie que se llame 'p-nadie'" in unknown
    assert "no hay nadie que se llame 'p-nadie'" in refusal
    assert out.read_bytes().startswith(b"%PDF")
    assert done["messages"] > 0
    assert "membership" in report["duties"]
    assert "No se suprime: hoy es propietario" in why
    assert ["person.export", "person.erase.look", "person.erase.look"] == [row["action"] for row in noted]
