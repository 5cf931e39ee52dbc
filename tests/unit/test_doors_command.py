"""Commands of the desk: how a declaration becomes arguments, options, lines and an exit code."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec
import pytest
from msgspec import Meta, Struct
from typer.testing import CliRunner, Result

from hub.cli.commands import _waiting
from hub.doors.act import Act, Noun
from hub.doors.cells import Argument, Flag
from hub.doors.command import group_of
from hub.doors.operator import Operator
from hub.model import Instant, Scope, Word
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
