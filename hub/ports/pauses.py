"""Pauses that operators set, or a restore."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

from hub.model import Json
from hub.model.tickets import Ticket

EVERYTHING: Final = "all"
"""The subject of a pause of all messages, at which the timers stand too: a restored hub starts with it."""
RESTORED_BY: Final = "hub db restore"
"""Who has paused everything, where it was a restore."""


class PauseStore(Protocol):
    """Pauses by their subject: `channel:sms`, `event:pqrs.received`, EVERYTHING."""

    async def paused(self) -> frozenset[str]:
        """Return the subjects that are paused now. Called every second: one tiny query."""

    async def pauses(self) -> Sequence[Mapping[str, Json]]:
        """List pauses: subject, since, by, reason, ends_at."""

    async def pause(self, subject: str, *, by: str, reason: str, ends_at: datetime | None = None) -> bool:
        """
        Pause, until `ends_at` if it is given.

        Return false, and change nothing, if the subject was already paused.
        """

    async def resume(self, subject: str) -> bool:
        """Remove the pause; return false if there was none."""

    async def end(self) -> Sequence[str]:
        """Remove the pauses whose end has come; return their subjects."""

    async def release_resumed(self, limit: int) -> Sequence[Ticket]:
        """
        Make `queued`, and ticket, up to `limit` messages that were held for a pause that is over.

        Holding extended their expiry in advance; the part that they did not wait is taken back.
        """

    async def unsent(self) -> Sequence[Mapping[str, Json]]:
        """
        Count the messages that a pause of everything holds back: channel, lane, unsent, oldest_at, before.

        `before` counts those that were planned before the pause began.
        """

    async def due_steps(self) -> int:
        """Count the clocks of which a step is due: it falls when the pause of everything ends."""

    async def cancel_before_pause(self, limit: int) -> int:
        """
        Cancel up to `limit` unsent messages planned before the pause of everything; return how many.

        What a worker may be sending at this moment is left alone.
        """

    async def held(self) -> Sequence[Mapping[str, Json]]:
        """Count the messages held for pauses: channel, event, held, urgent (of them)."""

    async def urgent(self, subject: str) -> int:
        """Count the unsent messages of the urgent lane that a pause of the subject holds back."""
