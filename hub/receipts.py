"""
RECEIPTS: what a provider tells later of a message that it was given.

A receipt is found by our own id, which was in the address that the provider got. It may come before
our own record of the provider's yes, twice, or after a later one: the table of moves decides, and
what it does not allow changes nothing.

The cascade's next step is not made here: a message that is lost by a receipt is a cascade that was
cut short, and the audit of the timers finds those within seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

import structlog

from hub.model import Attempt, State

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """`reference` and `code` are the provider's own, without any address in them."""

    message_id: UUID
    state: State
    provider: str
    reason: str | None = None
    reference: str | None = None
    code: str = ""


class ReceiptStore(Protocol):
    async def settle(self, message_id: UUID, *, state: State, reason: str | None, attempt: Attempt) -> bool:
        """
        Move the message and keep the attempt, with one statement; false when it is unknown.

        Only where `hub.delivery.moves` lets it go to that state; elsewhere nothing is written. May
        raise `hub.errors.StorageUnavailable`; the same call again is harmless.
        """


async def take(receipt: Receipt, *, store: ReceiptStore, at: datetime) -> bool:
    """Write down what a receipt says; false when it is of no message of ours."""
    attempt = Attempt(
        message_id=receipt.message_id,
        at=at,
        outcome=receipt.state,
        provider=receipt.provider,
        reference=receipt.reference,
        code=receipt.code,
    )
    known = await store.settle(
        receipt.message_id, state=receipt.state, reason=receipt.reason, attempt=attempt
    )
    log.info(
        "receipt.taken" if known else "receipt.unknown",
        message_id=str(receipt.message_id),
        provider=receipt.provider,
        state=receipt.state,
        reason=receipt.reason,
    )
    return known
