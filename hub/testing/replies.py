"""Replies, over the memory store's tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final
from uuid import UUID

from hub.contact_rules.consents import came_back, refused_together
from hub.contact_rules.purposes import REVOCABLE
from hub.inbound import emergency_replies
from hub.inbound.replies import FACTS, OF_REPLIES, PUBLISHED_KINDS, refusing, whose
from hub.model import FIRST_LEVEL, About, Escalation, Inbound, Message, Purpose, Reply, ReplyKind, State
from hub.model.casework import FILED
from hub.policy.clocks import CALLS, ESCALATES
from hub.testing import consents
from hub.testing.tables import OptOut, Statements, Tables

RECENT: Final = timedelta(days=30)
EMERGENCY: Final = timedelta(hours=6)
QUIET: Final = timedelta(hours=24)
MOST_THANKS: Final = 5
_SEEN: Final = frozenset({State.SENDING, State.SENT, State.DELIVERED, State.READ})
_BY_NUMBER: Final = frozenset({"sms", "whatsapp"})


class MemoryReplies(Statements):
    """`hub.ports.replies.ReplyStore`; it knows no references of providers."""

    async def about(self, reply: Reply) -> About:
        tables = await self._statement("about")
        message_id = reply.message_id or _by_number(reply, tables, self._now())
        return About() if message_id is None else _about(message_id, tables)

    async def about_message(self, message_id: UUID) -> About:
        tables = await self._statement("about_message")
        return _about(message_id, tables)

    async def escalations(self, number: str) -> Sequence[Escalation]:
        tables = await self._statement("escalations")
        texts = [message for message in _sent_to(number, tables, self._now()) if _escalates(message)]
        return [
            Escalation(
                message_id=text.id,
                person=text.person,
                level=tables.events[text.event_key].event.data.get("to_level", FIRST_LEVEL),
                clock=tables.clocks[clock_id],
            )
            for text in sorted(texts, key=lambda message: message.created_at, reverse=True)
            if (clock_id := _clock_of(text, tables)) in tables.clocks
        ]

    async def add(self, inbound: Inbound) -> Inbound:
        tables = await self._statement("add_reply")
        if inbound.id not in tables.replies:
            now = self._now()
            acknowledge = inbound.kind in PUBLISHED_KINDS and not _is_acknowledged_already(
                inbound, tables, now
            )
            about = _with_writer(inbound, tables)
            tables.replies[inbound.id] = replace(inbound, about=about, acknowledge=acknowledge), now
            _apply_revocation(inbound, tables, now)
        return tables.replies[inbound.id][0]

    async def mark_published(self, reply_id: UUID) -> None:
        tables = await self._statement("mark_published")
        inbound, at = tables.replies[reply_id]
        tables.replies[reply_id] = replace(inbound, published=True), at

    async def unpublished_replies(self, limit: int) -> Sequence[Inbound]:
        tables = await self._statement("unpublished_replies")
        rows = sorted(tables.replies.values(), key=lambda row: row[1])
        return [reply for reply, _ in rows if reply.kind in PUBLISHED_KINDS and not reply.published][:limit]


def _with_writer(inbound: Inbound, tables: Tables) -> About:
    """Return what the reply is about, with the person who has said no, and the language of that person."""
    ref = inbound.about.person
    if ref is None and inbound.revokes:
        ref, _ = refusing(inbound, tables.directory.having(inbound.reply.address))
    person = None if ref is None else tables.directory.person(ref)
    return replace(inbound.about, person=ref, language=person.locale if person else "")


def _by_number(reply: Reply, tables: Tables, now: datetime) -> UUID | None:
    there = _sent_to(reply.address, tables, now)
    newest = max(there, key=lambda message: (_may_last(message, now), message.created_at), default=None)
    return None if newest is None else newest.id


def _may_last(message: Message, now: datetime) -> bool:
    return message.purpose is Purpose.EMERGENCY and message.created_at > now - EMERGENCY


def _sent_to(number: str, tables: Tables, now: datetime) -> list[Message]:
    return [
        row.message
        for row in tables.messages.values()
        if row.message.channel in _BY_NUMBER and row.message.address == number
        if row.message.state in _SEEN and row.message.created_at > now - RECENT
    ]


def _escalates(message: Message) -> bool:
    called = message.event in CALLS.values() and message.variant is not None
    is_escalation = (called or message.event in ESCALATES.values()) and message.purpose in {
        Purpose.INTERNAL,
        Purpose.EMERGENCY,
    }
    return is_escalation and message.channel == "sms"


def _clock_of(message: Message, tables: Tables) -> UUID | None:
    """Return the clock that an escalation names; that of a call for help is its case's newest."""
    stored = tables.events[message.event_key]
    if named := stored.event.data.get("clock_id"):
        return UUID(named)
    clocks = [clock for clock in tables.clocks.values() if clock.case == stored.case and clock.name in CALLS]
    newest = max(clocks, key=lambda clock: clock.started_at, default=None)
    return None if newest is None else newest.id


