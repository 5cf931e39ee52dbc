"""The store of replies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from hub.model import About, Escalation, Inbound, Reply, Revocation


class ReplyStore(Protocol):
    async def about(self, reply: Reply) -> About:
        """
        Find what a reply answers: by our id, the provider's reference, or else the sender's number.

        By number, it is the newest message sent to it in the last 30 days.
        """

    async def about_message(self, message_id: UUID) -> About:
        """Return the known facts of one of our messages; empty if it does not exist."""

    async def escalations(self, number: str) -> Sequence[Escalation]:
        """
        Return the escalations that a number received by text in the last 30 days, the newest first.

        Only texts that a provider accepted, and clocks that are still stored.
        """

    async def add(self, inbound: Inbound) -> Inbound:
        """
        Store a reply, with the consents that it revokes or grants, in one transaction; return it as stored.

        A reply that is already stored changes nothing. `acknowledge` is decided here: once in 24 hours per
        address, thread and kind; but a text that acknowledges a clock is always answered.
        """

    async def mark_published(self, reply_id: UUID) -> None:
        """Store that the reply's event is with the broker."""


class UnsubscribeStore(Protocol):
    async def recipient(self, message_id: UUID, purpose: str) -> tuple[str, bool] | None:
        """Return this mail's recipient, and whether they have refused the purpose so; None: not stored."""

    async def unsubscribe(self, revocation: Revocation) -> bool:
        """
        Refuse further messages of the purpose, to the mail's address and to its person by every channel.

        One transaction. Return whether it changed anything: while the refusal stands, a repeat does not.
        """
