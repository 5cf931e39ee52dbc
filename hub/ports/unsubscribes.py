"""The store of refusals that come by a mail's own link."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from hub.model import Revocation


class UnsubscribeStore(Protocol):
    async def recipient(self, message_id: UUID, purpose: str) -> tuple[str, bool] | None:
        """Return this mail's recipient, and whether they have refused the purpose so; None: not stored."""

    async def unsubscribe(self, revocation: Revocation) -> bool:
        """
        Refuse further messages of the purpose, to the mail's address and to its person by every channel.

        One transaction. Return whether it changed anything: while the refusal stands, a repeat does not.
        """
