"""Texts of a case: they are those of then, whatever the templates are today; a forged one is named."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from hub.model import HUB_SOURCE
from hub.operations.evidence.remake import Remaker
from hub.storage import Database, PostgresEvidence
from tests.command_line import printed
from tests.integration.test_evidence import ENVIRON, Office
from tests.integration.test_web_access import GUARDED
from tests.integration.test_web_cases import HTML, KEY
from tests.integration.web_doubles import World, ask
from tests.unit.budget_events import PLACE, town
from tests.unit.factories import email, event, member, somebody

THEN = "Palabras de entonces"
RADICADO = "PQ-2026-000123"
PATH = f"/api/cases/{RADICADO}?whole=true"
TEXTS = {
    "pqrs.received": (
        "{% block subject %}Recibida{% endblock %}"
        "{% block body %}" + THEN + " {{ radicado }}{% endblock %}"
        "{% block sms %}" + THEN + "{% endblock %}"
        "{% block push_title %}Recibida{% endblock %}{% block push_body %}" + THEN + "{% endblock %}"
        "{% block staff_subject %}Nueva{% endblock %}{% block staff_body %}" + THEN + "{% endblock %}"
        "{% block staff_push_body %}" + THEN + "{% endblock %}"
    )
}


@dataclass
class Told:
    """A case with a mail to the petitioner, made with the texts of then."""

    office: Office
    mail: UUID

    async def thread(self) -> Mapping[str, Any]:
        reply = await ask(World(database=self.office.database, environ=GUARDED), PATH, headers=KEY)
        assert 200 == reply.status, reply.text
        return dict(reply.json)

    async def message(self) -> Mapping[str, Any]:
        return next(said for said in _messages(await self.thread()) if said["id"] == str(self.mail))


def _messages(thread: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [entry["message"] for entry in thread["entries"] if entry["message"]]


async def tell(database: Database, folder: Path) -> Told:
    """Send the receipt of a petition with the company's texts, which are not those of today."""
    (folder / "es").mkdir(parents=True)
    for name, text in TEXTS.items():
        (folder / "es" / f"{name}.j2").write_text(text)
    office = Office(database, {**ENVIRON, "HUB_TEMPLATES": str(folder)})
    petition = {"copropiedad_id": PLACE, "radicado": RADICADO, "petitioner": {"ref": "p-maria"}}
    await office.take_in(
        *town(),
        somebody("p-jefa", email("jefa@example.com")),
        member("p-jefa", "company", "staff", duty="coordinator", level=2),
        event("pqrs.received", petition),
    )
    await office.deliver()
    sent = [outgoing.message for outgoing in office.email.sent if outgoing.message.person == "p-maria"]
    return Told(office, sent[0].id)


@pytest.fixture
async def told(opened: Database, tmp_path: Path) -> Told:
    return await tell(opened, tmp_path / "textos")


async def test_texts_change_and_the_case_says_the_words_of_then(told: Told) -> None:
    said = await told.message()
    page = await ask(
        World(database=told.office.database, environ=GUARDED),
        f"/cases/{RADICADO}?whole=true",
        headers={**KEY, **HTML},
    )

    assert ("as_sent", None, "Recibida") == (said["text_origin"], said["text_note"], said["subject"])
    assert f"{THEN} {RADICADO}" in said["text"]
    assert "Lo que decía (comprobado: es lo que salió)" in page.text
    assert f"{THEN} {RADICADO}" in page.text


async def test_command_says_the_words_of_then(
    environ: dict[str, str], opened: Database, tmp_path: Path
) -> None:
    await tell(opened, tmp_path / "textos")
    whole, _ = await printed(environ, "case", RADICADO, "--whole")

    assert "Lo que decía (comprobado: es lo que salió):" in whole
    assert f"{THEN} {RADICADO}" in whole


@pytest.mark.parametrize(
    ("change", "origin", "note"),
    [
        ("UPDATE message SET name = 'Otra' WHERE id = $1", "unproven", "alguien cambió el mensaje"),
        (
            "UPDATE attempt SET digest = sha256('otra') WHERE message_id = $1",
            "unproven",
            "NO es igual a lo que salió",
        ),
        ("UPDATE attempt SET facts = NULL WHERE message_id = $1", "today", "Ya no están los datos"),
        (
            "UPDATE template_version SET sources = 'nada' WHERE $1::uuid IS NOT NULL",
            "today",
            "alguien la cambió",
        ),
        (
            """
            UPDATE event SET data = data || '{"radicado": "PQ-9"}'
            WHERE key = (SELECT event_key FROM message WHERE id = $1)
            """,
            "unproven",
            "alguien cambió el mensaje, su aviso",
        ),
    ],
)
async def test_a_tampered_row_is_named(told: Told, change: str, origin: str, note: str) -> None:
    await told.office.database.rows(change, told.mail)
    said = await told.message() if "PQ-9" not in change else await _renamed(told)

    assert origin == said["text_origin"]
    assert note in (said["text_note"] or "")
    assert (THEN in said["text"]) == (origin != "today")


async def _renamed(told: Told) -> Mapping[str, Any]:
    """Return the message by the number of the case in its system: its radicado was changed."""
    reply = await ask(
        World(database=told.office.database, environ=GUARDED),
        f"/api/cases/{told.mail}?whole=true",
        headers=KEY,
    )
    return next(said for said in _messages(reply.json) if said["id"] == str(told.mail))


async def test_what_has_not_left_is_told_as_it_would_leave_now(told: Told) -> None:
    await told.office.database.rows("DELETE FROM attempt WHERE message_id = $1", told.mail)
    await told.office.database.rows(
        "UPDATE message SET state = 'held', next_at = now() WHERE id = $1", told.mail
    )
    said = await told.message()

    assert "not_sent" == said["text_origin"]
    assert RADICADO in said["text"]
    assert THEN not in said["text"]


async def escalated(told: Told) -> UUID:
    """Escalate the case to level 2, and return the mail."""
    office, database = told.office, told.office.database
    [clock] = await database.rows("SELECT id, case_key FROM clock WHERE name = 'first_reply'")
    about = {"clock_id": str(clock["id"]), "radicado": RADICADO, "copropiedad_id": PLACE, "to_level": 2}
    own = replace(event("pqrs.escalated", about, id=f"{clock['id']}:2"), source=HUB_SOURCE)
    await office.take_in(own)
    await office.deliver()
    [mail] = [one for one in office.email.sent if one.message.person == "p-jefa"]
    assert "/take-on/" in mail.rendered.text
    return mail.message.id


async def test_the_link_of_an_escalation_left_and_is_shown_to_nobody_else(told: Told) -> None:
    mail = await escalated(told)
    thread = await told.thread()
    said = next(one for one in _messages(thread) if one["id"] == str(mail))

    assert "as_sent" == said["text_origin"]
    assert "(enlace personal)" in said["text"]
    assert "sig=" not in str(thread)


async def test_a_version_that_was_forgotten_is_read_again(told: Told) -> None:
    store = PostgresEvidence(told.office.database)
    remaker, said = Remaker(store), await store.said(told.mail)
    assert said is not None
    first = await remaker.remake(said)
    remaker.forget()
    again = await remaker.remake(said)

    assert [["same"]] * 2 == [[made.finding for made in found] for found in (first, again)]
