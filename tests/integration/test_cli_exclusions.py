"""The register of excluded numbers on the command line."""

from __future__ import annotations

from pathlib import Path

from tests.command_line import command, hub


async def test_a_list_is_loaded_shown_and_noted_and_bad_lines_stop_it(
    environ: dict[str, str], tmp_path: Path
) -> None:
    given = {**environ, "HUB_SECRET": "secret" * 8}
    good, bad = tmp_path / "rne.csv", tmp_path / "bad.csv"
    good.write_text("dato,canal\n3001234567,sms\nmaria@example.com,correo\n", encoding="utf-8")
    bad.write_text("dato,canal\nno sé,sms\n3009998877,\n", encoding="utf-8")

    nothing = await command(given, "exclusions", "show")
    refused = await command(given, "exclusions", "load", str(bad), "--date", "2026-03-09")
    future = await command(given, "exclusions", "load", str(good), "--date", "2999-01-01")
    loaded = await command(given, "exclusions", "load", str(good), "--date", "2026-03-09")
    older = await command(given, "exclusions", "load", str(good), "--date", "2026-03-08")
    partly = await command(given, "exclusions", "load", str(bad), "--date", "2026-03-10", "--skip-bad")
    _, shown, _ = await hub(given, "exclusions", "show")
    told = await command(given, "exclusions", "show")
    _, noted, _ = await hub(given, "audit")

    assert "No hay lista" in nothing.out
    assert refused.code != 0
    assert "1 líneas malas (las primeras: 2)" in refused.err
    assert future.code != 0
    assert "Lista del 2026-03-09: 2 datos excluidos." in loaded.out
    assert older.code != 0
    assert "1 datos excluidos." in partly.out
    assert ("2026-03-10", 1, {"all": 1}) == (shown["list_date"], shown["addresses"], shown["by_channel"])
    assert ("2026-03-15", False) == (shown["usable_until"], shown["usable"])
    assert "Lista del 2026-03-10: 1 datos excluidos (todos los canales 1). Venció el 2026-03-15" in told.out
    assert {"exclusions.load"} == {row["action"] for row in noted["items"]}
