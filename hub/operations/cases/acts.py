"""
Acts of staff in a case: take it on, reply, give the final answer, close it.

A reply, an answer and a close are events of the catalogue in the hub's own name, like those of any other
publisher: the clocks and the messages follow from them. `REPLIES`, `ANSWERS` and `CLOSINGS` name the kinds of
cases that have such an event. A case whose legal term runs is not closed: in law only its final answer ends
that. The id of an event is made from the form that was sent: a button pressed twice is one event.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from msgspec import Struct

from hub.access import audit
from hub.business_time import dates
from hub.catalog import BY_NAME
from hub.cloudevents.schemas import Schemas
from hub.errors import AnswerDue, NothingToAcknowledge, NotOffered
from hub.model import FIRST_LEVEL, THREAD, Clock, Event, Json, PropertyScope, ReplyKind, own_event
from hub.model.documents import FIELD
from hub.operations.cases.thread import LEGAL_TERM, awaits_answer, number_of
from hub.operations.cases.writing import form_digest
from hub.ports import AuditStore, Publisher
from hub.ports.cases import CaseFacts, KnownCase
from hub.rendering.typed_words import tidy
from hub.sla.acknowledge import acknowledge, level_to_acknowledge
from hub.storage import PostgresCases, PostgresCasework

FIRST_REPLY: Final = "first_reply"
LONGEST: Final = 5000
"""Characters of a text at the console."""
_COPIED: Final = ("copropiedad_id", "unit_id", "service_area")
"""Fields of the opening event that say where the case belongs."""
_WRITTEN: Final = frozenset({ReplyKind.REPLY, ReplyKind.UNPROVEN})

Facts = Mapping[str, Json]


Prepare = Callable[[Event], Awaitable[None]]
"""Is called with the event of an act after its audit, before it is published."""


async def nothing_before(_: Event) -> None:
    """Prepare nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAct:
    """
    An event that staff may publish in a case: its name, and the field of the written words, if it has one.

    `more` makes the other fields that its schema requires.
    """

    event: str
    field: str = ""
    more: Callable[[CaseFacts, datetime], Facts] = lambda _facts, _now: {}
    answers: bool = False
    """Whether it answers the replies of people in the case."""
    prepare: Prepare = nothing_before
    quiet: bool = False
    """Whether it is recorded and written to nobody: its words have left with another event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """What goes with the words of an act: further fields of its event, and what its publication needs."""

    given: Facts = field(default_factory=dict)
    prepare: Prepare = nothing_before


class CaseActed(Struct, kw_only=True, frozen=True):
    """The event that was published for a case; the thread shows it once it is processed."""

    case: str
    event: str
    event_id: str


class CaseTaken(Struct, kw_only=True, frozen=True):
    """The assignee of the case now, and the number of its promises acknowledged by that."""

    case: str
    assignee: str | None
    acknowledged: int = 0


def _radicado(facts: CaseFacts, _: datetime) -> Facts:
    return {"radicado": number_of(facts)}


def _closed(facts: CaseFacts, now: datetime) -> Facts:
    climbed = any(clock.level > FIRST_LEVEL for clock in facts.head if clock.case == facts.case)
    return {**_radicado(facts, now), "first_instance": not climbed}


def _responded(facts: CaseFacts, now: datetime) -> Facts:
    return {**_radicado(facts, now), "responded_at": now.isoformat(), FIELD: number_of(facts)}


REPLIES: Final[Mapping[str, CaseAct]] = {
    "pqrs_id": CaseAct(event="pqrs.replied", field="summary", more=_radicado, answers=True),
}
"""Beginning of a case's key → the event that writes to the person of the case."""
ANSWERS: Final[Mapping[str, CaseAct]] = {
    "pqrs_id": CaseAct(event="pqrs.responded", field="answer", more=_responded, answers=True),
}
"""The same for the final answer, which ends the legal term."""
CLOSINGS: Final[Mapping[str, CaseAct]] = {
    "pqrs_id": CaseAct(event="pqrs.closed", field="actions_taken", more=_closed, answers=True),
    "thread_id": CaseAct(event="support.replied", answers=True),
    "incident_id": CaseAct(event="concierge.incident.closed", field="outcome"),
    "finding_id": CaseAct(
        event="quality.action.closed",
        field="action",
        more=lambda _, now: {"closed_on": now.astimezone(dates.ZONE).date().isoformat()},
    ),
    "survey_id": CaseAct(
        event="satisfaction.detractor.contacted",
        field="outcome",
        more=lambda _, now: {"contacted_at": now.isoformat()},
    ),
}
"""The same for the event that closes a case, where one closes it without more than words."""


