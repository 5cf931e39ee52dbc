"""Acts of the desk audit themselves before they change anything: the row is there when the change fails."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final, NamedTuple, NoReturn, cast
from uuid import UUID

import pytest

from hub.desk.channels import acts as channels
from hub.desk.channels.rows import PauseBody, ResumeQuery
from hub.desk.letters import acts as letters
from hub.desk.letters.rows import BatchBody
from hub.desk.preferences import acts as preferences
from hub.desk.preferences.rows import MarkBody
from hub.desk.rights import acts as rights
from hub.desk.rights.rows import RectifyBody
from hub.desk.suppressions import acts as suppressions
from hub.desk.suppressions.rows import LiftBody
from hub.desk.surveys import acts as surveys
from hub.desk.surveys.rows import SurveyBody
from hub.doors.operator import Operator
from hub.errors import InvalidPreference, StorageUnavailable
from hub.model import Event, MarkEntry, MarkReason
from hub.storage.person_export import ExportFacts, PersonVersion
from hub.testing import MemoryAudit
from tests.contract.values import NOON
from tests.operators import operator

REF: Final = "p-maria"
ROW: Final = UUID(int=7)
OF_HER: Final = f"person:{REF}"


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


class Preferences:
    """Preferences that fail, on the same terms; there are no marks."""

    def __init__(self, tried: list[tuple[object, ...]]) -> None:
        self._tried = tried

    async def marks(self, person: str) -> Sequence[MarkEntry]:  # noqa: ARG002 - the port's signature
        return ()

    async def mark(self, entry: MarkEntry) -> NoReturn:
        self._tried.append(("mark", entry.person, entry.by))
        raise StorageUnavailable

    async def end_marks(self, person: str, reason: object, *, at: datetime, by: str) -> NoReturn:  # noqa: ARG002
        self._tried.append(("end_marks", person, by))
        raise StorageUnavailable


class Directory:
    """A directory that has every person who is looked for."""

    async def somebody(self, ref: str, **_: object) -> dict[str, object]:
        return {"id": ref}


class Held:
    """The data of a person: one version of the directory, and contacts that cannot be read."""

    def __init__(self, tried: list[tuple[object, ...]]) -> None:
        self._tried = tried

    async def contacts(self, person: str, *_: object) -> NoReturn:
        self._tried.append(("contacts", person))
        raise StorageUnavailable

    async def held(self, person: str) -> ExportFacts:  # noqa: ARG002 - the port's signature
        version = PersonVersion(version=1, since=NOON, source="urn:crm", data={})
        return ExportFacts(versions=[version], roles=(), cases=(), surveys=())


class Publisher:
    """A publisher that fails, on the same terms."""

    def __init__(self, tried: list[tuple[object, ...]]) -> None:
        self._tried = tried

    async def event(self, event: Event, **_: object) -> NoReturn:
        self._tried.append(("publish", event.name))
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


def _mark(by: Operator) -> Awaitable[object]:
    return preferences.mark_person(by, REF, MarkBody(reason=MarkReason.DECEASED))


def _unmark(by: Operator) -> Awaitable[object]:
    return preferences.end_marks(by, REF)


def _rectify(by: Operator) -> Awaitable[object]:
    return rights.rectify(by, REF, RectifyBody(case="d-1"))


def _contacts(by: Operator) -> Awaitable[object]:
    return rights.contacts(by, REF)


def _pause(by: Operator) -> Awaitable[object]:
    return channels.pause(by, "sms", PauseBody(reason="prueba"))


def _resume(by: Operator) -> Awaitable[object]:
    return channels.resume(by, "sms", ResumeQuery())


_WHO: Final = "cli:ana"
ACTS: Final = {
    "make a batch": Act(_make_batch, "batch.make", "copropiedad:ph-1", ("ph-1",)),
    "contacts": Act(_contacts, "person.contacts", OF_HER, ("contacts", REF)),
    "pause": Act(_pause, "pause", "channel:sms", ("channel:sms", _WHO, "prueba", None)),
    "resume": Act(_resume, "resume", "channel:sms", ("channel:sms",)),
    "suppress": Act(
        _suppress, "suppression.add", "channel:email", ("m@example.com", "email", None, "typo", _WHO)
    ),
    "lift": Act(_lift, "suppression.lift", "suppression", ("maria@example.com", _WHO, None)),
    "lift one": Act(_lift_one, "suppression.lift", f"suppression:{ROW}", (str(ROW), _WHO, None)),
    "mark": Act(_mark, "person.mark", OF_HER, ("mark", REF, _WHO)),
    "rectify": Act(_rectify, "person.rectify", OF_HER, ("publish", "privacy.claim.received")),
    "unmark": Act(_unmark, "person.mark.end", OF_HER, ("end_marks", REF, _WHO)),
    "lift an opt-out": Act(_lift_opt_out, "opt_out.lift", f"opt_out:{ROW}", (str(ROW), _WHO)),
}


def tried_by(act: Act, notes: MemoryAudit) -> tuple[Callable[[], Awaitable[object]], Broken]:
    database = Broken()
    by = operator(
        cast(Any, database),
        who=_WHO,
        audit=notes,
        preferences=Preferences(database.tried),
        directory=Directory(),
        exports=Held(database.tried),
        publisher=Publisher(database.tried),
    )
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


async def test_mark_that_is_over_already_leaves_no_row() -> None:
    notes = MemoryAudit()
    over = MarkBody(reason=MarkReason.DECEASED, until=NOON)
    by = operator(cast(Any, Broken()), audit=notes, directory=Directory())
    with pytest.raises(InvalidPreference):
        await preferences.mark_person(by, REF, over)

    assert [] == notes.rows


async def test_nobody_is_asked_in_a_survey_without_the_row() -> None:
    notes, database = MemoryAudit(), Broken()
    notes.faults.always("add", StorageUnavailable())
    with pytest.raises(StorageUnavailable):
        await surveys.start(operator(cast(Any, database), audit=notes), SurveyBody())

    assert [] == database.tried
