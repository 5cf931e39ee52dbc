"""`hub search` as a command against a real database."""

from __future__ import annotations

from hub.storage import Database, PostgresIntake
from tests.command_line import hub, printed
from tests.contract.values import copropiedad, membership, person, unit


async def test_search_prints_what_it_finds_and_notes_it(environ: dict[str, str]) -> None:
    async with (
        Database(environ["HUB_DATABASE_URL"]) as database,
        PostgresIntake(database).transaction() as run,
    ):
        await run.apply_directory(
            [
                copropiedad("ph-1", name="Altos del Rosal"),
                unit("u-301", "ph-1", tower="2", label="Apto 301"),
                person("p-1", names="José González"),
                membership("p-1", "unit:u-301", "owner", since="2026-01-01"),
            ]
        )
    named, _ = await printed(environ, "search", "gonzales", "jose")
    whole, _ = await printed(environ, "search", "gonzales", "--whole")
    _, nothing = await printed(environ, "search", "zutano")
    code, answer, _ = await hub(environ, "search", "T2-301")
    audit, _ = await printed(environ, "audit")

    assert "Personas" in named
    assert "José González" in named
    assert "propietario, Torre 2 Apto 301" in named
    assert "José González" in whole
    assert "No se encontró nada" in nothing
    assert (0, ["units"], "u-301") == (
        code,
        [group["kind"] for group in answer["groups"]],
        answer["groups"][0]["items"][0]["id"],
    )
    assert "search" in audit
    assert "gonzales" not in audit


async def test_help_of_search_teaches_what_may_be_typed(environ: dict[str, str]) -> None:
    words, _ = await printed(environ, "search", "--help")

    for example in ("hub search gomez ana", "hub search T2-301", "hub search PQ-2026-000901"):
        assert example in words
