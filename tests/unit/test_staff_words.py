"""Staff reads words for people: no queue, no circuit, no event, wherever Spanish for staff is written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from hub.cloudevents.schemas import Schemas
from hub.health.incidents import BY_KIND, KINDS, title_of
from hub.rendering.lint import ENGINEERS_WORD, FOR_STAFF

ROOT: Final = Path(__file__).parents[2]
SCHEMAS: Final = Schemas.load()
MODULES: Final = (
    "hub/rendering/*_es.py",
    "hub/health/*.py",
    "hub/desk/**/*.py",
    "hub/doors/*.py",
    "hub/operations/**/*.py",
    "hub/web/console/*.py",
)
PAGES: Final = (
    "hub/desk/**/*.html",
    "hub/doors/templates/*.html",
    "hub/web/templates/console/*.html",
    "hub/web/templates/sign_in.html",
    "hub/web/templates/away.html",
    "hub/web/templates/inbox*.html",
)
EXCUSED: Final[Mapping[str, tuple[frozenset[str], str]]] = {
    "hub/desk/webhooks": (
        frozenset({"webhook", "webhooks"}),
        "the page of an administrator, beside whom the programmer of the other system sits",
    ),
    "hub/web/console/audit_page.py": (frozenset({"webhook"}), "what was done on that page"),
    "hub/desk/accounts/noun.py": (frozenset({"webhooks"}), "the tab that leads to that page"),
    "hub/desk/keys/noun.py": (frozenset({"webhooks"}), "the tab that leads to that page"),
    "hub/web/templates/console/base.html": (
        frozenset({"api", "eventos"}),
        "for programmers, at the foot",
    ),
    "hub/operations/constancia/words_es.py": (
        frozenset({"json"}),
        "the name of a file in the archive, for the expert of the other side",
    ),
}
"""Beginning of a path → the words that stand there, and why."""
SPANISH: Final = re.compile(
    r"[áéíóúñ¿¡]|\b(?:el|la|los|las|un|una|que|se|su|con|por|para|del|al|y|de|eventos?|circuitos?|colas?)\b",
    re.IGNORECASE,
)
GAP: Final = re.compile(r"{#.*?#}|{{.*?}}|{%.*?%}|<style.*?</style>|<code>.*?</code>", re.DOTALL)
LITERAL: Final = re.compile(r'"([^"<>]+)"')
SHOWN: Final = re.compile(r'\b(?:title|aria-label|placeholder|data-label|alt)="([^"]*)"')
TECHNICAL: Final = re.compile(r'<details class="tech">.*?</details>', re.DOTALL)
"""What an operator reads to an engineer; closed until somebody opens it."""
TAG: Final = re.compile(r'<[^>]*>|\b[\w-]+="[^"]*"')


def paths(patterns: tuple[str, ...]) -> Iterator[Path]:
    for pattern in patterns:
        yield from sorted(ROOT.glob(pattern))


def is_spanish(text: str) -> bool:
    """Return whether it is a sentence for staff, or a title of one word, which begins with a capital."""
    return bool(SPANISH.search(text)) if " " in text else text.istitle()


def texts_of_module(path: Path) -> Iterator[str]:
    """Yield the Spanish sentences of a module; a docstring is no text."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    loose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in loose:
            continue
        if is_spanish(node.value):
            yield node.value


def texts_of_page(path: Path) -> Iterator[str]:
    """Yield what a page shows: its words, those in attributes, and those that its statements give."""
    page = TECHNICAL.sub(" ", path.read_text(encoding="utf-8"))
    for gap in GAP.findall(page):
        yield from (words for words in LITERAL.findall(gap) if is_spanish(words) and "/" not in words)
    plain = GAP.sub(" ", page)
    yield from SHOWN.findall(plain)
    yield TAG.sub(" ", plain)


def excused(name: str) -> frozenset[str]:
    found = [words for beginning, (words, _) in EXCUSED.items() if name.startswith(beginning)]
    return frozenset().union(*found)


def found_in(patterns: tuple[str, ...]) -> dict[str, set[str]]:
    read = texts_of_page if patterns is PAGES else texts_of_module
    found: dict[str, set[str]] = {}
    for path in paths(patterns):
        name = str(path.relative_to(ROOT))
        words = {word.lower() for text in read(path) for word in ENGINEERS_WORD.findall(text)}
        if left := words - excused(name):
            found[name] = left
    return found


def test_no_spanish_of_a_module_for_staff_has_a_word_of_engineers() -> None:
    assert {} == found_in(MODULES)


def test_no_page_for_staff_has_a_word_of_engineers() -> None:
    assert {} == found_in(PAGES)


def test_each_excuse_is_used() -> None:
    for beginning, (words, _) in EXCUSED.items():
        texts = " ".join(
            path.read_text(encoding="utf-8").lower()
            for path in paths((*MODULES, *PAGES))
            if str(path.relative_to(ROOT)).startswith(beginning)
        )

        assert words == {word for word in words if word in texts}


def test_incident_names_no_command_and_no_setting() -> None:
    for kind in KINDS:
        words = " ".join((title_of(f"{kind.name}:sms:urgent"), kind.seen, kind.to_do, kind.meanwhile))

        assert [] == re.findall(r"`|\[\w+\]|\bhub\b|\b\w+_\w+\b", words)


def test_examples_of_an_incident_have_its_own_words() -> None:
    for name in ("hub.trouble.began", "hub.trouble.ended"):
        for example in SCHEMAS.by_name[name].examples:
            kind = BY_KIND[str(example["kind"])]

            assert title_of(str(example["key"])) == example["title"]
            assert kind.to_do == example.get("to_do", kind.to_do)
            assert kind.meanwhile == example.get("meanwhile", kind.meanwhile)


def test_glossary_has_the_same_words() -> None:
    glossary = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    _, _, table = glossary.partition("| in code and documents | what staff reads |\n|---|---|\n")
    rows = [line.strip("| ").split(" | ") for line in table.split("\n\n")[0].splitlines()]

    assert [[ours, theirs] for ours, theirs in FOR_STAFF.items()] == rows
