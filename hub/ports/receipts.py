"""Where receipts are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from hub.model import Attempt, InvalidContact, State
from hub.model.receipts import Receipt


class ReceiptStore(Protocol):
    async def settle(self, message_id: UUID, *, state: State, reason: str | None, attempt: Attempt) -> bool:
        """
        Move the message and keep the attempt, with one statement; false when it is unknown.

        Only where `hub.model.state_machine` lets it go to that state; elsewhere nothing is written. Where it
        has arrived, what waits in the steps after it is cancelled, unless the law wants it said. May
        raise `hub.errors.StorageUnavailable`; the same call again is harmless.
        """

    async def message_of(self, provider: str, reference: str) -> UUID | None:
        """Answer the message that the provider, or a numbered one of its kind, knows by this reference."""

    async def keep_early(self, receipt: Receipt) -> None:
        """Keep a receipt whose reference is not known yet; the same one again changes nothing."""

    async def suppress(self, gone: Sequence[InvalidContact]) -> None:
        """Write to the contact points of these messages no more, until the policy's time has passed."""
