"""Acts of the desk audit themselves before they change anything: the row is there when the change fails."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple, NoReturn, cast
from uuid import UUID

import pytest

from hub.desk.letters import acts as letters
from hub.desk.letters.rows import BatchBody
from hub.desk.suppressions import acts as suppressions
from hub.desk.suppressions.rows import LiftBody
from hub.doors.operator import Operator
from hub.errors import StorageUnavailable
from hub.testing import MemoryAudit
from tests.operators import operator

ROW: Final = UUID(int=7)


class Broken:
    """A database that fails, and remembers with which values it was tried."""

    def __init__(self) -> None:
        self.tried: list[tuple[object, ...]] = []

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Broken]:
        yield self

    async def rows(self, _: str, *values: object) -> NoReturn:
        self.tried.append(values)
        raise StorageUnavailable


class Act(NamedTuple):
    """An act, what the audit has of it, and the values of the change that it tries."""

    do: Callable[[Operator], Awaitable[object]]
    action: str
    subject: str
    change: tuple[object, ...]


def _make_batch(by: Operator) -> Awaitable[object]:
    return letters.make_batch(by, BatchBody(copropiedad="ph-1"))


def _suppress(by: Operator) -> Awaitable[object]:
    return suppressions.suppress(by, "m@example.com", "email", reason="typo", until=None)


def _lift(by: Operator) -> Awaitable[object]:
    return suppressions.lift_suppression(by, LiftBody(address="maria@example.com"))


def _lift_one(by: Operator) -> Awaitable[object]:
    return suppressions.lift_suppression(by, LiftBody(address=str(ROW)))


def _lift_opt_out(by: Operator) -> Awaitable[object]:
    return suppressions.lift_opt_out(by, LiftBody(address=str(ROW)))


_WHO: Final = "cli:ana"
ACTS: Final = {
    "make a batch": Act(_make_batch, "batch.make", "copropiedad:ph-1", ("ph-1",)),
    "suppress": Act(
        _suppress, "suppression.add", "channel:email", ("m@example.com", "email", None, "typo", _WHO)
    ),
    "lift": Act(_lift, "suppression.lift", "suppression", ("maria@example.com", _WHO, None)),
    "lift one": Act(_lift_one, "suppression.lift", f"suppression:{ROW}", (str(ROW), _WHO, None)),
    "lift an opt-out": Act(_lift_opt_out, "opt_out.lift", f"opt_out:{ROW}", (str(ROW), _WHO)),
}


def tried_by(act: Act, notes: MemoryAudit) -> tuple[Callable[[], Awaitable[object]], Broken]:
    database = Broken()
    by = operator(cast(Any, database), who=_WHO, audit=notes)
    return lambda: act.do(by), database


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
async def test_row_is_there_when_the_change_fails(act: Act) -> None:
    notes = MemoryAudit()
    do, database = tried_by(act, notes)
    with pytest.raises(StorageUnavailable):
        await do()

    assert [(_WHO, act.action, act.subject)] == [(row.who, row.action, row.subject) for row in notes.rows]
    assert [act.change] == database.tried


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
async def test_nothing_changes_without_the_row(act: Act) -> None:
    notes = MemoryAudit()
    notes.faults.always("add", StorageUnavailable())
    do, database = tried_by(act, notes)
    with pytest.raises(StorageUnavailable):
        await do()

    assert [] == database.tried
