"""Sending lost messages again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hub.model.tickets import Ticket
from hub.ports.log import MessageFilter


class RedriveResult(StrEnum):
    """What becomes of a lost message that was asked for."""

    TAKEN = "taken"
    TOO_OLD = "too_old"
    """Its wall-time end has passed, or it was too old when it was planned."""
    NO_CONTACT = "no_contact"
    """It never had an address: a new event plans anew."""
    TOLD = "told"
    """The same was said to the person otherwise: another message of the event that was sent or arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedrivenPage:
    """A page: tickets of what was taken, counts by (verdict, channel, reason), and the cursor after it."""

    tickets: Sequence[Ticket]
    counts: Mapping[tuple[RedriveResult, str, str], int]
    next: str | None


class RedriveStore(Protocol):
    async def redrive(
        self, narrowed: MessageFilter, *, also_told: bool, dry_run: bool, after: str | None, limit: int
    ) -> RedrivenPage:
        """
        Look at up to `limit` lost messages, oldest first; take those that may go again, in one transaction.

        Taken is `queued` as new: no attempts, no reason, the life that it had from now on, never past its
        wall-time end. Attempts stay in the history. A dry run only counts. `narrowed.state` is one of
        failed, bounced, suppressed, expired.
        """
