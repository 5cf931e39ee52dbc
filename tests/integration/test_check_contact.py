"""`hub check` of the register of excluded numbers, and of links to residents."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from hub.access.keyring import KeyRing
from hub.cli.check.contact import judged
from hub.desk.exclusions.acts import replace
from hub.model.exclusions import ExclusionList
from hub.policy import load_policy
from hub.settings import Secret
from hub.storage import Database
from tests.integration.test_check import GOOD, environ, look, printed

__all__ = ["environ"]

NOW = datetime(2026, 3, 9, 17, tzinfo=UTC)
POLICY = load_policy()


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "ok: La lista de números excluidos es del 2026-03-09: 3 datos."),
        (3, "ok: La lista"),
        (4, "warn: La lista de números excluidos es del 2026-03-05 y sirve hasta el 2026-03-10."),
        (6, "warn: La lista de números excluidos es del 2026-03-03 y ya no sirve"),
    ],
)
def test_a_list_is_judged_by_its_age(days: int, words: str) -> None:
    day = NOW.date() - timedelta(days=days)
    loaded = ExclusionList(list_date=day, loaded_at=NOW, addresses=3)

    assert words in printed([judged(loaded, POLICY, NOW)])


async def test_without_a_list_it_says_that_commercial_messages_wait(environ: dict[str, str]) -> None:
    words = printed(await look(environ, "PostgreSQL"))

    assert "warn: Sin lista de números excluidos, los mensajes de " in words
    assert "hub exclusions load ARCHIVO" in words


async def test_a_list_whose_key_is_gone_is_bad(environ: dict[str, str], opened: Database) -> None:
    await replace(opened, KeyRing([Secret("another" * 8)]), [], list_date=date(2026, 3, 9))

    words = printed(await look({**environ, "HUB_SECRET": GOOD}, "PostgreSQL"))
    assert "bad: La lista de números excluidos es del 2026-03-09, y su clave no está en HUB_SECRET" in words


async def test_codes_and_the_page_of_residents_need_a_secret_and_https(
    environ: dict[str, str], tmp_path: Path
) -> None:
    whole = {**environ, "HUB_SECRET": GOOD, "HUB_PUBLIC_URL": "https://hub.example.co"}
    without = tmp_path / "policy.toml"
    without.write_text("[codes]\nchannels = []\n")

    missing = printed(await look(environ, "Política"))
    unasked = printed(await look({**environ, "HUB_POLICY": str(without)}, "Política"))
    in_clear = printed(await look({**whole, "HUB_PUBLIC_URL": "http://hub.example.co"}, "Política"))
    here = printed(await look({**whole, "HUB_PUBLIC_URL": "http://127.0.0.1:8080"}, "Política"))

    assert "warn: Los residentes no tienen página" in missing
    assert "warn: `[codes]` pide un código en letter, y ningún mensaje lo lleva." in missing
    assert "warn: Los enlaces de los mensajes abren solo en este equipo." in here
    assert "[codes]" not in unasked
    assert "warn: Los residentes no tienen página" in in_clear
    assert "Los residentes no tienen" not in printed(await look(whole, "Política"))
