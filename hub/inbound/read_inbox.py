"""A person has read entries of the inbox: that is the receipt of their messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from hub.inbound.process_receipt import take
from hub.model import Receipt, State
from hub.ports import InboxStore
from hub.ports.receipts import ReceiptStore

PROVIDER: Final = "hub"
_AT_ONCE: Final = 200


async def read_items(
    person: str, ids: Sequence[UUID], *, inbox: InboxStore, receipts: ReceiptStore, at: datetime
) -> None:
    """
    Mark unread entries of the person as read; safe to repeat.

    The receipt comes first: after a crash in between the entry is still unread, and is read again.
    """
    for item_id in ids:
        receipt = Receipt(state=State.READ, provider=PROVIDER, message_id=item_id, reference=str(item_id))
        await take(receipt, store=receipts, at=at)
    await inbox.mark_read(person, ids)


async def read_until(
    person: str, last: UUID, *, inbox: InboxStore, receipts: ReceiptStore, at: datetime
) -> int:
    """Mark this entry and all older ones as read; return how many were unread."""
    count = 0
    while ids := await inbox.unread_until(person, last, _AT_ONCE):
        await read_items(person, ids, inbox=inbox, receipts=receipts, at=at)
        count += len(ids)
    return count
