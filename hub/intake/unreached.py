"""Events that do not reach all their recipients, and the notice to their publishers. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from hub.intake.decode import is_directory
from hub.messages.planning.plan import is_recorded_only
from hub.model import (
    UNKNOWN_PERSON,
    Event,
    Message,
    StoredEvent,
    Unreached,
    UnreachedReason,
    own_event,
)

NOTICE: Final = "hub.event.unreached"


def find_unreached(
    events: Iterable[StoredEvent],
    *,
    units: Container[str],
    places: Mapping[UUID, bool],
    empty: Container[UUID],
    messages: Iterable[Message],
) -> list[Unreached]:
    """
    Return the events that name something unknown to the directory, or that have an empty audience.

    `units` are known to the directory; `places` has, per new event, whether its copropiedad is known; `empty`
    are the keys of the events with an empty audience.
    """
    strangers = {message.event_key for message in messages if message.reason == UNKNOWN_PERSON}
    found: list[Unreached] = []
    for stored in events:
        unit = stored.event.data.get("unit_id")
        signs = {
            UnreachedReason.UNKNOWN_UNIT: bool(unit) and unit not in units,
            UnreachedReason.UNKNOWN_COPROPIEDAD: not places.get(stored.key, True),
            UnreachedReason.UNKNOWN_PERSON: stored.key in strangers,
            UnreachedReason.EMPTY_AUDIENCE: stored.key in empty,
        }
        reasons = sorted(reason for reason, holds in signs.items() if holds)
        if reasons and _is_reported(stored.event):
            found.append(unreached(stored, *reasons))
    return found


def unreached(stored: StoredEvent, *reasons: UnreachedReason) -> Unreached:
    event = stored.event
    return Unreached(
        event_key=stored.key, event_id=event.id, source=event.source, type=event.type, reasons=reasons
    )


def notice(found: Unreached, now: datetime) -> Event:
    """Make the event that notifies the publisher; a repeat has the same id."""
    return own_event(
        NOTICE,
        f"unreached:{found.event_key}:{'+'.join(found.reasons)}",
        {
            "event_id": found.event_id,
            "event_source": found.source,
            "event_type": found.type,
            "reasons": list(found.reasons),
        },
        time=now,
    )


def _is_reported(event: Event) -> bool:
    """Return false for a quiet event, which notifies nobody, and for one that changes the directory."""
    return not is_recorded_only(event) and not is_directory(event)
