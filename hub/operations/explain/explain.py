"""
EXPLAINING: was somebody told of an event, when and by what; and if not, why not.

    event + person ▸ what was kept when it was planned ▸ messages, who was left out, the history of the
    directory ▸ one verdict, with sentences in Spanish
"""

from __future__ import annotations

from hub.model import Places
from hub.operations.explain.reach import reached, seen_from
from hub.operations.explain.verdict import (
    Verdict,
    judge,
    several_events,
    unknown_event,
)
from hub.ports import ExplainStore


async def explain(
    store: ExplainStore, event: str, person: str, *, source: str | None = None, places: Places = None
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
