"""Redrive: send lost messages again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hub.model.tickets import Ticket
from hub.ports.log import MessageFilter


class RedriveResult(StrEnum):
    """The result for one lost message that the operator selected."""

    TAKEN = "taken"
    TOO_OLD = "too_old"
    """Its wall-time end has passed, or it was too old when it was planned."""
    NO_CONTACT = "no_contact"
    """It never had an address; only a new event is planned again."""
    NOTIFIED = "told"
    """Another message of the event was sent to the person, or delivered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedrivenPage:
    """A page: tickets of the redriven messages, counts by (result, channel, reason), the next cursor."""

    tickets: Sequence[Ticket]
    counts: Mapping[tuple[RedriveResult, str, str], int]
    next: str | None


class RedriveStore(Protocol):
    async def redrive(
        self, narrowed: MessageFilter, *, include_notified: bool, dry_run: bool, after: str | None, limit: int
    ) -> RedrivenPage:
        """
        Check up to `limit` lost messages, oldest first, and requeue those that may be sent again.

        All in one transaction. A requeued message is `queued` like a new one: no attempts, no reason, its
        original lifetime from now on, never past its wall-time end. Its attempts stay in the history. A dry
        run only counts. `narrowed.state` is one of failed, bounced, suppressed, expired.
        """
