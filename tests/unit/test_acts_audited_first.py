"""
Acts on people audit themselves before they change anything: the row is there when the change fails.

A look changes nothing: without its row nothing is shown.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any, NamedTuple, NoReturn, cast
from uuid import UUID

import pytest

from hub.access.actor import Actor
from hub.desk.cases.replies import look_at_reply, read_reply
from hub.desk.imports.acts import load
from hub.desk.rights import erasing
from hub.doors.operator import Operator
from hub.errors import BrokerUnavailable, KeptByDuty, StorageUnavailable, UnknownName
from hub.inbound import confirm_bounce
from hub.model import Clock, Escalation, Event, Preferences, PropertyScope, SentMail, State
from hub.model.erasures import Counts, Duties, Duty, Erased
from hub.model.reply_rows import ReplyWhole
from hub.model.retention import DataKind
from hub.operations import preferences, retention
from hub.operations.acknowledge import acknowledge_clock, acknowledge_received
from hub.operations.constancia.hand_over import case_constancia, person_constancia
from hub.operations.evidence.reading import read_evidence
from hub.operations.explain.explain import explain_message
from hub.operations.inbox import give_token
from hub.people.importing import Report
from hub.ports.cases import KnownCase
from hub.testing.keys import MemoryAudit
from tests.actors import actor
from tests.contract.values import NOON, clock, message, reply_whole, stored
from tests.operators import operator

REF = "p-maria"
ROW = UUID(int=7)
OF_HER = f"person:{REF}"
PROMISE = clock(level=2)
OF_IT = f"clock:{PROMISE.id}"


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

    async def reply(self, reply_id: UUID, places: PropertyScope = None, **_: object) -> ReplyWhole:  # noqa: ARG002
        return reply_whole(id=reply_id, person=REF, text="¿Cuándo llega el agua?")

    async def read_reply(self, reply_id: UUID, *, by: str) -> None:
        self._change(f"read {reply_id} {by}")

    async def sent(self, message_id: UUID, places: PropertyScope = None) -> SentMail:  # noqa: ARG002
        reported = message(person=REF, state=State.SENT, reason="reported_dsn_5.1.1")
        return SentMail(message=reported, event=stored(), at=NOON)

    async def settle(self, message_id: UUID, *, state: State, reason: str | None, attempt: Any) -> bool:  # noqa: ARG002
        self._change(f"settle {state}")

    async def clock(self, clock_id: UUID, *, places: PropertyScope = None) -> Clock:  # noqa: ARG002
        return PROMISE

    async def event(self, event: Event) -> None:
        self._change(f"publish {event.name} {event.data['by']}")

    def transaction(self) -> NoReturn:
        self._change("write the directory")

    async def message(self, message_id: UUID, *, places: PropertyScope = None) -> Any:  # noqa: ARG002
        return SimpleNamespace(id=message_id, person=REF)

    async def said(self, message_id: UUID) -> None:
        self._change(f"said {message_id}")

    async def events(self, event: str, source: str | None) -> NoReturn:  # noqa: ARG002
        self._change(f"events {event}")

    def make(self, person: str) -> str:
        return f"token of {person}"

    async def of_case(self, *given: Any, step: Any) -> Any:  # noqa: ARG002 - as the makers of constancias
        return SimpleNamespace(people=[REF])

    of_person = of_case

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


def _desk(by: Actor, store: Any) -> Operator:
    return operator(None, by.who, audit=by.notes, contacts=store, casework=store)


def _read(by: Actor, store: Any) -> Awaitable[object]:
    return read_reply(_desk(by, store), ROW)


def _lost(by: Actor, store: Any) -> Awaitable[object]:
    return confirm_bounce.confirm(by, ROW, store=store)


def _arrived(by: Actor, store: Any) -> Awaitable[object]:
    return confirm_bounce.dismiss(by, ROW, store=store)


def _acknowledge(by: Actor, store: Any) -> Awaitable[object]:
    return acknowledge_clock(by, PROMISE.id, log=store, publisher=store)


def _take(by: Actor, store: Any) -> Awaitable[object]:
    received = Escalation(message_id=ROW, person=REF, level=2, clock=PROMISE)
    return acknowledge_received(by, received, publisher=store)


def _import(by: Actor, store: Any) -> Awaitable[object]:
    return load(by, store, Report(), lambda _: [])


ACTS = {
    "erase": Act(_erase, "person.erase", OF_HER, "begin p-maria cli:ana PD-1"),
    "erase over HTTP": Act(_start, "person.erase", OF_HER, "begin p-maria cli:ana PD-1"),
    "erase again": Act(_again, "person.erase", OF_HER, "begin p-maria cli:ana PD-1"),
    "preferences": Act(_prefer, "person.preferences.change", OF_HER, "keep p-maria cli:ana"),
    "erase what is old": Act(_retention, "retention.run", "retention", "erase"),
    "read a reply": Act(_read, "reply.show", f"reply:{ROW}", f"read {ROW} cli:ana"),
    "confirm a bounce": Act(_lost, "bounce.confirm", f"message:{ROW}", "settle bounced"),
    "dismiss a bounce": Act(_arrived, "bounce.dismiss", f"message:{ROW}", "settle delivered"),
    "acknowledge": Act(_acknowledge, "clock.acknowledge", OF_IT, "publish sla.acknowledged cli:ana"),
    "acknowledge one's own": Act(_take, "clock.acknowledge", OF_IT, f"publish sla.acknowledged {REF}"),
    "import people": Act(_import, "people.import", "directory", "write the directory"),
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


def _evidence(by: Actor, store: Any) -> Awaitable[object]:
    return read_evidence(by, ROW, log=store, evidence=store, remaker=store)


def _explain(by: Actor, store: Any) -> Awaitable[object]:
    return explain_message(by, store, str(ROW), REF)


def _look(by: Actor, store: Any) -> Awaitable[object]:
    return look_at_reply(_desk(by, store), ROW)


def _token(by: Actor, store: Any) -> Awaitable[object]:
    return give_token(by, REF, tokens=store, inbox=store)


def _of_case(by: Actor, store: Any) -> Awaitable[object]:
    return case_constancia(by, store, cast(KnownCase, SimpleNamespace(case="pqrs_id:PQ-1")))


def _of_person(by: Actor, store: Any) -> Awaitable[object]:
    return person_constancia(by, store, REF)


LOOKS = {
    "evidence": (_evidence, "evidence.show", f"message:{ROW}"),
    "explanation": (_explain, "event.explain", f"event:{ROW}"),
    "reply without words": (_look, "reply.show", f"reply:{ROW}"),
    "token of an inbox": (_token, "inbox.token", OF_HER),
    "constancia of a case": (_of_case, "constancia.make", "case:pqrs_id:PQ-1"),
    "constancia of a person": (_of_person, "constancia.make", OF_HER),
}


@pytest.mark.parametrize(("look", "action", "subject"), LOOKS.values(), ids=LOOKS)
async def test_nothing_is_shown_without_the_row(
    look: Callable[[Actor, Any], Awaitable[object]], action: str, subject: str
) -> None:
    notes, store = MemoryAudit(), Broken()
    notes.faults.always("add", StorageUnavailable())
    with pytest.raises(StorageUnavailable):
        await look(actor(notes=notes), store)
    assert [] == store.tried

    notes = MemoryAudit()
    with suppress(StorageUnavailable):
        await look(actor(notes=notes), store)
    assert [(action, subject, REF)] == [(row.action, row.subject, row.person) for row in notes.rows]


class Page:
    """An open page, which asks by itself for all that it has shown before."""

    def __init__(self) -> None:
        self.shown: list[tuple[object, ...]] = []

    def repeats(self, look: tuple[object, ...]) -> bool:
        return look in self.shown

    def put(self, look: tuple[object, ...]) -> None:
        self.shown.append(look)


async def test_look_that_an_open_page_repeats_is_noted_once() -> None:
    notes, page = MemoryAudit(), Page()
    by = replace(actor(notes=notes), looks=page)
    for whole in (False, False, True, True):
        await by.note_look("case.show", "case:1", whole=whole)

    assert [{"whole": False}, {"whole": True}] == [row.detail for row in notes.rows]


async def test_look_that_was_not_noted_is_noted_when_the_page_asks_again() -> None:
    notes, page = MemoryAudit(), Page()
    by = replace(actor(notes=notes), looks=page)
    notes.faults.script("add", StorageUnavailable())
    with pytest.raises(StorageUnavailable):
        await by.note_look("clock.show", OF_IT)
    await by.note_look("clock.show", OF_IT)

    assert ["clock.show"] == [row.action for row in notes.rows]
