"""Cancel: keep back messages that have not left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hub.ports.log import MessageFilter


class CancelResult(StrEnum):
    """The result for one message that the operator selected."""

    CANCELLED = "cancelled"
    SENDING = "sending"
    """A worker has it, or had it and may still say what became of it."""
    IN_DIGEST = "in_digest"
    """It leaves with the digest of its person: that is the message to cancel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelPage:
    """A page: counts by (result, channel, reason), and the next cursor."""

    counts: Mapping[tuple[CancelResult, str, str], int]
    next: str | None


class CancelStore(Protocol):
    async def cancel(
        self, narrowed: MessageFilter, *, dry_run: bool, after: str | None, limit: int
    ) -> CancelPage:
        """
        Check up to `limit` messages, oldest first, and cancel those that have not left, without a next step.

        All in one transaction. `narrowed.state` is one of queued, held, retrying. A dry run only counts.
        """
