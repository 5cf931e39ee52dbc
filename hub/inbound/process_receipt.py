"""
RECEIPTS: what a provider tells later of a message that it was given.

A receipt is found by our own id, which was in the address that the provider got, else by the
provider's reference. It may come before our own record of the provider's yes, twice, or after a later
one: the table of moves decides, and what it does not allow changes nothing. One that has only a
reference which we do not know yet is kept, and looked at again by the timers.

The cascade's next step is not made here: a message that is lost by a receipt is a cascade that was
cut short, and the audit of the timers finds those within seconds.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import structlog

from hub.model import Attempt, InvalidContact
from hub.model.receipts import Receipt
from hub.ports.receipts import ReceiptStore

log = structlog.get_logger()


async def take(receipt: Receipt, *, store: ReceiptStore, at: datetime) -> bool:
    """
    Write down what a receipt says; false when it is of no message of ours.

    One of an unknown reference may still become known: it is kept, and true.
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
        )
        await store.suppress([gone])
    return known
