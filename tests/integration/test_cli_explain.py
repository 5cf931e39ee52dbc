"""`hub explain` as a command against a real database."""

from __future__ import annotations

from hub.model import AudienceRecord
from hub.storage import Database, PostgresAudit, PostgresIntake
from tests.command_line import hub, printed
from tests.contract.values import NOON, event, letter, membership, person, stored

ONE = stored(event(id="evt-1", data={"pqrs_id": "PQ-1"}))
OWNERS = {"roles": ["owner"], "unit_id": "u-1"}


async def fill(environ: dict[str, str]) -> None:
    record = AudienceRecord(event_key=ONE.key, audience=0, planned_at=NOON, groups=[OWNERS], people=1)
    async with (
        Database(environ["HUB_DATABASE_URL"]) as database,
        PostgresIntake(database).transaction() as transaction,
    ):
        await transaction.apply_directory(
            [person("p-1"), membership("p-1", "unit:u-1", "tenant", since="2026-01-01")]
        )
        await transaction.add_events([ONE, stored(event(id="evt-1", source="urn:erp"))])
        await transaction.keep_audiences([record])
        await transaction.add_dead_letters([letter(event_id="evt-9", reason="data.radicado: required")])


async def test_explanation_is_printed_a_sentence_per_line_and_audited(environ: dict[str, str]) -> None:
    await fill(environ)
    screen, complaint = await printed(environ, "explain", "evt-1", "p-1", "--source", "urn:crm")
    code, answer, _ = await hub(environ, "explain", str(ONE.key), "p-1")
    async with Database(environ["HUB_DATABASE_URL"]) as database:
        notes = (await PostgresAudit(database).notes(after=None, limit=10)).items

    assert (
        "PQRS recibida, el lunes 9 de marzo de 2026 a las 12:00 p. m.\n"
        "No: es arrendataria; el aviso era para propietarios.\n"
    ) == screen
    assert "" == complaint
    assert (0, "not_meant", "other_role", []) == (
        code,
        answer["outcome"],
        answer["reason"],
        answer["messages"],
    )
    assert [("event.explain", f"event:{ONE.key}")] * 2 == [(note.action, note.subject) for note in notes]


async def test_unknown_event_exits_one_with_the_reason(environ: dict[str, str]) -> None:
    await fill(environ)
    asked = [("evt-2", "p-1"), ("evt-9", "p-1"), ("evt-1", "p-1"), (str(ONE.key), "p-9")]
    answers = [await hub(environ, "explain", *words) for words in asked]

    assert [
        (1, "unknown_event"),
        (1, "unknown_event"),
        (1, "several_events"),
        (1, "unknown_person"),
    ] == [(code, answer["outcome"]) for code, answer, _ in answers]
    assert "Falta un dato obligatorio: data.radicado: required." in answers[1][1]["sentences"]
    assert "urn:crm, urn:erp." in answers[2][1]["sentences"][0]
