"""The stores of receipts, and of reports by mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.model import Attempt, InvalidContact, PropertyScope, Receipt, SentMail, State


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


class ReportStore(ReceiptStore, Protocol):
    """The mails of ours that somebody reports as lost."""

    async def sent(self, message_id: UUID, places: PropertyScope = None) -> SentMail | None:
        """Return one of our mails with its event; None if there is none, or `places` do not include it."""

    async def doubt(self, message_id: UUID, *, reason: str, until: datetime) -> bool:
        """
        Wait until that instant for a person's word on whether a sent mail has arrived.

        Then the timers take it for lost. False, and nothing changes, if it was doubted before or is not
        in the state `sent`.
        """
