"""Compiled templates that a process finds on disk."""

from __future__ import annotations

import sys
from pathlib import Path
from types import CodeType
from typing import Final

import pytest

from hub.rendering.engine import Engine
from hub.rendering.kept_code import NAME, code_of, folder_of

MADE_OF: Final = (b"text", b"Hola", b"{}")


class Compiler:
    """Compiles a number, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> CodeType:
        self.asked += 1
        return compile("21 * 2", "<template>", "eval")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path / f"{NAME}-1"


def test_what_was_compiled_once_is_found(folder: Path) -> None:
    compiler = Compiler()
    codes = [code_of(MADE_OF, compiler, folder) for _ in range(3)]

    assert 1 == compiler.asked
    assert [42] * 3 == [eval(code) for code in codes]  # noqa: S307 - compiled above


def test_other_parts_make_another_code_wherever_they_are_divided(folder: Path) -> None:
    compiler = Compiler()
    for parts in (MADE_OF, (b"text", b"Hola{}", b""), (b"html", b"Hola", b"{}")):
        code_of(parts, compiler, folder)

    assert 3 == compiler.asked


@pytest.mark.parametrize("broken", [b"", b"half of", b"\xe9\x01\x00\x00\x00"])
def test_a_file_that_holds_no_code_is_made_again(folder: Path, broken: bytes) -> None:
    compiler = Compiler()
    code_of(MADE_OF, compiler, folder)
    [file] = folder.iterdir()
    file.write_bytes(broken)
    for _ in range(2):
        code_of(MADE_OF, compiler, folder)

    assert 2 == compiler.asked


def test_the_code_of_other_modules_is_taken_away(folder: Path) -> None:
    former, neighbour = folder.with_name(f"{NAME}-0"), folder.with_name("engine.pyc")
    for made in (former / "code.pyc", neighbour):
        made.parent.mkdir(exist_ok=True)
        made.write_bytes(b"")
    code_of(MADE_OF, Compiler(), folder)

    assert not former.exists()
    assert neighbour.exists()


def test_modules_that_change_have_another_folder(tmp_path: Path) -> None:
    module = tmp_path / "filters" / "money.py"
    module.parent.mkdir()
    module.write_text("SIGN = '$'\n")
    before = folder_of(tmp_path)
    (module.parent / "__pycache__").mkdir()
    same = folder_of(tmp_path)
    module.write_text("SIGN = 'COP'\n")

    assert before == same
    assert before != folder_of(tmp_path)


def test_nothing_is_kept_where_python_keeps_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    code_of(MADE_OF, Compiler(), folder)

    assert not folder.exists()


def test_a_place_that_cannot_be_written_costs_nothing_but_time(folder: Path) -> None:
    folder.write_bytes(b"a file, no folder")
    compiler = Compiler()
    codes = [code_of(MADE_OF, compiler, folder) for _ in range(2)]

    assert [42] * 2 == [eval(code) for code in codes]  # noqa: S307 - compiled above
    assert 2 == compiler.asked


def test_the_same_words_are_escaped_in_html_alone_and_by_the_filters_of_their_locale() -> None:
    spanish, english = Engine({}), Engine({}, {"pesos": lambda amount: f"COP {amount}"})
    source = "{{ name }} {{ 1200|pesos }}"
    said = [
        make("x", lambda: source).render({**spanish.globals, "name": "A&B"})
        for engine in (spanish, english)
        for make in (engine.html, engine.text)
    ]

    assert ["A&amp;B $\xa01.200", "A&B $\xa01.200", "A&amp;B COP 1200", "A&B COP 1200"] == said
