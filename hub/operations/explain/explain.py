"""
Explanation of whether a person was notified of an event, with time and channel, or the reason why not.

    event + person ▸ the snapshot taken at planning ▸ messages, people left out, the history of the
    directory ▸ one verdict, with sentences in Spanish

An operator with access to some copropiedades sees only their facts.
"""

from __future__ import annotations

from dataclasses import replace

from hub.access.actor import Actor
from hub.model import PropertyScope, StoredEvent
from hub.operations.explain.sentences_es import copropiedad_of, on_boards
from hub.operations.explain.verdict import (
    Verdict,
    judge,
    several_events,
    unknown_event,
)
from hub.ports import ExplainFacts
from hub.storage import PostgresExplain


async def explain(
    store: PostgresExplain,
    event: str,
    person: str,
    *,
    source: str | None = None,
    places: PropertyScope = None,
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
    hanging = [poster for poster in facts.posters if places is None or poster.copropiedad_id in places]
    return replace(verdict, sentences=[*verdict.sentences, *on_boards(hanging)])


async def explain_message(by: Actor, store: PostgresExplain, event: str, person: str) -> Verdict:
    """Explain a message, by the hub's key of its event, to its reader; the look is audited."""
    await by.note("event.explain", f"event:{event}", person=person)
    return await explain(store, event, person, places=by.places)


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
