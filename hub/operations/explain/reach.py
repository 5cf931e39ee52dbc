"""What of the facts is seen from some copropiedades only, as if there were nothing else. Pure."""

from __future__ import annotations

from dataclasses import replace

from hub.model import PropertyScope, StoredEvent
from hub.operations.explain.sentences_es import copropiedad_of
from hub.ports import ExplainFacts


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
