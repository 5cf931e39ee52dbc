"""The database as cascades need it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from hub.model import Message, StoredEvent


class CascadeStore(Protocol):
    async def add_messages(self, messages: Sequence[Message]) -> None:
        """Insert; a message that exists stays as it is."""

    async def events_of(self, keys: Collection[UUID]) -> Mapping[UUID, StoredEvent]:
        """Return those of these events that are stored."""

    async def end_cascades(self, ids: Collection[UUID]) -> None:
        """Mark these lost messages as final: their alert is published, and no step follows."""
