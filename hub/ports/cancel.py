"""Cancel: keep back a message that has not left."""

from __future__ import annotations

from enum import StrEnum


class CancelResult(StrEnum):
    """The result for one message that the operator selected."""

    CANCELLED = "cancelled"
    SENDING = "sending"
    """A worker has it, or had it and may still record its outcome."""
    IN_DIGEST = "in_digest"
    """It leaves with the digest of its person: that is the message to cancel."""
