"""`hub evidence`, against a real database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from hub.model.months import month_of
from hub.storage import Database
from tests.command_line import hub, printed
from tests.integration.divided import divide, lose
from tests.integration.test_evidence import Office
from tests.integration.test_seals import EIGHT, THIRD, sealed_day
from tests.unit.budget_events import batch, town
from tests.unit.test_shown_evidence import words_in


async def test_words_are_shown_with_the_result_of_their_comparison(environ: dict[str, str]) -> None:
    async with Database(environ["HUB_DATABASE_URL"]) as database:
        office = Office(database)
        await office.take_in(*town())
        await office.take_in(*batch("admin.payment.received", 0)[:1])
        await office.deliver()
        [message_id] = office.email.bytes
        code, shown, _ = await hub(environ, "evidence", "show", str(message_id))
        screen, _ = await printed(environ, "evidence", "show", str(message_id))
        await database.rows("UPDATE message SET name = 'Otra' WHERE id = $1", message_id)
        changed, _, _ = await hub(environ, "evidence", "show", str(message_id))
        unknown, _, _ = await hub(environ, "evidence", "show", str(uuid4()))
        noted = await database.rows("SELECT subject FROM audit WHERE action = 'evidence.show'")

    assert (code, changed, unknown) == (0, 1, 1)
    assert shown["items"][0]["finding"] == "same"
    assert "Subject: " in shown["items"][0]["content"]
    assert "/mi/" in words_in(office.email.bytes[message_id].decode())
    assert "/mi/" not in words_in(shown["items"][0]["content"])
    assert "(enlace personal)" in words_in(shown["items"][0]["content"])
    assert "Igual byte por byte a lo que salió." in screen
    assert shown["items"][0]["text"].splitlines()[0] in screen
    assert {row["subject"] for row in noted} == {f"message:{message_id}"}


async def test_a_chain_is_verified_and_what_does_not_fit_is_named(environ: dict[str, str]) -> None:
    async with Database(environ["HUB_DATABASE_URL"]) as database:
        await sealed_day(database)
        whole = await hub(environ, "evidence", "verify")
        screen, _ = await printed(environ, "evidence", "verify", "--head", whole[1]["head"])
        other, _, _ = await hub(environ, "evidence", "verify", "--head", "00" * 32)
        await database.rows("UPDATE attempt SET outcome = 'delivered' WHERE message_id = $1", THIRD)
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
    environ: dict[str, str], tmp_path: Path
) -> None:
    month = month_of(EIGHT)
    policy = tmp_path / "policy.toml"
    policy.write_text(f"[retention]\nmonths = {_months_since(month)}\n")
    async with Database(environ["HUB_DATABASE_URL"]) as database:
        await divide(database, month, 2)
        await sealed_day(database)
        await lose(database, f"{month:%Y_%m}")
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
