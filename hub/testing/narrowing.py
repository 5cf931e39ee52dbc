"""What narrows a list of messages in memory."""

from __future__ import annotations

from hub.model import Message
from hub.ports import MessageFilter


def fits(message: Message, narrowed: MessageFilter) -> bool:
    """Tell whether the filter lets the message through."""
    asked = ("state", "channel", "event", "event_id", "person")
    wanted = {name: value for name in asked if (value := getattr(narrowed, name)) is not None}
    return (
        all(getattr(message, name) == value for name, value in wanted.items())
        and (narrowed.reason is None or (message.reason or "").startswith(narrowed.reason))
        and (narrowed.since is None or message.created_at >= narrowed.since)
        and (narrowed.until is None or message.created_at < narrowed.until)
    )
