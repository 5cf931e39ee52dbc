"""What an operator holds back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from hub.model import Json
from hub.model.tickets import Ticket


class PauseStore(Protocol):
    """Pauses by their subject: `channel:sms`, `event:pqrs.received`."""

    async def paused(self) -> frozenset[str]:
        """Answer the subjects that are paused. Asked every second: one tiny query."""

    async def pauses(self) -> Sequence[Mapping[str, Json]]:
        """List them: subject, since, by, reason."""

    async def pause(self, subject: str, *, by: str, reason: str) -> bool:
        """Pause; false when it was paused already, and then by whom and why stay as they were."""

    async def resume(self, subject: str) -> bool:
        """Take the pause away; false when there was none."""

    async def release_resumed(self, limit: int) -> Sequence[Ticket]:
        """
        Make `queued` again, and ticket, up to `limit` messages that were held for a pause that is over.

        What they were given beforehand for waiting is taken back as far as they have not waited.
        """

    async def held(self) -> Sequence[Mapping[str, Json]]:
        """Count what is held for pauses: channel, event, held, urgent (of them)."""

    async def urgent(self, subject: str) -> int:
        """Count the messages of the urgent lane on their way that a pause of the subject holds back."""
