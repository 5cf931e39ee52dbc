"""Stored history, read from the beginning, to simulate it under another policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub.model import Event, Purpose, State

GOING: Final = frozenset(
    {
        *(State.QUEUED, State.HELD, State.RETRYING, State.SENDING),
        *(State.SENT, State.WAITING, State.DELIVERED, State.READ),
    }
)
"""States of messages that were sent or are to be sent: messages in other states reached nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """A page of cases, each with all its events, and the event time that the reading has reached."""

    events: Mapping[str, Sequence[Event]]
    reached: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """
    A message that was sent or is to be sent, without the person.

    `rests` as in the message. `reminds_of` is the event of a reminder; None for an initial message.
    """

    channel: str
    purpose: Purpose
    rests: bool
    created_at: datetime
    occasion: str = "initial"
    reminds_of: Event | None = None
