"""What delivery asks of the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from hub.model import Claimed, InvalidContact, Message, Outcome, StoredEvent


class CascadeStore(Protocol):
    async def add_messages(self, messages: Sequence[Message]) -> None:
        """Insert; one that exists already is left as it is."""

    async def events_of(self, keys: Collection[UUID]) -> Mapping[UUID, StoredEvent]:
        """Answer those of these events that are there."""

    async def end_cascades(self, ids: Collection[UUID]) -> None:
        """Note that nothing follows these lost messages any more: what was to be said of them is said."""


class DeliveryStore(CascadeStore, Protocol):
    async def claim(self, ids: Sequence[UUID], *, token: UUID, lease: timedelta) -> Sequence[Claimed]:
        """
        Take the messages that may be sent now, with one statement.

        That is: `queued`, or `held`, `retrying` or `sending` whose `next_at` has come. They become
        `sending`, `next_at` the lease's end, attempt + 1. Rows locked by another worker are skipped.
        """

    async def record(self, token: UUID, outcomes: Sequence[Outcome]) -> frozenset[UUID]:
        """
        Write outcomes and their attempts with one statement; answer the ids that took effect.

        Conditional on the token: a row whose lease went to somebody else is left alone (its
        attempt is kept all the same). A row that a receipt moved on meanwhile is not moved back.
        """

    async def suppress(self, gone: Sequence[InvalidContact]) -> None:
        """Write to the contact points of these messages no more, until the policy's time has passed."""

    async def step_failed(self, messages: Sequence[Message]) -> frozenset[UUID]:
        """Answer those whose step has failed as a whole (event, person, audience, occasion, step)."""
