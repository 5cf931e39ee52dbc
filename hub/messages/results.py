"""Results for publishers: events that say what became of the messages of their events. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from hub.errors import InvalidSubscription
from hub.messages.planning.reach import LETTER
from hub.model import HUB_SOURCE, Event, Json, State, is_hub_source, own_event, type_of
from hub.model.ids import uuid8
from hub.model.letters import LEFT
from hub.model.results import FINAL, KINDS, Result, ResultKind

PREFIX: Final = "notification."
LONGEST: Final = 255
"""Characters of an event's source."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def events_of(result: Result) -> Iterator[tuple[ResultKind, Event]]:
    """
    Make the events of a result: of the message and, if nobody has had any, of the person.

    Their ids are made from the message and the change, or from the person and the event: a repeat is a
    duplicate. They have no name, address or text of anybody. A letter that is only made has none.
    """
    if result.channel == LETTER and result.state is State.SENT and result.reason not in LEFT:
        return
    kind = KINDS[result.state]
    change = uuid8(result.at, result.message_id.hex, result.state)
    yield kind, own_event(f"{PREFIX}{kind}", str(change), _data(result), time=result.at)
    if result.undelivered:
        yield ResultKind.UNDELIVERED, _undelivered(result)


def _data(result: Result) -> dict[str, Json]:
    return {
        "event_id": result.event_id,
        "event_source": result.source,
        "event_type": type_of(result.event),
        "message_id": str(result.message_id),
        "person": result.person,
        "channel": result.channel,
        "occasion": result.occasion,
        "state": result.state,
        "reason": result.reason,
        "final": result.state in FINAL,
        "next": sorted({target.channel for step in result.fallback[:1] for target in step}),
        "at": result.at.isoformat(),
    }


def _undelivered(result: Result) -> Event:
    # Staff get an event of this type about a lost legal message: both have the same fields.
    older: dict[str, Json] = {"about": result.event, "about_id": result.event_id, "letter_id": None}
    key = result.event_key.hex if result.event_key else ""
    occasion = f"{result.audience}/{result.occasion}"
    name = f"{PREFIX}{ResultKind.UNDELIVERED}"
    event_id = f"result:{uuid8(_EPOCH, key, result.person, occasion)}"
    data = {**_data(result), "reason": result.reason or result.state, **older}
    return own_event(name, event_id, data, time=result.at)


def require_source(source: str) -> None:
    """Raise InvalidSubscription for a text that cannot be the source of another system."""
    if not source or len(source) > LONGEST or is_hub_source(source):
        raise InvalidSubscription(f"a source is the URI of another system, not {HUB_SOURCE} or its like")
