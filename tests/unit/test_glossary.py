"""Names are made of words that a newcomer knows, or finds in `docs/glossary.md`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
HUB: Final = ROOT / "hub"
TERM: Final = re.compile(r"^\| ([^|]+) \| [^|]+ \| [^|]*\|$", re.MULTILINE)
PART: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")

REPLACED: Final = frozenset((ROOT / "tests/vectors/replaced_names.txt").read_text(encoding="utf-8").split())
"""Names of classes and modules for which the field has a better word."""


def public_modules() -> Iterator[Path]:
    for path in HUB.rglob("*.py"):
        if path.stem[0] != "_" and "versions" not in path.parts:
            yield path


def public_classes() -> Iterator[tuple[Path, str]]:
    for path in public_modules():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.name[0] != "_":
                yield path, node.name


def words(name: str) -> list[str]:
    return [part.lower() for part in PART.findall(name)]


def listed_words() -> set[str]:
    terms = TERM.findall((ROOT / "docs/glossary.md").read_text(encoding="utf-8"))
    ordinary = (ROOT / "tests/vectors/ordinary_words.txt").read_text(encoding="utf-8").split()
    return {word for term in terms for word in words(term.lower())} | set(ordinary)


def is_listed(word: str, listed: set[str]) -> bool:
    return word in listed or word.removesuffix("s") in listed or f"{word}s" in listed


def test_module_names_are_made_of_listed_words() -> None:
    listed = listed_words()
    unknown = {
        f"{path.relative_to(ROOT)}: {word}"
        for path in public_modules()
        for word in words(path.stem)
        if not is_listed(word, listed)
    }

    assert set() == unknown


def test_class_names_are_made_of_listed_words() -> None:
    listed = listed_words()
    unknown = {
        f"{path.relative_to(ROOT)}: {name}: {word}"
        for path, name in public_classes()
        for word in words(name)
        if not is_listed(word, listed)
    }

    assert set() == unknown


def test_replaced_names_do_not_come_back() -> None:
    classes = {f"{path.relative_to(ROOT)}: {name}" for path, name in public_classes() if name in REPLACED}
    modules = {str(path.relative_to(ROOT)) for path in public_modules() if path.stem in REPLACED}

    assert (set(), set()) == (classes, modules)


def test_each_term_of_the_glossary_stands_there_once() -> None:
    terms = TERM.findall((ROOT / "docs/glossary.md").read_text(encoding="utf-8"))
    repeated = {term for term in terms if terms.count(term) > 1} - {"term", "---"}

    assert set() == repeated
