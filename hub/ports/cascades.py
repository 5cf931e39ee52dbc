"""What the way from one step to the next asks of the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from hub.model import Message, StoredEvent


class CascadeStore(Protocol):
    async def add_messages(self, messages: Sequence[Message]) -> None:
        """Insert; one that exists already is left as it is."""

    async def events_of(self, keys: Collection[UUID]) -> Mapping[UUID, StoredEvent]:
        """Answer those of these events that are there."""

    async def end_cascades(self, ids: Collection[UUID]) -> None:
        """Note that nothing follows these lost messages any more: what was to be said of them is said."""
