"""The table of OWASP ASVS in `docs/security.md` is whole, and all that it names is there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from tests.unit.test_docs import ROOT, text

SECURITY: Final = ROOT / "docs/security.md"
SECTIONS: Final[Mapping[int, str]] = {
    1: "1 2 4 5 6 7 8 9 10 11 12 14",
    2: "1 2 3 4 5 6 7 8 9 10",
    3: "1 2 3 4 5 7",
    4: "1 2 3",
    5: "1 2 3 4 5",
    6: "1 2 3 4",
    7: "1 2 3 4",
    8: "1 2 3",
    9: "1 2",
    10: "2 3",
    11: "1",
    12: "1 2 3 4 5 6",
    13: "1 2 3 4",
    14: "1 2 3 4 5",
}
"""Chapter → sections of ASVS 4.0.3 that have a requirement of level 1 or 2."""
ROW: Final = re.compile(r"^\| (V\d+\.\d+) [^|]+\| (yes|partly|no|–) \| ([^|]+) \|$", re.MULTILINE)
TEST: Final = re.compile(r"\[(test_\w+)\]\((\S+?)\)")
OPEN: Final = re.compile(r"TODO-MERGE \w+")
FILE: Final = re.compile(r"`((?:tests|hub|scripts)/[\w/.]+|Dockerfile|CONTRIBUTING\.md)`")


def table() -> list[tuple[str, str, str]]:
    return ROW.findall(text(SECURITY))


def test_every_section_of_levels_one_and_two_has_one_row_in_order() -> None:
    expected = [f"V{chapter}.{part}" for chapter, parts in SECTIONS.items() for part in parts.split()]

    assert expected == [section for section, *_ in table()]


def test_what_is_held_names_a_test_or_a_file() -> None:
    bare = [
        section
        for section, held, words in table()
        if held in {"yes", "partly"} and not (TEST.search(words) or FILE.search(words) or OPEN.search(words))
    ]

    assert [] == bare


def test_each_test_that_is_named_is_in_the_file_it_leads_to() -> None:
    named = [found for *_, words in table() for found in TEST.findall(words)]

    assert len(named) > 80
    for name, path in named:
        assert re.search(rf"^(?:async )?def {name}\(", text(SECURITY.parent / path), re.MULTILINE), name


def test_each_file_that_is_named_exists() -> None:
    assert [] == [path for path in FILE.findall(text(SECURITY)) if not (ROOT / path).exists()]


def test_nothing_is_left_to_fill_in() -> None:
    assert [] == OPEN.findall(text(SECURITY))
