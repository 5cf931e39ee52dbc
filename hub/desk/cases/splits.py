"""Replies about another matter: each becomes a case of its own, whose promise counts from when it came."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from hub.desk.cases import queries
from hub.desk.cases.colleagues import add_line
from hub.desk.cases.known import Key, case_of, facts_of
from hub.desk.cases.replies import REPLY
from hub.desk.cases.rows import CaseSplit
from hub.doors.operator import Operator, found
from hub.errors import NotSplit
from hub.inbound.replies import NAME
from hub.model import THREAD, Event, ReplyKind, own_event
from hub.model.casework import NoteKind, ReplyState, case_of_thread
from hub.model.ids import event_key, thread_id
from hub.model.reply_rows import ReplyWhole
from hub.operations.cases.acts import FIRST_REPLY, replied
from hub.ports.cases import CaseFacts, KnownCase

_NUMBERS: Final = frozenset({"pqrs_id", "radicado"})
"""What the event of a reply has of its former case."""


async def split_reply(by: Operator, key: Key, reply_id: UUID) -> CaseSplit:
    """
    Make a case of its own of a reply about another matter; safe to repeat.

    Its promise counts from when it came. What is left of the case goes on; joining the two undoes it.

      hub cases split PQ-2026-000901 0190a1b2-0000-8000-8000-000000000001
    """
    case = await case_of(by, key)
    reply = found(REPLY, await by.stores.contacts.reply(reply_id, by.places))
    thread = thread_id(f"{REPLY}:{reply_id}", "")
    apart = case_of_thread(thread)
    if reply.thread == thread:
        return CaseSplit(case=case.case, reply=reply_id, apart=apart)
    came = await _came(by, case, reply)
    facts = await facts_of(by, case)
    await by.audit("case.split", f"case:{case.case}", case=apart)
    for event in _events(came, thread, reply, facts, by):
        await by.stores.publisher.event(event)
    await queries.split(by.db, reply_id, thread)
    await add_line(by, case, NoteKind.SPLIT, str(reply_id), apart)
    return CaseSplit(case=case.case, reply=reply_id, apart=apart)


async def _came(by: Operator, case: KnownCase, reply: ReplyWhole) -> Event:
    """Return the event of the reply. Raises NotSplit where there is nothing to take apart."""
    if case_of_thread(reply.thread) != case.case or reply.kind is not ReplyKind.REPLY:
        raise NotSplit("Only what somebody wrote in this case, and is to be answered, becomes another one.")
    event = await queries.event_of_reply(by.db, reply.id)
    if event is None or event.name != NAME:
        raise NotSplit("What was written in an emergency stays with it.")
    if case.first is not None and case.first.event.id == event.id:
        raise NotSplit("This reply has opened the case: it is one of its own already.")
    return event


def _events(came: Event, thread: str, reply: ReplyWhole, facts: CaseFacts, by: Operator) -> Iterable[Event]:
    """Yield the event that opens the other case, and what ends the promise to answer it in the former one."""
    data = {name: value for name, value in came.data.items() if name not in _NUMBERS}
    # Its writer was told that it came.
    data |= {THREAD: thread, "acknowledge": False}
    yield own_event(NAME, f"{came.id}:apart", data, time=came.time)
    running = (clock for clock in facts.head if clock.name == FIRST_REPLY and clock.ended_at is None)
    if event_key(came) in {clock.opened_by for clock in running}:
        ended = replied(reply, ReplyState.CLOSED, who=by.who, now=by.now)
        yield replace(ended, id=f"{came.id}:apart:replied")
