"""Pauses that operators set, or a restore, as the way reads and ends them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from hub.model.tickets import Ticket

EVERYTHING: Final = "all"
"""The subject of a pause of all messages, at which the timers stand too: a restored hub starts with it."""
RESTORED_BY: Final = "hub db restore"
"""The author of a restore's pause of everything."""


class PauseStore(Protocol):
    """
    Pauses by their subject: `channel:sms`, `event:pqrs.received`, `communication:UUID`, EVERYTHING.

    The desk sets them.
    """

    async def paused(self) -> frozenset[str]:
        """Return the subjects that are paused now. Called every second: one tiny query."""

    async def end(self) -> Sequence[str]:
        """Remove the pauses whose end has come; return their subjects."""

    async def release_resumed(self, limit: int) -> Sequence[Ticket]:
        """
        Make `queued`, and ticket, up to `limit` messages that were held for a pause that is over.

        Holding extended their expiry in advance; the part that they did not wait is taken back.
        """
