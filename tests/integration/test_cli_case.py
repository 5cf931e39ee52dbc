"""`hub case` and `hub explain`, as commands against a real database."""

from hub.model import AudienceRecord
from hub.storage import Database, PostgresAudit, PostgresIntake
from tests.command_line import hub, printed
from tests.contract.stores import stores_in
from tests.contract.values import NOON, event, letter, membership, person, stored
from tests.integration.test_web_cases import CASE, NAMED, SAID, fill


async def test_case_is_printed_named_and_whole_and_an_unknown_key_says_how_keys_look(
    environ: dict[str, str], opened: Database
) -> None:
    await fill(opened)
    named, complaint = await printed(environ, "case", "PQ-2026-000901")
    whole, _ = await printed(environ, "case", "pqrs_id:PQ/1 ñ", "--whole")
    code, _, refusal = await hub(environ, "case", "PQ-9")

    assert named.startswith(
        f"PQRS recibida · PQ-2026-000901\nConjunto ph-1 · {CASE}\nAbierto.\nPrimera respuesta: venció hace "
    )
    assert "\n\n9 mar 2026, 12:00 p. m.\n• PQRS recibida (radicado PQ-2026-000901).\n" in named
    assert "• María Peña escribe por correo.\n" in named
    assert "" == complaint
    assert ([*NAMED], []) == (
        [words for words in SAID if words in named],
        [words for words in SAID if words not in whole],
    )
    assert "  No es lo que salió: así lo dirían los textos de hoy:\n" in whole
    assert "  Salió sin que un proveedor lo confirmara en el momento" in whole
    assert (1, True) == (code, "No hay un caso con esa clave." in refusal)


async def test_number_of_several_cases_lists_them(environ: dict[str, str], opened: Database) -> None:
    several = [stored(event(), case=f"{field}:7") for field in ("outage_id", "pqrs_id")]
    await stores_in(opened).add_events(*several)
    code, answer, _ = await hub(environ, "case", "7")

    assert (1, ["outage_id:7", "pqrs_id:7"]) == (code, [choice["case"] for choice in answer["choices"]])


ONE = stored(event(id="evt-1", data={"pqrs_id": "PQ-1"}))
OWNERS = {"roles": ["owner"], "unit_id": "u-1"}


async def stored_messages(environ: dict[str, str]) -> None:
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


async def test_explanation_is_printed_a_sentence_per_line_and_audited(
    environ: dict[str, str], opened: Database
) -> None:
    await stored_messages(environ)
    screen, complaint = await printed(environ, "explain", "evt-1", "p-1", "--source", "urn:crm")
    code, answer, _ = await hub(environ, "explain", str(ONE.key), "p-1")
    notes = (await PostgresAudit(opened).notes(after=None, limit=10)).items

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
    await stored_messages(environ)
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
