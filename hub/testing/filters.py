"""What narrows a list of messages in memory."""

from __future__ import annotations

from hub.model import Message, PropertyScope
from hub.ports import MessageFilter
from hub.testing.tables import Tables


def within(place: str | None, places: PropertyScope) -> bool:
    """Tell whether what belongs to this copropiedad, or to none, is seen from there."""
    return places is None or place in places


def fits(message: Message, narrowed: MessageFilter, tables: Tables) -> bool:
    """Tell whether the filter lets the message through."""
    asked = ("state", "channel", "event", "event_id", "person")
    wanted = {name: value for name in asked if (value := getattr(narrowed, name)) is not None}
    return (
        all(getattr(message, name) == value for name, value in wanted.items())
        and within(tables.place_of(message), narrowed.places)
        and (narrowed.reason is None or (message.reason or "").startswith(narrowed.reason))
        and (narrowed.since is None or message.created_at >= narrowed.since)
        and (narrowed.until is None or message.created_at < narrowed.until)
    )
