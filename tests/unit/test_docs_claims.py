"""What the documents and hints name is there: routes, numbers, labels of the console, known words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from hub.access import lockout, passwords, refusals, sessions
from hub.access.api_keys import OVERLAP
from hub.app import topology
from hub.channels.failures import CONFIGURATION_WAIT
from hub.consumers import events
from hub.consumers.worker import DRAIN
from hub.inbound.mail.server import SIZE_LIMIT
from hub.inbound.process_report import BOUNCE_AGE, COMPLAINT_AGE
from hub.messages.delivery.pausing import LOOK_AGAIN
from hub.settings.values import SHORTEST_SECRET
from hub.storage.database import POOL_SIZE
from hub.storage.log import MANY
from hub.timers.months import AHEAD
from hub.web.auth import device_cookie
from hub.web.connections import Limits
from hub.web.console.shell import SECTIONS
from hub.web.responses import _FROM_HUB
from hub.web.routes import ROUTES
from tests.for_each import for_each
from tests.unit.test_docs import ALERTS_PAGE, OPERATIONS, PAGES, ROOT, WATCHING, rows, spans, text

ACCESS: Final = ROOT / "docs/access.md"
FAMILIES: Final = (
    *("/api/", "/hooks/", "/health/", "/letters/", "/take-on/"),
    *(section.path for section in SECTIONS if section.path != "/"),
    *("/events/", "/keys", "/posters/", "/search", "/webhooks"),
)
WORDS: Final = {3: "three", 5: "five", 8: "eight", 10: "ten"}
LIMITS: Final = Limits()

NUMBERS: Final = {
    ACCESS: (
        f"needs {passwords.SHORTEST} characters or more",
        f"during the last {device_cookie.LASTS.days} days",
        f"A session is {len(sessions.hash_of(''))} random bytes",
        f"after {sessions.IDLE.seconds // 60} minutes without a request",
        f"after {sessions.LONGEST.seconds // 3600} hours",
        "for {} minute, the next ones for {}, {} and {}".format(
            *(lock.seconds // 60 for lock in lockout.LOCKS)
        ),
        f"after {WORDS[lockout.FREE]} failures in {WORDS[int(lockout.WINDOW // 60)]} minutes",
        f"waits up to {lockout.DELAYS[-1]:.0f} seconds for each try, with {WORDS[lockout.WAITING]} tries",
        f"and {lockout.CROWD} of all addresses",
    ),
    OPERATIONS / "keys.md": (
        f"Both work until the old one ends, {'a day' if OVERLAP.days == 1 else OVERLAP} later",
    ),
    OPERATIONS / "machines.md": (
        f"keeps up to {POOL_SIZE} connections to PostgreSQL",
        f"Intake locks the cases of a batch, at most {events.BATCH}",
    ),
    OPERATIONS / "messages.md": (f"looks at held messages again every {LOOK_AGAIN.seconds // 60} minutes",),
    OPERATIONS / "protect.md": (
        f"After {refusals.GUESSES} wrong keys",
        f"{refusals.LINES} lines a minute in all",
        f"A request's head has {LIMITS.head:.0f} s",
        f"a body has {LIMITS.body:.0f} s",
        f"none of its answer for {LIMITS.answer:.0f} s",
        f"an idle connection ends after {LIMITS.idle:.0f} s",
        f"has {LIMITS.most} connections, {LIMITS.most_of_one} of one address",
    ),
    OPERATIONS / "providers.md": (
        f"A mail may have {SIZE_LIMIT >> 20} MiB at most",
        f"within {BOUNCE_AGE.days} days",
        f"within {COMPLAINT_AGE.days} days",
        f"every {CONFIGURATION_WAIT.seconds // 60} minutes at first",
    ),
    OPERATIONS / "records.md": (f"makes {WORDS[AHEAD]} months ahead",),
    OPERATIONS / "settings.md": (f"of {SHORTEST_SECRET} characters or more",),
    OPERATIONS / "trouble.md": (f"sends a canary** every {WORDS[int(topology.EVERY)]} seconds",),
    OPERATIONS / "upgrade.md": (f"finishes what it holds ({DRAIN.seconds} s at most",),
    OPERATIONS / "watching.md": (f"up to {MANY:,} for each state",),
}


def named_routes(page: Path) -> Iterator[str]:
    for span in spans(page):
        for word in span.split():
            if word.startswith(FAMILIES) and not set("…*") & set(word):
                yield re.split("[?#]", word)[0]


def is_served(path: str) -> bool:
    """Return whether a route has this path; names in capitals stand for anything."""
    wanted = re.sub(r"\{\w+\}|\b[A-Z]+\b", "x", path)
    return any(
        re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(route.path)), wanted) for route in ROUTES
    )


@for_each([page for page in PAGES if page.parent.name != "decisions" and page.name != "CHANGELOG.md"])
def test_a_route_that_is_named_is_served(page: Path) -> None:
    assert [] == [path for path in named_routes(page) if not is_served(path)]


def test_numbers_of_the_pages_are_those_of_the_code() -> None:
    for page, phrases in NUMBERS.items():
        assert [] == [phrase for phrase in phrases if phrase not in text(page)]


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


ADDRESS: Final = re.compile(r"(?:GET|POST|PUT|DELETE) /api/[^\s,.;]+")


def test_hint_names_addresses_that_the_api_has() -> None:
    named = {address for _, _, hint in _FROM_HUB.values() for address in ADDRESS.findall(hint)}

    assert set() == named - {f"{route.method} {route.path}" for route in ROUTES}
