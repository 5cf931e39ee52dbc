"""The inbox of a person: the token that opens it, and entries that were read, which is their receipt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from hub.access.actor import Actor
from hub.access.inbox_tokens import InboxHolder, InboxTokens
from hub.inbound.process_receipt import take
from hub.model import Receipt, State
from hub.ports.receipts import ReceiptStore
from hub.storage import PostgresInbox

PROVIDER: Final = "hub"
_AT_ONCE: Final = 200


async def read_items(
    person: str, ids: Sequence[UUID], *, inbox: PostgresInbox, receipts: ReceiptStore, at: datetime
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
    person: str, last: UUID, *, inbox: PostgresInbox, receipts: ReceiptStore, at: datetime
) -> int:
    """Mark this entry and all older ones as read; return how many were unread."""
    count = 0
    while ids := await inbox.unread_until(person, last, _AT_ONCE):
        await read_items(person, ids, inbox=inbox, receipts=receipts, at=at)
        count += len(ids)
    return count


async def give_token(
    by: Actor, person: str, *, tokens: InboxTokens, inbox: PostgresInbox
) -> tuple[str, InboxHolder] | None:
    """
    Make the token that opens a person's inbox, for who asks; None if the directory has no such person.

    Raises ConfigurationError without HUB_SECRET.
    """
    if not await inbox.knows(person):
        return None
    made = tokens.make(person)
    await by.note("inbox.token", f"person:{person}", person=person)
    return made
