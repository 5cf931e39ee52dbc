"""Which events do not reach all whom they are for, and the notice to whoever published them. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from hub.intake.decode import is_directory
from hub.intake.resolved_audience import NOBODY
from hub.messages.planning.plan import is_recorded_only
from hub.model import (
    UNKNOWN_PERSON,
    AudienceRecord,
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
    records: Iterable[AudienceRecord],
    messages: Iterable[Message],
) -> list[Unreached]:
    """
    Find the events that name what the directory does not have, or that have an audience of nobody.

    `units` are those that the directory has; `places` says of each new event whether it has the copropiedad.
    """
    empty = {record.event_key for record in records if record.why == NOBODY and record.groups}
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
        if reasons and _is_told(stored.event):
            found.append(unreached(stored, *reasons))
    return found


def unreached(stored: StoredEvent, *reasons: UnreachedReason) -> Unreached:
    """Name the event by its ids."""
    event = stored.event
    return Unreached(
        event_key=stored.key, event_id=event.id, source=event.source, type=event.type, reasons=reasons
    )


def notice(found: Unreached, now: datetime) -> Event:
    """Make the event that tells the publisher; said again, it has the same id."""
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


def _is_told(event: Event) -> bool:
    """A quiet event is to tell nobody, and one of the directory's says who and what is new."""
    return not is_recorded_only(event) and not is_directory(event)
