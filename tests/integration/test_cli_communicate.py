"""`hub communicate`: a file of Markdown is planned, and sent where that was asked for."""

from pathlib import Path

from hub.cli.communicate import read_markdown
from hub.model import Event
from hub.storage import Database, PostgresIntake
from tests.command_line import command, hub, printed
from tests.contract.values import membership, person, unit
from tests.unit.factories import agreed, said_in

MANY = 60
WORDS = "# Lavado del tanque\n\nEl **jueves** lavamos el tanque.\n"


def test_first_heading_is_the_title_and_the_rest_is_the_text() -> None:
    assert ("Lavado del tanque", "El **jueves** lavamos el tanque.") == read_markdown(WORDS)
    assert ("", "Sin título\n## Nada") == read_markdown("Sin título\n## Nada\n")
    assert ("Uno", "antes\n\n# Dos") == read_markdown("antes\r\n# Uno\r\n\r\n# Dos")


async def test_file_is_planned_then_sent_to_whom_the_words_mean(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """Above some people where they live is to be typed; nothing leaves without it, or with `--dry-run`."""
    await _people(environ)
    file = tmp_path / "circular.md"
    file.write_text(WORDS, encoding="utf-8")
    asked = ("communicate", str(file), "--to", "owners of ph-1", "--except", "person:p-0")
    screen, _ = await printed(environ, *asked, "--dry-run")
    _, dry, _ = await hub(environ, *asked, "--dry-run")
    refused, _, complaint = await hub(environ, *asked)
    _, some, _ = await hub(environ, "communicate", str(file), "--to", "person:p-1")
    code, _, unreleased = await hub(environ, *asked, "--yes-to", dry["needs_typed"])
    none, _, nobody = await hub(environ, "communicate", str(file), "--to", "council of ph-1")

    assert f"«Lavado del tanque»: {MANY - 1} personas" in screen
    assert "Correo" in screen
    assert "no se mandó nada" in screen
    assert (MANY - 1, "draft") == (dry["plan"]["shown"]["people"], dry["row"]["state"])
    assert (["owners@copropiedad:ph-1"], ["person:p-0"]) == (dry["to"], dry["without"])
    assert (2, True) == (refused, "--yes-to" in complaint)
    assert ("running", 1) == (some["row"]["state"], some["plan"]["shown"]["people"])
    # It is typed, and still needs two people for its release: a shell is none.
    assert (1, True) == (code, "release" in unreleased)
    assert (2, True) == (none, "no le llega a nadie" in nobody)


async def _people(environ: dict[str, str]) -> None:
    members: list[Event] = []
    for number in range(MANY):
        mail = {"id": "e", "kind": "email", "value": f"p{number}@example.com"}
        members += [
            unit(f"u-{number}", label=str(number)),
            person(f"p-{number}", names=f"Persona {number}", contact_points=[mail]),
            membership(f"p-{number}", f"unit:u-{number}", "owner"),
        ]
    async with (
        Database(environ["HUB_DATABASE_URL"]) as database,
        PostgresIntake(database).transaction() as transaction,
    ):
        await transaction.apply_directory(members)


async def test_the_survey_is_counted_confirmed_and_started_on_the_command_line(
    environ: dict[str, str], opened: Database
) -> None:
    async with PostgresIntake(opened).transaction() as transaction:
        await transaction.apply_directory(
            [
                unit("u-1"),
                person("p-1"),
                person("p-2", contact_points=[]),
                membership("p-1", "unit:u-1", "owner"),
                membership("p-2", "unit:u-1", "tenant"),
            ]
        )
        for who in ("p-1", "p-2"):
            await transaction.add_consents(said_in(agreed(who, "survey")))
    counted = await command(environ, "surveys", "start", "--dry-run")
    refused = await command(environ, "surveys", "start", text="n\n")
    started = await command(environ, "surveys", "start", "--copropiedad", "ph-1", text="y\n")
    _, answer, _ = await hub(environ, "surveys", "start", "--yes")
    nobody = await command(environ, "surveys", "start", "--copropiedad", "ph-other")
    _, noted, _ = await hub(environ, "audit")

    assert "se les preguntaría: 1." in counted.out
    assert "Por fuera, sin correo, celular ni aplicación: 1." in counted.out
    assert "se les pregunta" not in refused.out
    assert "se les pregunta: 1." in started.out
    # Nothing has taken the first one in: the second has the same id.
    assert (1, {"no_contact": 1}, False) == (answer["asked"], answer["left_out"], answer["dry_run"])
    assert "se les preguntaría: 0." in nobody.err
    assert ["surveys.start"] * 2 == [row["action"] for row in noted["items"]]
    assert "ph-1" == noted["items"][1]["detail"]["copropiedad"]
