"""`hub constancia`, against a real database."""

from __future__ import annotations

from pathlib import Path

from hub.storage import Database
from tests.integration.constancias import NUMBER, happen, seal_all
from tests.integration.test_cli_contacts import printed
from tests.integration.test_cli_operations import environ
from tests.integration.test_cli_servers import hub
from tests.integration.test_evidence import ENVIRON

__all__ = ["environ"]


async def test_constancia_is_made_verified_and_audited(environ: dict[str, str], tmp_path: Path) -> None:
    environ["HUB_SECRET"] = ENVIRON["HUB_SECRET"]
    case, person = str(tmp_path / "caso.zip"), str(tmp_path / "maria.zip")
    async with Database(environ["HUB_DATABASE_URL"]) as database:
        await happen(database)
        await seal_all(database)
        code, done, _ = await hub(environ, "constancia", "case", NUMBER, "--out", case)
        said, progress = await printed(environ, "constancia", "person", "p-maria", "--out", person)
        noted = await database.rows(
            "SELECT subject, person FROM audit WHERE action = 'constancia.make' ORDER BY at"
        )
    _, key, _ = await hub(environ, "constancia", "key")
    shown, _ = await printed(environ, "constancia", "key")
    fits = await hub(environ, "constancia", "verify", case, "--key", key["fingerprint"])
    other = await hub(environ, "constancia", "verify", person, "--key", "00" * 32)

    assert (0, 0, 1) == (code, fits[0], other[0])
    assert key["fingerprint"] == done["key"]
    assert key["fingerprint"] in shown
    assert f"{person}: 5 mensajes, firmada con la llave {key['fingerprint']}.\n" == said
    assert "" == progress
    assert "Todo cuadra." == fits[1]["lines"][-1]
    assert "La firmó otra llave" in other[1]["lines"][0]
    assert {("case:pqrs_id:pqrs-901", "p-maria"), ("person:p-maria", "p-maria")} == {
        (row["subject"], row["person"]) for row in noted
    }


async def test_nobody_and_no_case_are_said(environ: dict[str, str]) -> None:
    environ["HUB_SECRET"] = ENVIRON["HUB_SECRET"]
    nobody, _, refusal = await hub(environ, "constancia", "person", "p-nadie")
    nothing, _, unknown = await hub(environ, "constancia", "case", "PQ-9")

    assert (1, 1) == (nobody, nothing)
    assert "no hay nadie que se llame 'p-nadie'" in refusal
    assert "No hay un caso con esa clave." in unknown


async def test_without_a_secret_it_says_what_to_set(environ: dict[str, str]) -> None:
    code, _, refusal = await hub(environ, "constancia", "key")

    assert (1, True) == (code, "Set HUB_SECRET" in refusal)
