"""`hub constancia` and `hub evidence`, against a real database."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest

from hub.model.months import month_of
from hub.operations.constancia import verificar
from hub.storage import Database
from tests.command_line import hub, printed
from tests.integration.constancias import NUMBER, happen, seal_all
from tests.integration.divided import divide, lose
from tests.integration.test_evidence import ENVIRON, Office
from tests.integration.test_seals import EIGHT, THIRD, sealed_day
from tests.unit.budget_events import batch, town
from tests.unit.constancias import OF_NOBODY, Small, key_of
from tests.unit.test_shown_evidence import words_in


async def test_constancia_is_made_verified_and_audited(
    environ: dict[str, str], opened: Database, tmp_path: Path
) -> None:
    environ["HUB_SECRET"] = ENVIRON["HUB_SECRET"]
    case, person = str(tmp_path / "caso.zip"), str(tmp_path / "maria.zip")
    await happen(opened)
    await seal_all(opened)
    code, done, _ = await hub(environ, "constancia", "case", NUMBER, "--out", case)
    said, progress = await printed(environ, "constancia", "person", "p-maria", "--out", person)
    noted = await opened.rows(
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


async def test_words_are_shown_with_the_result_of_their_comparison(
    environ: dict[str, str], opened: Database
) -> None:
    office = Office(opened)
    await office.take_in(*town())
    await office.take_in(*batch("admin.payment.received", 0)[:1])
    await office.deliver()
    [message_id] = office.email.bytes
    code, shown, _ = await hub(environ, "evidence", "show", str(message_id))
    screen, _ = await printed(environ, "evidence", "show", str(message_id))
    await opened.rows("UPDATE message SET name = 'Otra' WHERE id = $1", message_id)
    changed, _, _ = await hub(environ, "evidence", "show", str(message_id))
    unknown, _, _ = await hub(environ, "evidence", "show", str(uuid4()))
    noted = await opened.rows("SELECT subject FROM audit WHERE action = 'evidence.show'")

    assert (code, changed, unknown) == (0, 1, 1)
    assert shown["items"][0]["finding"] == "same"
    assert "Subject: " in shown["items"][0]["content"]
    assert "/mi/" in words_in(office.email.bytes[message_id].decode())
    assert "/mi/" not in words_in(shown["items"][0]["content"])
    assert "(enlace personal)" in words_in(shown["items"][0]["content"])
    assert "Igual byte por byte a lo que salió." in screen
    assert shown["items"][0]["text"].splitlines()[0] in screen
    assert {row["subject"] for row in noted} == {f"message:{message_id}"}


async def test_a_chain_is_verified_and_what_does_not_fit_is_named(
    environ: dict[str, str], opened: Database
) -> None:
    await sealed_day(opened)
    whole = await hub(environ, "evidence", "verify")
    screen, _ = await printed(environ, "evidence", "verify", "--head", whole[1]["head"])
    other, _, _ = await hub(environ, "evidence", "verify", "--head", "00" * 32)
    await opened.rows("UPDATE attempt SET outcome = 'delivered' WHERE message_id = $1", THIRD)
    code, found, _ = await hub(environ, "evidence", "verify", "--since", "2026-11-26")
    later, _, _ = await hub(environ, "evidence", "verify", "--since", "2026-11-27")
    named, _ = await printed(environ, "evidence", "verify")
    wrong, _, _ = await hub(environ, "evidence", "verify", "--head", "nada")

    assert (whole[0], whole[1]["rows"], whole[1]["items"]) == (0, 30, [])
    assert "Todo cuadra." in screen
    assert (other, code, later, wrong) == (1, 1, 0, 2)
    assert [(item["flaw"], item["message_id"]) for item in found["items"]] == [("changed_row", str(THIRD))]
    assert "Alguien cambió este intento después de sellado." in named


async def test_a_month_that_the_policy_keeps_and_that_is_gone_does_not_fit(
    environ: dict[str, str], opened: Database, tmp_path: Path
) -> None:
    month = month_of(EIGHT)
    policy = tmp_path / "policy.toml"
    policy.write_text(f"[retention]\nmonths = {_months_since(month)}\n")
    await divide(opened, month, 2)
    await sealed_day(opened)
    await lose(opened, f"{month:%Y_%m}")
    code, found, _ = await hub(environ, "evidence", "verify")
    screen, _ = await printed(environ, "evidence", "verify")
    kept, _, _ = await hub({**environ, "HUB_POLICY": str(policy)}, "evidence", "verify")

    assert (1, 1, 0) == (code, kept, found["gone"])
    assert ["missing_month"] == [item["flaw"] for item in found["items"]]
    assert f"{month:%Y-%m}, con 30 intentos sellados" in " ".join(screen.split())
    assert "Todo cuadra" not in screen


def _months_since(month: datetime) -> int:
    now = datetime.now(UTC)
    return (now.year - month.year) * 12 + now.month - month.month
