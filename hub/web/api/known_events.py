"""Known events and cases: what the database says of events before they are published."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from hub.access.api_keys import adds_to
from hub.catalog import CATALOG
from hub.errors import InvalidEvent, Unavailable
from hub.intake.case_owners import of_another
from hub.intake.decode import differ, of_known_id
from hub.intake.needs import needs_of
from hub.model import Event, normal_source
from hub.model.ids import DUPLICATE_WITHIN, event_key
from hub.storage import PostgresIntake
from hub.web.auth.api_key_cache import Caller

PATIENCE: Final = 2.0
"""Seconds. Without an answer the events go on: intake looks again, and answers on `hub.events.out`."""
_OWNED: Final = {kind.type: kind for kind in CATALOG if needs_of(kind).opens is not None}


async def unfit(store: PostgresIntake, events: Sequence[Event], caller: Caller) -> Mapping[int, InvalidEvent]:
    """
    Return those of these events, by their place, that intake would refuse for what is stored.

    Another event has their id, or their case is of a source whose cases the caller's key does not name. For
    one that is sent twice in a request the first counts.
    """
    firsts = {event_key(event): event for event in reversed(events)}
    keys = [event_key(event) for event in events]
    changed = _changed(events)
    cases = [_case_of(event) for event in events]
    try:
        async with asyncio.timeout(PATIENCE):
            known = await store.other_content(firsts)
            owners = await _owners(store, cases, caller)
    except (Unavailable, TimeoutError):
        known, owners = frozenset(), {}
    found: dict[int, InvalidEvent] = {}
    for place, (key, event) in enumerate(zip(keys, events, strict=True)):
        if changed[place] or key in known:
            found[place] = of_known_id()
        elif not _may_add(caller, owners.get(cases[place] or "")):
            found[place] = of_another(_OWNED[event.type].case)
    return found


def _changed(events: Sequence[Event]) -> list[bool]:
    """Return of each event whether an earlier one of the request has its id, and other content."""
    firsts: dict[tuple[str, str], Event] = {}
    found = []
    for event in events:
        first = firsts.setdefault((event.source, event.id), event)
        found.append(abs(event.time - first.time) <= DUPLICATE_WITHIN and differ(first, event))
    return found


def _case_of(event: Event) -> str | None:
    kind = _OWNED.get(event.type)
    return None if kind is None else kind.case_of(event.data)


async def _owners(store: PostgresIntake, cases: Iterable[str | None], caller: Caller) -> Mapping[str, str]:
    named = {case for case in cases if case is not None}
    # A key without a source publishes for any: what it may is seen by intake, by the event's source.
    return await store.owners(named) if named and caller.source is not None else {}


def _may_add(caller: Caller, owner: str | None) -> bool:
    if owner is None or caller.source is None:
        return True
    return adds_to(caller.source, owner, {normal_source(source) for source in caller.cases_of})
