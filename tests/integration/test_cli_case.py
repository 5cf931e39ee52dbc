"""`hub case` as a command against a real database."""

from __future__ import annotations

from hub.storage import Database, PostgresIntake
from tests.command_line import hub, printed
from tests.contract.values import event, stored
from tests.integration.test_web_cases import CASE, NAMED, SAID, fill


async def test_case_is_printed_named_and_whole_and_an_unknown_key_says_how_keys_look(
    environ: dict[str, str],
) -> None:
    async with Database(environ["HUB_DATABASE_URL"]) as database:
        await fill(database)
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


async def test_number_of_several_cases_lists_them(environ: dict[str, str]) -> None:
    several = [stored(event(), case=f"{field}:7") for field in ("outage_id", "pqrs_id")]
    async with (
        Database(environ["HUB_DATABASE_URL"]) as database,
        PostgresIntake(database).transaction() as transaction,
    ):
        await transaction.add_events(several)
    code, answer, _ = await hub(environ, "case", "7")

    assert (1, ["outage_id:7", "pqrs_id:7"]) == (code, [choice["case"] for choice in answer["choices"]])
