"""What happened, read again from the beginning: for what would have come of it by other rules."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from hub.model import Event, Purpose, State
from hub.model.promises import Period

GOING: Final = frozenset(
    {
        *(State.QUEUED, State.HELD, State.RETRYING, State.SENDING),
        *(State.SENT, State.DELIVERED, State.READ),
    }
)
"""States of messages that went or are to go: the others reached nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """A page: cases, each with all its events, and the time that the reading has come to."""

    events: Mapping[str, Sequence[Event]]
    reached: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """
    A message that went or is to go, without the person: by what channel, of what, from when on.

    `rests` as in the message. `reminds_of` is the event of a reminder; None of what is said at once.
    """

    channel: str
    purpose: Purpose
    rests: bool
    created_at: datetime
    occasion: str = "initial"
    reminds_of: Event | None = None


class History(Protocol):
    """One state of what is stored, whatever is written meanwhile."""

    def cases(self, since: datetime, types: Collection[str]) -> AsyncIterator[Cases]:
        """
        Read, each once and whole, the cases with an event of these types from `since` on, or a running clock.

        The oldest such event first; then the cases of which nothing is heard any more.
        """

    def contacts(self, period: Period, *, without: Collection[str]) -> AsyncIterator[Sequence[Contact]]:
        """Read the messages of the events of the period, but for the events of these names."""


class HistoryStore(Protocol):
    def reading(self) -> AbstractAsyncContextManager[History]:
        """Open what is stored as of now; nothing can be written through it."""
