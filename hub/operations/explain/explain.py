"""
EXPLAINING: was somebody told of an event, when and by what; and if not, why not.

    event + person ▸ what was kept when it was planned ▸ messages, who was left out, the history of the
    directory ▸ one verdict, with sentences in Spanish

Who reaches some copropiedades only sees of the facts what is there, as if there were nothing else.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from hub.model import Instant, PropertyScope, State, StoredEvent
from hub.operations.explain.messages import delivered_at, read_at, sent_at
from hub.operations.explain.sentences_es import copropiedad_of
from hub.operations.explain.verdict import (
    ExplainOutcome,
    Verdict,
    judge,
    several_events,
    unknown_event,
)
from hub.ports import ExplainFacts, ExplainStore, SentMessage


async def explain(
    store: ExplainStore, event: str, person: str, *, source: str | None = None, places: PropertyScope = None
) -> Verdict:
    """
    Explain to an operator. `event` is the publisher's id, of one `source` or of any, or the hub's key.

    Who reaches some `places` only sees what belongs to them. Raises StorageUnavailable.
    """
    found = [one for one in await store.events(event, source) if reached(one, places)]
    if not found:
        # A dead letter belongs to no place: nobody could read where it happened.
        refused = await store.refused(event, source) if places is None else None
        return unknown_event(event, person, refused)
    if len(found) > 1:
        return several_events(event, person, found)
    return judge(seen_from(await store.facts(found[0], person), places))


def reached(event: StoredEvent, places: PropertyScope) -> bool:
    """Tell whether the event happened in one of the places."""
    return places is None or event.copropiedad_id in places


def seen_from(facts: ExplainFacts, places: PropertyScope) -> ExplainFacts:
    """Leave out memberships elsewhere, and the whole person where nothing is left that belongs here."""
    if places is None:
        return facts
    # Of a unit that was elsewhere before, nothing is said: not where, and not that it was.
    moves = {
        ref: told
        for ref, told in facts.unit_history.items()
        if all(one.unit.copropiedad_id in places for one in told)
    }
    facts = replace(facts, unit_history=moves)
    here = {version.id for version in facts.history if copropiedad_of(version, facts) in places}
    if not (here or facts.messages or any(audience.left_out for audience in facts.audiences)):
        return replace(facts, history=())
    kept = [one for one in facts.history if one.kind == "person" or one.id in here]
    mine = [one for one in kept if one.scope is None or copropiedad_of(one, facts) in places]
    return replace(facts, history=mine)


class ExplainedMessage(Struct, kw_only=True):
    """A message to the person; the address is masked. `tries` counts what providers said as well."""

    id: UUID
    audience: int
    channel: str
    occasion: str
    address: str
    state: State
    reason: str | None
    next_at: Instant | None
    sent_at: Instant | None
    delivered_at: Instant | None
    read_at: Instant | None
    tries: int


class Explanation(Struct, kw_only=True):
    outcome: ExplainOutcome
    reason: Annotated[str | None, Meta(description="A machine word: `added_later`, `on_leave` …")]
    person: str
    event_key: UUID | None
    event_id: str | None
    source: str | None
    event: str | None
    sentences: Annotated[list[str], Meta(description="Spanish, for operators; times are Colombia's.")]
    messages: list[ExplainedMessage]


def shown(verdict: Verdict) -> Explanation:
    """Show the ids, instants and states beside the sentences; addresses are masked."""
    stored = verdict.event
    event = stored.event if stored else None
    return Explanation(
        outcome=verdict.outcome,
        reason=verdict.reason,
        person=verdict.person,
        event_key=stored.key if stored else None,
        event_id=event.id if event else None,
        source=event.source if event else None,
        event=event.name if event else None,
        sentences=list(verdict.sentences),
        messages=[_message(said) for said in verdict.messages],
    )


def _message(said: SentMessage) -> ExplainedMessage:
    message = said.message
    return ExplainedMessage(
        id=message.id,
        audience=message.audience,
        channel=message.channel,
        occasion=message.occasion,
        address=message.address,
        state=message.state,
        reason=message.reason,
        next_at=message.next_at,
        sent_at=sent_at(said),
        delivered_at=delivered_at(said),
        read_at=read_at(said),
        tries=len(said.attempts),
    )
