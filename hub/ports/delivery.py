"""The database as delivery needs it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from hub.model import Claimed, InvalidContact, Message, Outcome, StoredEvent


class CascadeStore(Protocol):
    async def add_messages(self, messages: Sequence[Message]) -> None:
        """Insert; a message that exists stays as it is."""

    async def events_of(self, keys: Collection[UUID]) -> Mapping[UUID, StoredEvent]:
        """Return those of these events that are stored."""

    async def end_cascades(self, ids: Collection[UUID]) -> None:
        """Mark these lost messages as final: their alert is published, and no step follows."""


class DeliveryStore(CascadeStore, Protocol):
    async def claim(self, ids: Sequence[UUID], *, token: UUID, lease: timedelta) -> Sequence[Claimed]:
        """
        Claim the messages that may be sent now, with one statement.

        These are `queued`, and `held` or `retrying` with a `next_at` in the past. They become `sending`, with
        `next_at` at the lease's end and attempt + 1. Rows locked by another worker are skipped. A lease that
        has ended is left to the timers (`TimerStore.release_due`). A claim whose answer was lost may be
        repeated under its token: it takes the same rows, and counts no further attempt.
        """

    async def take_turns(
        self, asked: Collection[tuple[str, UUID]], once_per: timedelta
    ) -> frozenset[tuple[str, UUID]]:
        """
        Give each person's turn to be asked to this survey (by its event's key); return those that have it.

        A turn that another survey has taken is free after `once_per`, or if none of its messages was accepted
        or is under way. Each person is named once.
        """

    async def record(self, token: UUID, outcomes: Sequence[Outcome]) -> frozenset[UUID]:
        """
        Write outcomes and their attempts with one statement; return the ids that took effect.

        Conditional on the token: a row that another worker has claimed meanwhile is left alone (its
        attempt is still stored). One that the timers have made `queued` again, and nobody has claimed, counts
        as held. A row that a receipt has advanced is not moved back.
        """

    async def suppress(self, gone: Sequence[InvalidContact]) -> None:
        """Suppress the contact points of these messages for the policy's time."""

    async def step_failed(self, messages: Sequence[Message]) -> frozenset[UUID]:
        """Return the messages whose whole step has failed (event, person, audience, occasion, step)."""
