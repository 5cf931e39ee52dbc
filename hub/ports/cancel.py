"""Cancel: keep back a message that has not left."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol
from uuid import UUID


class CancelResult(StrEnum):
    """The result for one message that the operator selected."""

    CANCELLED = "cancelled"
    SENDING = "sending"
    """A worker has it, or had it and may still record its outcome."""
    IN_DIGEST = "in_digest"
    """It leaves with the digest of its person: that is the message to cancel."""


class CancelStore(Protocol):
    async def cancel(self, message_id: UUID) -> CancelResult | None:
        """Cancel a message that has not left, without a next step; None if it does not wait."""
