"""When nothing electronic has reached somebody whom the law wants told, and when its letter did. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from hub.messages.planning.cascade import next_step
from hub.messages.planning.reach import LETTER
from hub.model import (
    Event,
    Json,
    Message,
    Purpose,
    StoredEvent,
    own_event,
)
from hub.model.ids import step_id

NAME: Final = "notification.undelivered"
HANDED_OVER: Final = "notification.handed_over"
NO_RECEIPT: Final = "no_receipt"
"""The reason where a provider said yes and no receipt came in time."""

_TOLD: Final = ("radicado", "service_area")
"""What of the event's data the staff is told; who is meant stands on the letter and in the case."""


def has_followup(message: Message) -> bool:
    """Tell whether anything follows from the loss of this message's step: another step, or an alert."""
    return bool(message.fallback) or message.purpose is Purpose.LEGAL


def needs_alert(message: Message) -> bool:
    """Tell whether after this step only paper is left, or nothing, of what may not end in silence."""
    left = {target.channel for step in message.fallback for target in step}
    return message.purpose is Purpose.LEGAL and left <= {LETTER}


def alerts(
    over: Iterable[Message], events: Mapping[UUID, StoredEvent], *, now: datetime
) -> Mapping[str, Event]:
    """Make one event per step that is over. Its id is made from the step: a repeat is a duplicate."""
    made = (_alert(message, events.get(message.event_key), now) for message in over if needs_alert(message))
    return {event.id: event for event in made}


def _alert(message: Message, stored: StoredEvent | None, now: datetime) -> Event:
    letters = [new.id for new in next_step(message, now=now) if new.channel == LETTER]
    data: dict[str, Json] = {
        "message_id": str(message.id),
        "about": message.event,
        "about_id": message.event_id,
        "reason": message.reason or NO_RECEIPT,
        "letter_id": str(letters[0]) if letters else None,
    }
    data |= {} if stored is None else _of(stored)
    return own_event(NAME, f"undelivered:{step_id(message)}", data, time=now)


def letter_handed_over(letter: UUID, stored: StoredEvent, *, now: datetime) -> Event:
    """
    Make the event of a letter of this event that was handed over.

    Its id is made from the letter: a repeat is a duplicate.
    """
    about: dict[str, Json] = {"about": stored.event.name, "about_id": stored.event.id}
    data = {"message_id": str(letter)} | about | _of(stored)
    return own_event(HANDED_OVER, f"handed_over:{letter}", data, time=now)


def _of(stored: StoredEvent) -> dict[str, Json]:
    """Say which case it is of, where, so that the staff of there hears of it, and by which number known."""
    known = {name: stored.event.data.get(name) for name in _TOLD}
    known |= {"thread_id": stored.case, "copropiedad_id": stored.copropiedad_id, "unit_id": stored.unit_id}
    return {name: value for name, value in known.items() if value is not None}
