"""A legally required message that no electronic channel delivered, and the letter that replaces it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from hub.errors import MissingDocument
from hub.messages.planning.cascade import next_step
from hub.messages.planning.reach import LETTER
from hub.model import (
    Event,
    Json,
    Message,
    Purpose,
    SentMail,
    StoredEvent,
    own_event,
)
from hub.model.ids import step_id

NAME: Final = "notification.undelivered"
HANDED_OVER: Final = "notification.handed_over"
BOUNCE_REPORTED: Final = "notification.bounce_reported"
UNRECOGNISED: Final = "notification.unrecognised"
NO_RECEIPT: Final = "no_receipt"
"""The reason when a provider accepted the message and no receipt came in time."""
NOT_PRINTED: Final = MissingDocument.reason
"""The reason of a letter that would only link to its document, which staff prints and hands over."""
REPORTED: Final = "reported_"
"""The beginning of a sent message's reason while its loss is reported and no person has confirmed it."""

_STAFF_FIELDS: Final = ("radicado", "service_area")
"""The event's fields that the alert shows to staff, by its own names."""


def has_followup(message: Message) -> bool:
    """Return whether the failure of this message's step leads to another step or an alert."""
    return bool(message.fallback) or message.purpose is Purpose.LEGAL or message.reason == NOT_PRINTED


def needs_alert(message: Message) -> bool:
    """
    Return whether a legally required message has only paper, or nothing, left after this step.

    A document that must be printed by hand needs somebody who prints it, whatever its purpose.
    """
    left = {target.channel for step in message.fallback for target in step}
    return (message.purpose is Purpose.LEGAL or message.reason == NOT_PRINTED) and left <= {LETTER}


def alerts(
    over: Iterable[Message], events: Mapping[UUID, StoredEvent], *, now: datetime
) -> Mapping[str, Event]:
    """Make one alert per failed step that needs it. Its id is made from the step: a repeat is a duplicate."""
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
        **_whom(message),
    }
    data |= {} if stored is None else _case_fields(stored)
    return own_event(NAME, f"undelivered:{step_id(message)}", data, time=now)


def bounce_question(sent: SentMail, reason: str, *, until: datetime, now: datetime) -> Event:
    """
    Make the event that asks staff whether a mail has arrived although it is reported as lost.

    Its id is made from the message, so nobody is asked twice about one.
    """
    message = sent.message
    data: dict[str, Json] = {
        "message_id": str(message.id),
        "about": message.event,
        "about_id": message.event_id,
        "reason": reason,
        "confirm_by": until.isoformat(),
        **_whom(message),
    }
    return own_event(
        BOUNCE_REPORTED, f"bounce_reported:{message.id}", data | _case_fields(sent.event), time=now
    )


def _whom(message: Message) -> dict[str, Json]:
    """Return the person and the units whom the alert is about, for the staff that must reach them."""
    known = {"person_name": message.name, "person_units": ", ".join(message.units)}
    return {name: value for name, value in known.items() if value}


def unrecognised(
    message: Message, stored: StoredEvent, *, sent_at: datetime, comment: str, at: datetime
) -> Event:
    """
    Make the event that somebody does not recognise a message; `at` is when that was first reported.

    Its id and its time are made from the message: a repeat is a duplicate.
    """
    data: dict[str, Json] = {
        "message_id": str(message.id),
        "about": message.event,
        "about_id": message.event_id,
        "channel": message.channel,
        "sent_at": sent_at.isoformat(),
        **({"comment": comment} if comment else {}),
        **_whom(message),
    }
    return own_event(UNRECOGNISED, f"unrecognised:{message.id}", data | _case_fields(stored), time=at)


def letter_handed_over(letter: UUID, stored: StoredEvent, *, now: datetime) -> Event:
    """
    Make the event that a letter about this stored event was handed over.

    Its id is made from the letter: a repeat is a duplicate.
    """
    about: dict[str, Json] = {"about": stored.event.name, "about_id": stored.event.id}
    data = {"message_id": str(letter)} | about | _case_fields(stored)
    return own_event(HANDED_OVER, f"handed_over:{letter}", data, time=now)


def _case_fields(stored: StoredEvent) -> dict[str, Json]:
    """Return the case, its number, and its place, by which the alert finds the staff in charge."""
    known = {name: stored.event.data.get(name) for name in _STAFF_FIELDS}
    known["matter"] = stored.event.data.get("subject")
    known |= {"thread_id": stored.case, "copropiedad_id": stored.copropiedad_id, "unit_id": stored.unit_id}
    return {name: value for name, value in known.items() if value is not None}
