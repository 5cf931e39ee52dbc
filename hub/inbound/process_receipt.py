"""
Receipts: a provider's later reports about a message that it accepted.

A receipt names its message by our own id, which is part of the callback address, else by the provider's
reference. It may arrive before the hub has recorded that the provider accepted the message, twice, or
out of order: the table of moves decides, and a move that it does not allow changes nothing. A receipt
with an unknown reference is stored, and the timers retry it.

This module does not start the cascade's next step. When a receipt reports a message as lost, the audit of
the timers finds the interrupted cascade within seconds.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import structlog

from hub.model import Attempt, InvalidContact, Receipt
from hub.ports.receipts import ReceiptStore

log = structlog.get_logger()


async def take(receipt: Receipt, *, store: ReceiptStore, at: datetime) -> bool:
    """
    Record a receipt; false when it belongs to no message of the hub.

    A receipt with an unknown reference is stored for later, and returns true.
    """
    message_id = receipt.message_id
    if message_id is None and receipt.reference:
        message_id = await store.message_of(receipt.provider, receipt.reference)
        if message_id is None:
            await store.keep_early(receipt)
            log.info("receipt.early", provider=receipt.provider, state=receipt.state)
            return True
    known = message_id is not None and await _settle(message_id, receipt, store, at)
    log.info(
        "receipt.taken" if known else "receipt.unknown",
        message_id=message_id and str(message_id),
        provider=receipt.provider,
        state=receipt.state,
        reason=receipt.reason,
    )
    return known


async def _settle(message_id: UUID, receipt: Receipt, store: ReceiptStore, at: datetime) -> bool:
    attempt = Attempt(
        message_id=message_id,
        at=at,
        outcome=receipt.state,
        provider=receipt.provider,
        reference=receipt.reference,
        code=receipt.code,
    )
    known = await store.settle(message_id, state=receipt.state, reason=receipt.reason, attempt=attempt)
    if known and receipt.gone:
        gone = InvalidContact(
            message_id=message_id,
            at=at,
            reason=receipt.reason or receipt.state,
            provider=receipt.provider,
            code=receipt.code,
            until=receipt.gone_until,
        )
        await store.suppress([gone])
    return known
