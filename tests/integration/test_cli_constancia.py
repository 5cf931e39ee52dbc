"""`hub constancia`, against a real database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from hub.operations.constancia import verificar
from hub.storage import Database
from tests.command_line import hub, printed
from tests.integration.constancias import NUMBER, happen, seal_all
from tests.integration.test_evidence import ENVIRON
from tests.unit.constancias import OF_NOBODY, Small, key_of


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
    own = await hub(environ, "constancia", "verify", case)
    other = await hub(environ, "constancia", "verify", person, "--key", "00" * 32)

    assert (0, 0, 0, 1) == (code, fits[0], own[0], other[0])
    assert "Es una llave de este centro." in own[1]["lines"]
    assert key["fingerprint"] == done["key"]
    assert key["fingerprint"] in shown
    assert f"{person}: 5 mensajes, firmada con la llave {key['fingerprint']}.\n" == said
    assert "" == progress
    assert "Todo cuadra." == fits[1]["lines"][-1]
    assert "La firmó otra llave" in other[1]["lines"][0]
    assert {("case:pqrs_id:pqrs-901", "p-maria"), ("person:p-maria", "p-maria")} == {
        (row["subject"], row["person"]) for row in noted
    }


SECRET: Final = ENVIRON["HUB_SECRET"]
FORMER: Final = "a-former-secret-that-nobody-guesses-0123456789"


@pytest.mark.parametrize(
    ("forge", "words"),
    [
        (lambda: Small().signed(key_of("otra frase bastante larga que nadie adivina 987654")), "otra llave"),
        (lambda: Small().signed(OF_NOBODY), "no la tiene nadie"),
    ],
    ids=["of a stranger's key", "of a small-order key"],
)
async def test_forged_constancia_is_never_the_hubs_own(
    forge: Callable[[], bytes], words: str, tmp_path: Path
) -> None:
    path = tmp_path / "forged.zip"
    path.write_bytes(forge())
    code, forged, _ = await hub({"HUB_SECRET": SECRET}, "constancia", "verify", str(path))
    said, _ = await printed({"HUB_SECRET": SECRET}, "constancia", "verify", str(path))

    assert (1, False) == (code, forged["fits"])
    assert words in said
    assert ("La firma es válida" in said, "Todo cuadra" in said) == (False, False)


async def test_constancia_of_a_former_secret_is_the_hubs_own(tmp_path: Path) -> None:
    path, key = tmp_path / "former.zip", key_of(FORMER)
    path.write_bytes(Small().signed(key))
    kept, gone = {"HUB_SECRET": f"{SECRET},{FORMER}"}, {"HUB_SECRET": SECRET}
    known, _, _ = await hub(kept, "constancia", "verify", str(path))
    unknown, said, _ = await hub(gone, "constancia", "verify", str(path))
    named, _, _ = await hub(gone, "constancia", "verify", str(path), "--key", key.fingerprint)

    assert (0, 1, 0) == (known, unknown, named)
    assert key.fingerprint in said["lines"][0]


async def test_without_a_secret_nobody_knows_who_signed(tmp_path: Path) -> None:
    path = tmp_path / "c.zip"
    path.write_bytes(Small().signed())
    code, done, _ = await hub({}, "constancia", "verify", str(path))

    assert (verificar.UNKNOWN, False) == (code, done["fits"])
    assert "NO SE SABE DE QUIÉN ES" in done["lines"][-1]


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
