"""Where what people write back is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from hub.model import About, Escalation, Inbound, Reply


class ReplyStore(Protocol):
    async def about(self, reply: Reply) -> About:
        """
        Find what a reply answers: by our id, the provider's reference, else the number it came from.

        Of a number it is the newest message that went there in the last 30 days.
        """

    async def about_message(self, message_id: UUID) -> About:
        """Tell of one of our messages; empty for one that is not there."""

    async def escalations(self, number: str) -> Sequence[Escalation]:
        """
        Answer of which clocks a number was told, as one of a level, by a text of the last 30 days.

        The newest first. Only texts that a provider has, and clocks that are still known.
        """

    async def add(self, inbound: Inbound) -> Inbound:
        """
        Keep it, with what it revokes or gives back, in one transaction; answer it as it is stored.

        One that is stored already changes nothing. `acknowledge` is decided here: once in 24 hours
        for each address, thread and kind; but whoever takes a matter on hears each time what became of it.
        """

    async def mark_published(self, reply_id: UUID) -> None:
        """Set that its event is with the broker."""