def act_of(acts: Mapping[str, CaseAct], case: str) -> CaseAct | None:
    return acts.get(case.partition(":")[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseActs:
    """Publishes the acts of staff. Raises BrokerUnavailable, InvalidEvent, NotOffered."""

    cases: PostgresCases
    work: PostgresCasework
    notes: AuditStore
    publisher: Publisher
    schemas: Schemas

    async def reply(
        self,
        case: KnownCase,
        words: str,
        *,
        extra: Extra,
        who: str,
        form: str,
        now: datetime,
        places: PropertyScope,
    ) -> CaseActed:
        """Write to the person of the case."""
        act = _with(_offered(REPLIES, case, "reply to the person"), extra)
        return await self._publish(
            case,
            act,
            words,
            action="case.reply",
            who=who,
            form=form,
            now=now,
            places=places,
        )

    async def close(
        self, case: KnownCase, words: str, *, who: str, form: str, now: datetime, places: PropertyScope
    ) -> CaseActed:
        """Close the case. Raises AnswerDue while its legal term waits for the final answer."""
        act = _offered(CLOSINGS, case, "close it")
        if awaits_answer((await self._facts(case, places)).head):
            raise AnswerDue
        return await self._publish(
            case, act, words, action="case.close", who=who, form=form, now=now, places=places
        )

    async def end(
        self, case: KnownCase, words: str, *, who: str, form: str, now: datetime, places: PropertyScope
    ) -> CaseActed:
        """Close a case whose person has just been answered: recorded, and written to nobody."""
        act = replace(_offered(CLOSINGS, case, "close it"), quiet=True)
        return await self._publish(
            case, act, words, action="case.close", who=who, form=form, now=now, places=places
        )

    async def respond(
        self,
        case: KnownCase,
        words: str,
        *,
        extra: Extra,
        who: str,
        form: str,
        now: datetime,
        places: PropertyScope,
    ) -> CaseActed:
        """Give the final answer."""
        act = _offered(ANSWERS, case, "give a final answer")
        head = (await self._facts(case, places)).head
        terms = [clock for clock in head if clock.name == LEGAL_TERM and clock.case == case.case]
        if terms and not awaits_answer(terms):
            raise NotOffered("The legal term of this case has ended. Write a reply instead.")
        return await self._publish(
            case,
            _with(act, extra),
            words,
            action="case.respond",
            who=who,
            form=form,
            now=now,
            places=places,
        )

    async def take_on(self, case: KnownCase, *, who: str, now: datetime, places: PropertyScope) -> CaseTaken:
        """Take the case, and acknowledge its promises that wait for that. Safe to repeat."""
        await audit.note(self.notes, who=who, action="case.take_on", subject=f"case:{case.case}")
        await self.work.assign_case(case.case, who, by=who)
        facts = await self._facts(case, places)
        done = [await self._acknowledge(clock, who, now) for clock in facts.head if _waits(clock)]
        return CaseTaken(case=case.case, assignee=who, acknowledged=sum(done))

    async def release(self, case: KnownCase, *, who: str) -> CaseTaken:
        """Release the case, so that somebody else can take it. Safe to repeat."""
        await audit.note(self.notes, who=who, action="case.release", subject=f"case:{case.case}")
        await self.work.assign_case(case.case, None, by=who)
        return CaseTaken(case=case.case, assignee=None)

    async def _acknowledge(self, clock: Clock, who: str, now: datetime) -> bool:
        # Each promise has consequences of its own, and so a note of its own, as when one takes it on alone.
        subject, level = f"clock:{clock.id}", level_to_acknowledge(clock)
        await audit.note(self.notes, who=who, action="clock.acknowledge", subject=subject, level=level)
        return (await acknowledge(clock, by=who, publisher=self.publisher, now=now)).changed

    async def _publish(
        self,
        case: KnownCase,
        act: CaseAct,
        words: str,
        *,
        action: str,
        who: str,
        form: str,
        now: datetime,
        places: PropertyScope,
    ) -> CaseActed:
        event = event_of(await self._facts(case, places), act, words, who=who, form=form, now=now)
        self.schemas.check(event, now=now)
        await audit.note(self.notes, who=who, action=action, subject=f"case:{case.case}", event=event.name)
        await act.prepare(event)
        await self.publisher.event(event)
        if act.answers:
            await self.work.settle_thread(case.case, by=who, kinds=_WRITTEN)
            await self.answer_joined(
                case.case, act, words, action=action, who=who, form=form, now=now, places=places
            )
        return CaseActed(case=case.case, event=event.name, event_id=event.id)

    async def answer_joined(
        self,
        case: str,
        act: CaseAct,
        words: str,
        *,
        action: str,
        who: str,
        form: str,
        now: datetime,
        places: PropertyScope,
    ) -> None:
        """Say the same in the cases that go on in this one's thread: each has terms of its own."""
        for key, was_open in (await self.work.joined(case)).items():
            for known in await self.cases.known([key], places=places):
                facts = await self._facts(known, places)
                if (of := _in_joined(act, facts, was_open=was_open)) is None:
                    continue
                event = event_of(facts, of, words, who=who, form=form, now=now)
                self.schemas.check(event, now=now)
                subject = f"case:{key}"
                await audit.note(self.notes, who=who, action=action, subject=subject, event=event.name)
                await self.publisher.event(event)
                await self.work.settle_thread(key, by=who, kinds=_WRITTEN)

    async def _facts(self, case: KnownCase, places: PropertyScope) -> CaseFacts:
        return await self.cases.page(case, after=None, limit=1, places=places)


def _in_joined(act: CaseAct, facts: CaseFacts, *, was_open: bool) -> CaseAct | None:
    """
    Return how an act counts in a case that goes on in another's thread; None where there is nothing to end.

    A first reply is written once, and is only recorded in the other case. The final answer and the close are
    each petition's own, under its radicado (Ley 1755 de 2015, art. 13).
    """
    running = {clock.name for clock in facts.head if clock.ended_at is None}
    if facts.case.startswith(f"{THREAD}:"):
        return replace(CLOSINGS[THREAD], quiet=True) if FIRST_REPLY in running else None
    if act.event == ANSWERS["pqrs_id"].event:
        return act if LEGAL_TERM in running else None
    if act.event == CLOSINGS["pqrs_id"].event:
        return act if was_open else None
    if act.event == REPLIES["pqrs_id"].event:
        return replace(act, quiet=True) if FIRST_REPLY in running else None
    return None


def event_of(facts: CaseFacts, act: CaseAct, words: str, *, who: str, form: str, now: datetime) -> Event:
    """Make the event of an act. The same form and words make the same event."""
    kind, text = BY_NAME[act.event], tidy(words, LONGEST)
    known = _known(facts)
    data: dict[str, Json] = {name: known[name] for name in _COPIED if known.get(name)}
    data |= {kind.case: _value(kind.case, facts.case), **act.more(facts, now)}
    data |= {act.field: text} if act.field else {}
    data |= {"agent_id": who} if act.event in _BY_AGENTS else {}
    digest = form_digest(form, facts.case, act.event, text)
    return own_event(act.event, f"case:{digest}", data, time=now, quiet=act.quiet)


def _with(act: CaseAct, extra: Extra) -> CaseAct:
    return replace(act, more=lambda facts, at: {**act.more(facts, at), **extra.given}, prepare=extra.prepare)


def _known(facts: CaseFacts) -> Facts:
    """Return the data of the opening event, with the place of the case, which a unit may have named."""
    opened = facts.first.event.data if facts.first is not None else None
    context = facts.head[0].context if facts.head else {}
    place = facts.first.copropiedad_id if facts.first is not None else None
    return {
        **context,
        **(opened if isinstance(opened, dict) else {}),
        **({"copropiedad_id": place} if place else {}),
    }


_BY_AGENTS: Final = frozenset({"pqrs.replied", "pqrs.responded", "pqrs.closed", "support.replied"})
"""Events that say who of the staff has done it."""


def _value(field: str, case: str) -> str:
    """Return the value of the field that ties an event to the case."""
    return case.removeprefix(f"{field}:")


def _waits(clock: Clock) -> bool:
    try:
        level_to_acknowledge(clock)
    except NothingToAcknowledge:
        return False
    return True


def _offered(acts: Mapping[str, CaseAct], case: KnownCase, what: str) -> CaseAct:
    act = act_of(acts, case.case)
    if act is None:
        raise NotOffered(f"Nothing of the catalogue can {what} in a case of this kind.")
    return act
