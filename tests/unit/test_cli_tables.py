"""Tables of commands on a terminal: an id is never broken, and nothing is lost at 80 columns."""

from __future__ import annotations

from contextvars import copy_context

import pytest
from rich.console import Console

from hub.doors import terminal

ID = "01a2301a-4e65-8640-a36d-60de6e5eac19"
EVENT = "maintenance.scheduled.announced"
WIDTH = 80


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "console", lambda: Console(highlight=False, width=WIDTH))


def test_words_are_wrapped_and_an_id_stays_whole(capsys: pytest.CaptureFixture[str]) -> None:
    subject = "Sin agua el sábado 5 de diciembre de 2026 por el lavado de los tanques"
    terminal.print_table(["subject", "state", "id"], [(subject, "open", ID)])
    lines = capsys.readouterr().out.splitlines()

    assert lines[0].split() == ["subject", "state", "id"]
    assert ID in lines[1]
    assert all(len(line) <= WIDTH for line in lines)
    assert subject.split() == [word for word in " ".join(lines[1:]).split() if word not in {"open", ID}]
    assert len(lines) > 2


@pytest.mark.parametrize(("is_spanish", "words"), [(False, "None.\n"), (True, "Nada.\n")])
def test_a_table_without_rows_says_so_in_the_language_of_its_command(
    capsys: pytest.CaptureFixture[str], *, is_spanish: bool, words: str
) -> None:
    def show() -> None:
        terminal.SPANISH.set(is_spanish)
        terminal.print_table(["id"], [])

    copy_context().run(show)

    assert words == capsys.readouterr().err


def test_rows_that_are_too_wide_come_as_blocks(capsys: pytest.CaptureFixture[str]) -> None:
    row = ("2026-12-01 01:01:04", "", EVENT, "p-elvira-rojas", ID)
    terminal.print_table(["made", "guide", "event", "person", "id"], [row, row])

    block = [
        "made    2026-12-01 01:01:04",
        f"event   {EVENT}",
        "person  p-elvira-rojas",
        f"id      {ID}",
    ]
    assert [*block, "", *block] == capsys.readouterr().out.splitlines()
