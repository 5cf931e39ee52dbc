"""A person's word on a mail that is reported as lost: it is lost, or it has arrived all the same."""

from __future__ import annotations

from uuid import UUID

from hub.access.actor import Actor
from hub.inbound.process_receipt import take
from hub.inbound.process_report import receipt_of
from hub.messages.planning.undelivered import REPORTED
from hub.model import Receipt, SentMail, State
from hub.ports.receipts import ReportStore

BY_HAND = "hub"
"""The provider of what a person reports."""


async def confirm(by: Actor, message_id: UUID, *, store: ReportStore) -> bool | None:
    """
    Record that a mail was lost, as its report says: the hub goes on as after any loss.

    False if nobody reports it as lost, None if the actor reaches no such mail.
    """
    sent = await _noted(by, "bounce.confirm", message_id, store)
    if sent is None or not is_doubted(sent):
        return None if sent is None else False
    status = (sent.message.reason or "").removeprefix(f"{REPORTED}dsn_")
    lost = receipt_of(sent.message, "" if status == "failed" else status, "")
    return await take(lost, store=store, at=by.now)


async def dismiss(by: Actor, message_id: UUID, *, store: ReportStore) -> bool | None:
    """Record that a mail has arrived although it was reported as lost; results as of `confirm`."""
    sent = await _noted(by, "bounce.dismiss", message_id, store)
    if sent is None or not is_doubted(sent):
        return None if sent is None else False
    arrived = Receipt(message_id=message_id, state=State.DELIVERED, provider=BY_HAND, code="confirmed")
    return await take(arrived, store=store, at=by.now)


async def _noted(by: Actor, action: str, message_id: UUID, store: ReportStore) -> SentMail | None:
    """Audit what is about to be recorded of a mail; return the mail, or None if the actor reaches none."""
    sent = await store.sent(message_id, by.places)
    if sent is not None:
        await by.note(action, f"message:{message_id}", person=sent.message.person)
    return sent


def is_doubted(sent: SentMail) -> bool:
    return sent.message.state is State.SENT and (sent.message.reason or "").startswith(REPORTED)
