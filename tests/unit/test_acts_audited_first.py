"""Acts on people audit themselves before they change anything: the row is there when the change fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, NamedTuple, NoReturn
from uuid import UUID

import pytest

from hub.access.actor import Actor
from hub.desk.rights import erasing
from hub.errors import BrokerUnavailable, KeptByDuty, StorageUnavailable, UnknownName
from hub.model import Json, Preferences, PropertyScope
from hub.model.erasures import Counts, Duties, Duty, Erased
from hub.model.retention import DataKind
from hub.operations import preferences, retention
from hub.operations.cases.replies import read_reply
from hub.testing.keys import MemoryAudit
from tests.actors import actor
from tests.contract.values import NOON

REF = "p-maria"
ROW = UUID(int=7)
OF_HER = f"person:{REF}"


class Broken:
    """A store whose changes fail, and which remembers that one was tried."""

    def __init__(self, *, known: bool = True, duties: Duties = ()) -> None:
        self.tried: list[str] = []
        self._known, self._duties = known, duties

    def _change(self, name: str) -> NoReturn:
        self.tried.append(name)
        raise StorageUnavailable

    async def knows(self, person: str) -> bool:  # noqa: ARG002 - the port's signature
        return self._known

    async def duties(self, person: str) -> Duties:  # noqa: ARG002 - the same
        return self._duties

    async def counts(self, person: str, legal_since: datetime) -> Counts:  # noqa: ARG002 - the same
        return {}

    async def begin(self, person: str, *, by: str, reason: str) -> bool:
        self._change(f"begin {person} {by} {reason}")

    async def latest(self, person: str) -> None:  # noqa: ARG002 - the same
        return None

    async def keep(self, entry: Any) -> bool:
        self._change(f"keep {entry.person} {entry.by}")

    async def reply(self, reply_id: UUID, places: PropertyScope = None) -> Json:  # noqa: ARG002
        return {"id": str(reply_id), "person": REF, "text": "¿Cuándo llega el agua?"}

    async def read_reply(self, reply_id: UUID, *, by: str) -> None:
        self._change(f"read {reply_id} {by}")

    async def erase(self, *given: Any) -> Any:  # noqa: ARG002 - the same
        self._change("erase")


class Act(NamedTuple):
    """An act, what the audit has of it, and the change that it tries."""

    do: Callable[[Actor, Any], Awaitable[object]]
    action: str
    subject: str
    change: str


def _erase(by: Actor, store: Any) -> Awaitable[object]:
    return erasing.erase(by, store, REF, reason="PD-1", legal_since=NOON)


def _start(by: Actor, store: Any) -> Awaitable[object]:
    return erasing.start(by, store, REF, reason="PD-1", legal_since=NOON)


def _again(by: Actor, store: Any) -> Awaitable[object]:
    return erasing.erase_again(
        by, store, [Erased(person=REF, reason="PD-1", asked_at=NOON)], legal_since=NOON
    )


def _prefer(by: Actor, store: Any) -> Awaitable[object]:
    return preferences.change_preferences(by, store, REF, lambda _: Preferences(language="en"), way="cli")


def _retention(by: Actor, store: Any) -> Awaitable[object]:
    return retention.erase_old(by, store, dict.fromkeys(DataKind, 12))


def _read(by: Actor, store: Any) -> Awaitable[object]:
    return read_reply(by, store, store, ROW)


ACTS = {
    "erase": Act(_erase, "person.erase", OF_HER, "begin p-maria cli:ana PD-1"),
    "erase over HTTP": Act(_start, "person.erase", OF_HER, "begin p-maria cli:ana PD-1"),
    "erase again": Act(_again, "person.erase", OF_HER, "begin p-maria cli:ana PD-1"),
    "preferences": Act(_prefer, "person.preferences.change", OF_HER, "keep p-maria cli:ana"),
    "erase what is old": Act(_retention, "retention.run", "retention", "erase"),
    "read a reply": Act(_read, "reply.show", f"reply:{ROW}", f"read {ROW} cli:ana"),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
async def test_row_is_there_when_the_change_fails(act: Act) -> None:
    notes, store = MemoryAudit(), Broken()
    with pytest.raises((StorageUnavailable, BrokerUnavailable)):
        await act.do(actor(notes=notes), store)

    assert [("cli:ana", act.action, act.subject)] == [
        (row.who, row.action, row.subject) for row in notes.rows
    ]
    assert [act.change] == store.tried


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
async def test_nothing_changes_without_the_row(act: Act) -> None:
    notes, store = MemoryAudit(), Broken()
    notes.faults.always("add", StorageUnavailable())
    with pytest.raises(StorageUnavailable):
        await act.do(actor(notes=notes), store)

    assert [] == store.tried


@pytest.mark.parametrize(
    ("store", "why"),
    [(Broken(known=False), UnknownName), (Broken(duties=(Duty.CASE,)), KeptByDuty)],
    ids=["nobody", "a duty"],
)
async def test_refused_erasure_leaves_no_row(store: Any, why: type[Exception]) -> None:
    notes = MemoryAudit()
    with pytest.raises(why):
        await _erase(actor(notes=notes), store)

    assert ([], []) == (notes.rows, store.tried)
