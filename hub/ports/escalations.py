"""The store of the escalations that people have received."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from hub.model import EscalationStatus


class EscalationStore(Protocol):
    async def of_message(self, message_id: UUID) -> EscalationStatus | None:
        """
        Return the escalation that a message has brought, as it stands now.

        None if the message is no escalation to a level, or its clock is no longer stored.
        """
