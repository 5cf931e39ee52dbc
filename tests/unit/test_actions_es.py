"""Every action that the audit is told has Spanish words, and no other has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import hub
from hub.desk.nouns import AUDITED
from hub.model import Json
from hub.model.bulk import BulkKind
from hub.model.posters import PosterStep
from hub.rendering import actions_es
from hub.rendering.actions_es import DETAILS
from hub.web.console.audit_page import SUBJECTS, _detail

ROOT: Final = Path(hub.__file__).parent
ACTIONS: Final = {**actions_es.ACTIONS, **AUDITED}
NOTES: Final = frozenset({"note", "note_look", "audit", "audit_look"})
DETAILED: Final = NOTES | {"audited_move"}
SAYS: Final = re.compile("note|audit")
NOT_THE_AUDIT: Final = frozenset({"verify.py", "publisher.py", "scheduler.py"})
"""Files whose `note` is another one."""
HANDED_ON: Final[dict[str, tuple[str, ...]]] = {
    "account.": ("enrolment.py", "sign_in.py"),
}
"""The prefix that a file's own `note` puts before its word."""
BY_FUNCTION: Final = frozenset(
    {"Said", "_seen", "_audited", "_changed", "_letter", "_look", "_move", "_noted", "_publish", "letter_of"}
    | {"audited_move"}
)
"""Functions whose argument is the action that they note."""
NO_DETAILS: Final = frozenset({"action", "as_json", "deps", "now", "person", "subject", "who"})
"""Arguments that each note has, and those of other functions called `note`."""
OF_EVENTS: Final = frozenset({"directory.upserted", "directory.removed"})
"""Actions that the statement of a person's audit makes of events."""
OF_THE_DATABASE: Final = frozenset({"months.drop"})
"""Actions that a function of the tables' owner notes (`drop_month`)."""
SUBJECT: Final = re.compile(
    r'\b(?:note|note_look|audit|audit_look)\(\s*(?:\w+,\s*)*"[a-z_.]+",\s*f?"([a-z_]+)'
)
"""The noun of a subject, where a call writes it out."""
FORMER: Final = frozenset({"cancel_older"})
"""Actions that older hubs noted: their rows stay, and keep their words."""


def words_of(node: ast.expr) -> Iterator[str]:
    """Yield the literal words, and the pattern of those that are put together."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield re.escape(node.value)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(
            re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[a-z_.]+"
            for part in node.values
        )
    elif isinstance(node, ast.IfExp):
        yield from words_of(node.body)
        yield from words_of(node.orelse)


def action_of(call: ast.Call) -> ast.expr | None:
    """Return the action of a call of `note`: the argument after the request, or after the author."""
    named = next((word.value for word in call.keywords if word.arg == "action"), None)
    if named is not None or not call.args:
        return named
    first = getattr(call.args[0], "id", "")
    place = {"request": 1, "deps": 2}.get(first, 0)
    return call.args[place] if len(call.args) > place else None


def noted(path: Path, source: str) -> Iterator[str]:
    """Yield a pattern for each action that a file notes."""
    prefix = next((word for word, files in HANDED_ON.items() if path.name in files), "")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign) and any(getattr(to, "id", "") == "action" for to in node.targets):
            yield from words_of(node.value)
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in NOTES and path.name not in NOT_THE_AUDIT and (said := action_of(node)) is not None:
            whole = any(word.arg == "action" for word in node.keywords)
            yield from (word if whole else re.escape(prefix) + word for word in words_of(said))
        elif name in BY_FUNCTION:
            given = [*node.args, *(word.value for word in node.keywords if word.arg == "action")]
            yield from (word for value in given for word in words_of(value) if r"\." in word)


@cache
def all_noted() -> frozenset[str]:
    files = ((path, path.read_text()) for path in ROOT.rglob("*.py"))
    return frozenset(word for path, text in files if SAYS.search(text) for word in noted(path, text))


def test_every_noted_action_has_words() -> None:
    found = all_noted()
    unknown = [pattern for pattern in found if not any(re.fullmatch(pattern, name) for name in ACTIONS)]

    assert len(found) > 60
    assert sorted(unknown) == []


def test_every_noted_subject_has_words() -> None:
    found = {noun for path in ROOT.rglob("*.py") for noun in SUBJECT.findall(path.read_text())}

    assert len(found) > 15
    assert found - SUBJECTS.keys() == {"person"}  # they have names


def test_no_words_are_left_of_what_nobody_notes() -> None:
    found = {re.compile(pattern) for pattern in all_noted()}
    left = [name for name in ACTIONS if not any(pattern.fullmatch(name) for pattern in found)]

    assert sorted(set(left) - OF_EVENTS - OF_THE_DATABASE - FORMER) == []


def test_every_step_of_a_poster_and_every_bulk_action_has_words() -> None:
    assert {f"poster.{step}" for step in PosterStep} <= ACTIONS.keys()
    assert {f"bulk.{kind}" for kind in BulkKind} <= ACTIONS.keys()


def details(source: str) -> Iterator[str]:
    """Yield the names of the details in a file's notes, besides author, action and subject."""
    if not any(name in source for name in NOTES):
        return
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        if getattr(node.func, "attr", getattr(node.func, "id", "")) in DETAILED:
            yield from (word.arg for word in node.keywords if word.arg is not None)


def test_every_detail_of_a_note_has_words() -> None:
    files = ((path, path.read_text()) for path in ROOT.rglob("*.py") if path.name not in NOT_THE_AUDIT)
    found = {name for path, text in files if SAYS.search(text) for name in details(text)}

    assert {"whole", "released", "outcome"} <= found
    assert sorted(found - DETAILS.keys() - NO_DETAILS) == []


def test_values_of_a_detail_are_words_too() -> None:
    noted: dict[str, Json] = {"scopes": ["publish", "read"], "channel": "sms", "whole": False}

    assert "permisos: Publicar avisos, Consultar, canal: SMS, sin ocultar: no" == _detail(noted)
