"""
Acts of staff in a case that are events: reply, give the final answer, close it.

They are events of the catalogue in the hub's own name, like those of any other publisher: the clocks and the
messages follow from them. `REPLIES`, `ANSWERS` and `CLOSINGS` name the kinds of cases that have such an
event. The id of an event is made from the form that was sent: a button pressed twice is one event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from msgspec import Struct

from hub.business_time import dates
from hub.catalog import BY_NAME
from hub.errors import NothingToAcknowledge, NotOffered
from hub.model import FIRST_LEVEL, THREAD, Clock, Event, Json, own_event
from hub.model.casework import ReplyState
from hub.model.documents import FIELD
from hub.model.reply_rows import ReplyWhole
from hub.operations.cases.thread import LEGAL_TERM, number_of
from hub.operations.cases.writing import form_digest
from hub.ports.cases import CaseFacts, KnownCase
from hub.rendering.typed_words import tidy
from hub.sla.acknowledge import level_to_acknowledge

FIRST_REPLY: Final = "first_reply"
NONE_NEEDED: Final = "none"
"""The channel of an answer that was not needed: the promise ends as well."""
LONGEST: Final = 5000
"""Characters of a text at the console."""
_COPIED: Final = ("copropiedad_id", "unit_id", "service_area")
"""Fields of the opening event that say where the case belongs."""
Facts = Mapping[str, Json]


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
    quiet: bool = False
    """Whether it is recorded and written to nobody: its words have left with another event."""

    def with_fields(self, given: Facts) -> CaseAct:
        """Return the act with further fields of its event."""
        return replace(self, more=lambda facts, now: {**self.more(facts, now), **given})


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


def offered(acts: Mapping[str, CaseAct], case: KnownCase, what: str) -> CaseAct:
    """Return the act for a case of this kind. Raises NotOffered."""
    act = act_of(acts, case.case)
    if act is None:
        raise NotOffered(f"Nothing of the catalogue can {what} in a case of this kind.")
    return act


def in_joined(act: CaseAct, facts: CaseFacts, *, was_open: bool) -> CaseAct | None:
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


def replied(reply: ReplyWhole, state: ReplyState, *, who: str, now: datetime) -> Event:
    """Make the event that ends the promise to the writer of a reply. A repeat is a duplicate."""
    data: dict[str, Json] = {THREAD: reply.thread, "agent_id": who, "replied_at": now.isoformat()}
    data |= {"channel": NONE_NEEDED} if state is ReplyState.CLOSED else {}
    data |= {"copropiedad_id": reply.copropiedad} if reply.copropiedad else {}
    return own_event(CLOSINGS[THREAD].event, f"reply:{reply.id}:replied", data, time=now)


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


def waits(clock: Clock) -> bool:
    """Return whether somebody who takes the case on acknowledges this promise, which nobody has done yet."""
    try:
        level = level_to_acknowledge(clock)
    except NothingToAcknowledge:
        return False
    return all(one.level != level for one in clock.course.acknowledged)
