"""Doors: declarations become commands, all of before answer still, and none writes into the audit."""

from __future__ import annotations

import ast
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import pytest
from msgspec import Meta, Struct
from typer.testing import CliRunner, Result

import hub
from hub.cli.commands import COMMANDS, _waiting, load
from hub.doors.act import Act, Noun
from hub.doors.cells import Argument, Flag
from hub.doors.command import group_of
from hub.doors.operator import Operator
from hub.model import Instant, Scope, Word
from hub.web.routes import ROUTES
from tests.operators import operator

pytestmark: Final = pytest.mark.usefixtures("untouched_logging")


class LoanBody(Struct, frozen=True, kw_only=True):
    shelf: Annotated[Word, Meta(description="Where it stands.")] = ""
    book: Annotated[str, Argument("BOOK")]
    readers: Annotated[list[Scope], Flag("--reader")] = []
    ends_at: Annotated[Instant | None, Flag("--ends")] = None


class Loan(Struct, frozen=True, kw_only=True):
    book: str
    readers: list[Scope]
    ends_at: Instant | None
    lent: bool = True


async def lend(by: Operator, room: Annotated[str, Argument("ROOM")], body: LoanBody) -> Loan:
    """Lend a book."""
    assert by.may(Scope.READ)
    return Loan(book=f"{room} {body.book}", readers=body.readers, ends_at=body.ends_at)


async def fail(by: Operator) -> Loan:  # noqa: ARG001 - as an act is called
    """Lend nothing."""
    return Loan(book="none", readers=[], ends_at=None, lent=False)


NOUN = Noun(
    name="loans",
    one="loan",
    acts=(
        Act(lend, "/rooms/{room}/lend", says=lambda loan: loan.book, warns="Bring it back."),
        Act(fail, "/rooms/fail", fails=lambda loan: not loan.lent),
    ),
)


@asynccontextmanager
async def opened(needs: frozenset[Scope]) -> AsyncIterator[Operator]:
    yield operator(None, needs=needs)


def run(*words: str) -> Result:
    app = group_of(NOUN, opened)
    for command in app.registered_commands:
        assert command.callback is not None
        command.callback = _waiting(command.callback)
    return CliRunner().invoke(app, list(words))


def test_a_flag_names_the_argument_and_the_option_of_a_field() -> None:
    given = ("lend", "hall", "atlas", "--reader", "read", "--reader", "admin", "--ends", "2099-01-01T00:00")
    found = run(*given, "--json")
    loan = Loan(
        book="hall atlas", readers=[Scope.READ, Scope.ADMIN], ends_at=datetime(2099, 1, 1, 5, tzinfo=UTC)
    )

    assert 0 == found.exit_code
    assert loan == msgspec.json.decode(found.stdout, type=Loan)
    assert "BOOK" in run("lend", "--help").stdout


def test_what_may_not_reach_a_pipe_is_on_stderr() -> None:
    found = run("lend", "hall", "atlas")

    assert ("hall atlas\n", "Bring it back.\n") == (found.stdout, found.stderr)


def test_a_result_that_fails_ends_the_command_with_1() -> None:
    assert 1 == run("fail", "--json").exit_code


def test_help_of_an_option_is_what_its_field_says_beyond_the_bounds_of_its_type() -> None:
    assert "Where it stands." in run("lend", "--help").stdout


ROOT: Final = Path(hub.__file__).parent
DOORS: Final = ("cli", "doors", "web")
NOTES: Final = frozenset({"note", "note_look", "note_all"})
WRITERS: Final[Mapping[str, str]] = {
    "cli/database.py": "A restore is noted after it: before it there is no audit.",
    "doors/operator.py": "Not a door, but what an act of the desk audits itself by.",
}
"""The only modules of doors that write into the audit, and why they do."""


def writes(path: Path) -> bool:
    """Return whether a module writes a row of the audit."""
    text = path.read_text()
    if not any(name in text for name in NOTES):
        return False
    calls = (node.func for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    return any(getattr(func, "attr", getattr(func, "id", "")) in NOTES for func in calls)


def test_no_door_notes() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for door in DOORS
        for path in (ROOT / door).rglob("*.py")
        if writes(path)
    }

    assert set(WRITERS) == found


_ROOT: Final = Path(__file__).parent.parent.parent
BEFORE: Final = json.loads((_ROOT / "tests/vectors/doors_at_8c0cd13.json").read_text(encoding="utf-8"))
_FORMS: Final = "Forms of Llaves, Webhooks y resultados and Cuentas go to an address of their own"
MOVED: Final[dict[str, str]] = {
    **dict.fromkeys(("POST /accounts/{name}", "POST /keys/{name}", "POST /webhooks/{id}"), _FORMS),
    "POST /dead/{id}": "`POST /dead/{id}/replay`, `/discard` or `/mend`",
    "POST /dead/discard": "`/bulk/discard`",
}
"""A route or option of before → what the CHANGELOG says of it."""


def commands() -> Iterator[tuple[str, Any]]:
    for entry in COMMANDS:
        loaded = load(entry)
        for name, command in getattr(loaded, "commands", {"": loaded}).items():
            yield f"{entry.name} {name}".strip(), command


def options_of(command: Any) -> set[str]:
    named = {
        option
        for one in command.params
        if one.param_type_name == "option"
        for option in (*one.opts, *one.secondary_opts)
    }
    return named | {one.metavar or one.name for one in command.params if one.param_type_name == "argument"}


def test_every_route_of_before_still_answers() -> None:
    now = {f"{route.method} {route.path}" for route in ROUTES}

    assert set() == set(BEFORE["routes"]) - now - MOVED.keys()


def test_every_command_of_before_has_its_arguments_and_options() -> None:
    now = {name: options_of(command) for name, command in commands()}
    lost = {
        f"{name} {option}"
        for name, options in BEFORE["commands"].items()
        for option in set(options) - now.get(name, set())
    }

    assert set() == lost - MOVED.keys()
    assert set() == BEFORE["commands"].keys() - now.keys() - MOVED.keys()


def test_what_has_moved_is_named_in_the_changelog() -> None:
    changes = (_ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert [] == [words for words in MOVED.values() if words not in changes]
