"""Claims of `docs/data-protection.md` and `docs/security.md`: all that they name is there."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Final

from hub.catalog import CATALOG
from hub.channels.registry import BUILDERS
from hub.model import Purpose
from hub.settings import PROVIDERS
from tests.for_each import for_each
from tests.unit.test_docs import ROOT, text

PAGE: Final = ROOT / "docs/data-protection.md"
POLICY: Final = tomllib.loads(text(ROOT / "hub/policy.toml"))
LINK: Final = re.compile(r"\[`?([^`\]]+?)`?\]\((\.\./(?:hub|tests)/[^)#\s]+)\)")
SETTING: Final = re.compile(r"`\[([a-z0-9_.]+)\](?: ([a-z_]+))?`")
RIGHTS: Final = tuple("abcdef")
LEY_1581: Final = ("4 (b)", "4 (f)", "4 (g)", "4 (h)", "8 (a)", "9", "14", "15", "17 (n)", "25", "26")
LEY_2300: Final = ("2", "3", "5", "7")
QUESTIONS: Final = (
    "autorizó",
    "finalidad",
    "se le envió",
    "después de revocar",
    "cobrarle",
    "a qué horas",
    "Números Excluidos",
    "datos tiene",
    "transmitió",
    "dentro del término",
    "conserva",
    "Suprimió",
    "ha visto",
    "incidente de seguridad",
)


def tables() -> Iterator[list[dict[str, str]]]:
    """Each table of the page, its rows by the names of their columns."""
    for block in re.findall(r"(?:^\|.*\n)+", text(PAGE), flags=re.MULTILINE):
        lines = [line.strip("|\n").split("|") for line in block.splitlines()]
        head, _, *rows = ([cell.strip() for cell in line] for line in lines)
        yield [dict(zip(head, row, strict=True)) for row in rows]


def with_tests() -> Iterator[dict[str, str]]:
    for table in tables():
        yield from (row for row in table if "test" in row)


def test_each_rule_names_its_law_its_code_its_setting_and_its_test() -> None:
    rows = list(with_tests())

    assert len(rows) > 40
    for row in rows:
        assert row["law"], row
        assert row["setting"], row
        assert re.search(r"\]\(", row.get("code") or row["how, and code"]) or "(f)" in row["law"], row
        assert any(name.startswith("test_") for name, _ in LINK.findall(row["test"])), row


def test_what_is_linked_is_in_the_file_it_leads_to() -> None:
    for name, path in LINK.findall(text(PAGE)):
        file = (PAGE.parent / path).resolve()
        assert file.exists(), path
        if name.startswith("test_"):
            assert re.search(rf"^(?:async )?def {name}\(", text(file), re.MULTILINE), name
        elif not {"/", "."} & set(name):
            assert re.search(rf"\b{name}\b", text(file)), name
        elif name in {kind.name for kind in CATALOG}:
            assert f'"{name}"' in text(file), name


def test_each_setting_is_one_of_the_policy() -> None:
    named = SETTING.findall(text(PAGE))

    assert named
    for section, key in named:
        found = POLICY
        for part in section.split("."):
            found = found[part]
        assert not key or key in found, (section, key)


@for_each(RIGHTS)
def test_each_right_of_article_eight_has_a_row(letter: str) -> None:
    rows = [row for row in with_tests() if "right" in row and f"({letter})" in row["law"]]

    assert rows


@for_each(LEY_1581)
def test_each_article_of_ley_1581_is_there(article: str) -> None:
    assert re.search(rf"Ley 1581, arts?\. [^|.;]*\b{re.escape(article)}", text(PAGE))


@for_each(LEY_2300)
def test_each_article_of_ley_2300_is_there(article: str) -> None:
    assert any(re.search(rf"Ley 2300, arts?\. [^|;]*\b{article}\b", row["law"]) for row in with_tests())


def test_the_last_section_has_the_questions_of_the_regulator() -> None:
    *_, last = re.split(r"^## ", text(PAGE), flags=re.MULTILINE)
    questions = " ".join(re.findall(r"^### (.+)$", last, flags=re.MULTILINE))

    assert last.startswith("What to answer when the regulator asks")
    assert [] == [words for words in QUESTIONS if words not in questions]


def test_no_text_of_collection_asks_for_the_reason() -> None:
    """Ley 2300 de 2023, art. 7."""
    named = {
        kind.name
        for kind in CATALOG
        if any(audience.purpose is Purpose.COLLECTION for audience in kind.audiences)
    }

    assert named
    for name in {*named, "_cobro"}:
        words = re.sub(r"\{#.*?#\}", "", text(ROOT / f"hub/templates/es/{name}.j2"), flags=re.DOTALL).lower()
        assert [] == [asked for asked in ("por qué", "motivo", "razón", "causa") if asked in words], name


def test_each_provider_that_can_be_set_is_among_the_processors() -> None:
    named = {row["setting"] for table in tables() for row in table if "processor" in row}

    assert {f"`{PROVIDERS[channel]}`" for channel in BUILDERS} <= named


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
