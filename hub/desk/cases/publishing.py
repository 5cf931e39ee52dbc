"""Publishing what staff says in a case, and the same in the cases that go on in its thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub.desk.cases.given import keep
from hub.desk.cases.known import facts_of
from hub.doors.operator import Operator
from hub.model import Event, ReplyKind
from hub.model.documents import FetchedDocument
from hub.operations.cases.acts import CaseAct, CaseActed, event_of, in_joined
from hub.ports.cases import KnownCase

_ANSWERABLE: Final = frozenset({ReplyKind.REPLY, ReplyKind.UNPROVEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Words of staff by an act of the catalogue. `action` is its word in the audit, `form` what was sent."""

    act: CaseAct
    words: str
    action: str
    form: str
    at: datetime


async def say(
    by: Operator, case: KnownCase, said: Said, document: FetchedDocument | None = None
) -> CaseActed:
    """Say something in a case, and publish that. Raises BrokerUnavailable, InvalidEvent."""
    return await publish(by, case.case, await _noted(by, case, said, said.act), said, document)


async def publish(
    by: Operator, case: str, event: Event, said: Said, document: FetchedDocument | None = None
) -> CaseActed:
    """Publish an event that is in the audit; where it answers, settle what it answers."""
    await keep(by, event, document)
    await by.stores.publisher.event(event)
    if said.act.answers:
        await _settle(by, case)
        await _answer_joined(by, case, said)
    return CaseActed(case=case, event=event.name, event_id=event.id)


async def _answer_joined(by: Operator, case: str, said: Said) -> None:
    """Say the same in the cases that go on in this one's thread: each has terms of its own."""
    for key, was_open in (await by.stores.casework.joined(case)).items():
        for known in await by.stores.cases.known([key], places=by.places):
            act = in_joined(said.act, await facts_of(by, known), was_open=was_open)
            if act is not None:
                await by.stores.publisher.event(await _noted(by, known, said, act))
                await _settle(by, key)


async def _noted(by: Operator, case: KnownCase, said: Said, act: CaseAct) -> Event:
    """Make the event of an act in a case, and put the act into the audit."""
    event = event_of(await facts_of(by, case), act, said.words, who=by.who, form=said.form, now=said.at)
    by.stores.schemas.check(event, now=said.at)
    await by.audit(said.action, f"case:{case.case}", event=event.name)
    return event


async def _settle(by: Operator, case: str) -> None:
    await by.stores.casework.settle_thread(case, by=by.who, kinds=_ANSWERABLE)
