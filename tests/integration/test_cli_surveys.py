"""The survey of the half-year on the command line."""

from __future__ import annotations

from hub.storage import Database, PostgresIntake
from tests.command_line import command, hub
from tests.contract.values import membership, person, unit
from tests.unit.factories import agreed, said_in


async def test_the_survey_is_counted_confirmed_and_started_on_the_command_line(
    environ: dict[str, str],
) -> None:
    async with (
        Database(environ["HUB_DATABASE_URL"]) as database,
        PostgresIntake(database).transaction() as transaction,
    ):
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
