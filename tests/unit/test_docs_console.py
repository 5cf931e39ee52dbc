"""Labels in the documents are on a page of the console, and paths in them are served."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from tests.for_each import for_each
from tests.unit.test_docs import ALERTS_PAGE, OPERATIONS, ROOT, WATCHING, rows, text
from tests.unit.test_docs_claims import is_served

CONSOLE: Final = ROOT / "docs/console.md"
IN_SPANISH: Final = tuple(sorted(ROOT.glob("docs/es/*.md")))
RUNBOOKS: Final = ROOT / "docs/runbooks.md"
SOURCES: Final = (
    *("hub/web/templates/**/*.html", "hub/web/**/*.py", "hub/web/static/*.js"),
    *("hub/rendering/*.py", "hub/operations/now/*.py"),
    *("hub/desk/**/*.html", "hub/desk/**/*.py", "hub/doors/**/*.html", "hub/doors/*.py"),
)
"""Where the words of pages stand."""
LABEL: Final = re.compile(r"(?<![*\w])\*([^*\n]+)\*(?![*\w])")
PATH: Final = re.compile(r"`(/[^`\s]*)`")
HERE: Final = "At the console"
LISTS: Final = "| list | page | on a terminal, each with `--json` | over HTTP (`/openapi.json`) |"


@cache
def words_of_pages() -> str:
    found = (path.read_text(encoding="utf-8") for pattern in SOURCES for path in sorted(ROOT.glob(pattern)))
    return "\n".join(found)


def is_said(label: str) -> bool:
    """Return whether these words are the whole text of something on a page."""
    whole = rf"""["'>}}] *{re.escape(label)}[.…:]? *["'<({{]"""
    return re.search(whole, words_of_pages()) is not None


def acts(page: Path) -> list[str]:
    """The lines that say where something is done at the console."""
    return [line for line in text(page).splitlines() if line.removeprefix("**").startswith(HERE)]


def is_page(path: str) -> bool:
    return is_served(re.split(r"[?#]", path)[0])


@for_each([CONSOLE, *IN_SPANISH])
def test_labels_of_the_console_are_those_of_its_pages(page: Path) -> None:
    named = LABEL.findall(text(page))

    assert len(named) > 10
    assert [] == [label for label in named if not is_said(label)]


@for_each([*sorted(OPERATIONS.glob("*.md")), RUNBOOKS])
def test_what_is_done_at_the_console_has_labels_and_pages_that_there_are(page: Path) -> None:
    said = "\n".join(acts(page))

    assert [] == [label for label in LABEL.findall(said) if not is_said(label)]
    assert [] == [path for path in PATH.findall(said) if not is_page(path)]


def test_every_alert_and_every_runbook_says_where_it_is_done_at_the_console() -> None:
    alerts = re.split(r"^## Alert ", text(ALERTS_PAGE), flags=re.MULTILINE)[1:]
    books = re.split(r"^## ", text(RUNBOOKS), flags=re.MULTILINE)[1:]

    assert [] == [part.splitlines()[0] for part in alerts if f"\n{HERE}: " not in part]
    assert [] == [part.splitlines()[0] for part in books if f"\n**{HERE}.** " not in part]
    assert [] == [part.splitlines()[0] for part in books if not PATH.search(part)]


def test_every_list_names_its_page() -> None:
    pages = [PATH.findall(row[1]) for row in rows(WATCHING, LISTS)]

    assert len(pages) > 20
    assert [] == [path for paths in pages for path in paths or [""] if not is_page(path)]
