"""The people of an audience, as a command against a real database."""

from __future__ import annotations

import re

from hub.people.audience import asked
from hub.storage import Database, PostgresIntake
from tests.command_line import hub, printed
from tests.contract.values import membership, person, unit

MAIL = {"id": "e", "kind": "email", "value": "maria@example.com"}


async def test_audience_is_shown_on_the_command_line(environ: dict[str, str]) -> None:
    async with (
        Database(environ["HUB_DATABASE_URL"]) as database,
        PostgresIntake(database).transaction() as transaction,
    ):
        await transaction.apply_directory(
            [
                unit("u-1", label="101"),
                person("p-1", names="María Peña", contact_points=[MAIL]),
                person("p-2", names="Pedro Gómez", contact_points=[]),
                membership("p-1", "unit:u-1", "owner"),
                membership("p-2", "copropiedad:ph-1", "council"),
            ]
        )
    words = ("people", "audience", "owners@copropiedad:ph-1", "council@copropiedad:ph-1")
    _, whole, _ = await hub(environ, *words)
    _, first, _ = await hub(environ, *words, "--limit", "1")
    _, rest, _ = await hub(environ, *words, "--after", first["next"])
    screen, _ = await printed(environ, *words)
    refused, _, complaint = await hub(environ, "people", "audience", "residentes@unit:u-1")
    _, noted, _ = await hub(environ, "audit")

    assert ["p-1", "p-2"] == [row["person"] for row in whole["items"]]
    assert {"email": 1, "mobile": 0, "push": 0, "letter_only": 1} == whole["reach"]
    assert [["p-1"], ["p-2"]] == [[row["person"] for row in page["items"]] for page in (first, rest)]
    assert (
        "Personas: 2. Se les avisa a 2 (correo 1, celular 0, push 0, solo papel 1). Por fuera: 0." in screen
    )
    assert "María Peña" in screen
    assert ["audience.show"] * 4 == [row["action"] for row in noted["items"]]
    assert {"asked": list(words[2:]), "found": 2} == noted["items"][0]["detail"]
    assert (1, True) == (refused, "did you mean 'residents'?" in complaint)


async def test_every_example_of_the_help_can_be_asked(environ: dict[str, str]) -> None:
    screen, _ = await printed(environ, "people", "audience", "--help")
    examples = re.findall(r"hub people audience ([a-z\"].+?)\s*(?:│|$)", screen, flags=re.MULTILINE)
    words = [word for line in examples for word in ([line.strip('"')] if line[0] == '"' else line.split())]

    assert 7 == len(examples)
    assert len(asked(words)) == len(words)
