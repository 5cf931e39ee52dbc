"""
Explain whether a person was notified of an event, when and how; and if not, why not.

    event + person ▸ the snapshot taken at planning ▸ messages, who was left out, the history of the
    directory ▸ one verdict, with sentences in Spanish

An operator with access to some copropiedades sees only the facts of those.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from hub.model import Instant, PropertyScope, State, StoredEvent
from hub.operations.explain import boards_es
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

    `places` limit what the operator sees. Raises StorageUnavailable.
    """
    events = [stored for stored in await store.events(event, source) if reached(stored, places)]
    if not events:
        # A dead letter belongs to no place, because the hub could not read it.
        refused = await store.refused(event, source) if places is None else None
        return unknown_event(event, person, refused)
    if len(events) > 1:
        return several_events(event, person, events)
    facts = await store.facts(events[0], person)
    verdict = judge(seen_from(facts, places))
    hanging = [poster for poster in facts.posters if places is None or poster["copropiedad_id"] in places]
    return replace(verdict, sentences=[*verdict.sentences, *boards_es.sentences(hanging)])


def reached(event: StoredEvent, places: PropertyScope) -> bool:
    """Return whether the event happened in one of `places`."""
    return places is None or event.copropiedad_id in places


def seen_from(facts: ExplainFacts, places: PropertyScope) -> ExplainFacts:
    """Remove memberships in other places, and the whole person if nothing remains in these."""
    if places is None:
        return facts
    # Hide the whole history of a unit that was elsewhere before: even the move itself is hidden.
    moves = {
        ref: versions
        for ref, versions in facts.unit_history.items()
        if all(version.unit.copropiedad_id in places for version in versions)
    }
    facts = replace(facts, unit_history=moves)
    here = {version.id for version in facts.history if copropiedad_of(version, facts) in places}
    if not (here or facts.messages or any(audience.left_out for audience in facts.audiences)):
        return replace(facts, history=())
    kept = [version for version in facts.history if version.kind == "person" or version.id in here]
    mine = [version for version in kept if version.scope is None or copropiedad_of(version, facts) in places]
    return replace(facts, history=mine)


class ExplainedMessage(Struct, kw_only=True):
    """A message to the person; the address is masked. `tries` also counts reports of providers."""

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
    later: Annotated[
        UUID | None,
        Meta(description="Of an expired message: the newest one about its case that has left since."),
    ]
    tries: int


_KEPT: Final = ("id", "audience", "channel", "occasion", "address", "state", "reason", "next_at")


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
    """Show ids, instants and states with the sentences; addresses are masked."""
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
        messages=[_message(sent) for sent in verdict.messages],
    )


def _message(sent: SentMessage) -> ExplainedMessage:
    times = {"sent_at": sent_at(sent), "delivered_at": delivered_at(sent), "read_at": read_at(sent)}
    kept = {name: getattr(sent.message, name) for name in _KEPT}
    later = sent.later.message.id if sent.later is not None else None
    return msgspec.convert({**kept, **times, "later": later, "tries": len(sent.attempts)}, ExplainedMessage)
