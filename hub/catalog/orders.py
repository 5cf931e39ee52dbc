"""Orders of publishers about their own events."""

from __future__ import annotations

from typing import Final

from hub.model import RECALL, EventType, Lane

ORDERS: Final = (
    # Urgent: it races with the messages that it recalls.
    EventType(name=RECALL, lane=Lane.URGENT, case="id"),
)