def _about(message_id: UUID, tables: Tables) -> About:
    row = tables.messages.get(message_id)
    if row is None:
        return About()
    stored = tables.events[row.message.event_key]
    places = {"copropiedad_id": stored.copropiedad_id, "unit_id": stored.unit_id}
    data = {**stored.event.data, **{name: value for name, value in places.items() if value is not None}}
    event, purpose = row.message.event, row.message.purpose
    emergency = emergency_replies.is_of_emergency(event, purpose, data)
    known = {name: data[name] for name in FACTS if data.get(name) is not None}
    return About(
        message_id=message_id,
        person=data.get("person") if row.message.event in OF_REPLIES else row.message.person,
        name=row.message.name,
        address=row.message.address,
        case=_case_now(stored.case, tables),
        facts=known | (emergency_replies.facts_of(event, data, row.message.variant) if emergency else {}),
        asked=data.get("asks", "") if row.message.event in OF_REPLIES else "",
        emergency=emergency,
        to_staff=emergency and emergency_replies.is_to_staff(event, row.message.audience),
        units=row.message.units if emergency else (),
    )


def _case_now(case: str | None, tables: Tables) -> str | None:
    filed = (
        row.event.data["case"]
        for row in tables.events.values()
        if row.case == case and row.event.name == FILED
    )
    return next(filed, case)


def _is_acknowledged_already(inbound: Inbound, tables: Tables, now: datetime) -> bool:
    thanked = [reply for reply, at in tables.replies.values() if reply.acknowledge and at > now - QUIET]
    if sum(reply.thread == inbound.thread for reply in thanked) >= MOST_THANKS:
        return True
    if inbound.kind is ReplyKind.OPT_OUT and _is_confirmed(inbound.reply.address, tables):
        return True
    if inbound.taking is not None or emergency_replies.is_call(inbound):
        return False
    if _is_marked(inbound.reply.address, tables, now):
        return True
    return inbound.kind is not ReplyKind.OPT_OUT and any(_same(earlier, inbound) for earlier in thanked)


def _is_marked(address: str, tables: Tables, now: datetime) -> bool:
    """Return whether nobody of those who have this address may be contacted."""
    marks = [tables.directory.marks.get(ref) for ref in tables.directory.having(address)]
    return bool(marks) and all(mark is not None and mark.holds(now) for mark in marks)


def _is_confirmed(address: str, tables: Tables) -> bool:
    """Return whether an opt-out of this address stands and was confirmed."""
    noes = [tables.opt_outs.get((address, purpose)) for purpose in REVOCABLE]
    earlier = [one for one, _ in tables.replies.values() if one.reply.address == address and one.acknowledge]
    return all(no is not None and not no.lifted for no in noes) and any(
        one.kind is ReplyKind.OPT_OUT for one in earlier
    )


def _same(earlier: Inbound, later: Inbound) -> bool:
    asks = attrgetter("reply.address", "thread", "kind", "revokes")
    return bool(asks(earlier) == asks(later))


def _apply_revocation(inbound: Inbound, tables: Tables, now: datetime) -> None:
    address, person = inbound.reply.address, whose(inbound)
    if inbound.revokes and address:
        refuser, others = refusing(inbound, tables.directory.having(address))
        reason = "complaint" if inbound.kind is ReplyKind.COMPLAINT else "opted_out"
        for purpose in REVOCABLE:
            known = tables.opt_outs.get((address, purpose))
            before = None if known is None else known.person
            tables.opt_outs[address, purpose] = OptOut(since=now, person=refuser or before, reason=reason)
            consents.wake(tables, refuser, purpose, (), now)
        for other in others:
            consents.add(tables, refused_together(other, inbound.id, now), now)
    if inbound.kind is ReplyKind.OPT_IN:
        for key, opt_out in tables.opt_outs.items():
            if key[0] == address or (person is not None and opt_out.person == person):
                tables.opt_outs[key] = replace(opt_out, lifted=True)
        if person is not None:
            consents.add(tables, came_back(person, inbound.id, now), now)
