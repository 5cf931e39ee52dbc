"""Recipients of an event: people who were notified, and people who were left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from hub.model import AudienceRecord, LeftOut
from hub.model.message_rows import NotifiedPerson


class RecipientStore(Protocol):
    """Reads of one event, by references: neither names nor addresses."""

    async def audiences(self, event_key: UUID) -> Sequence[AudienceRecord]:
        """Return its audiences as they were planned."""

    async def states(self, event_key: UUID, most: int) -> Mapping[str, int]:
        """Count its messages by state, up to `most` of them."""

    async def notified(self, event_key: UUID, *, after: str, limit: int) -> Sequence[NotifiedPerson]:
        """List people, by reference, with the messages to each."""

    async def left_out(self, event_key: UUID, *, after: str, limit: int) -> Sequence[LeftOut]:
        """List the people left out, by reference."""

    async def left_out_reasons(self, event_key: UUID, most: int) -> Mapping[str, int]:
        """Count the people left out by reason, up to `most`."""
