"""The store of receipts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from hub.model import Attempt, InvalidContact, Receipt, State


class ReceiptStore(Protocol):
    async def settle(self, message_id: UUID, *, state: State, reason: str | None, attempt: Attempt) -> bool:
        """
        Move the message and store the attempt, with one statement; false if the message is unknown.

        Nothing is written unless `hub.model.state_machine` allows the move. If the message has arrived, the
        waiting messages of later steps are cancelled, unless they are legally required. May raise
        `hub.errors.StorageUnavailable`; a repeat of the call is harmless.
        """

    async def message_of(self, provider: str, reference: str) -> UUID | None:
        """Return the message with this reference at the provider, or at a numbered one of its kind."""

    async def keep_early(self, receipt: Receipt) -> None:
        """Store a receipt whose reference is not known yet; a repeat changes nothing."""

    async def suppress(self, gone: Sequence[InvalidContact]) -> None:
        """Suppress the contact points of these messages for the policy's time."""
