"""
Replies: the hub stores what people write, notifies staff, and confirms receipt once.

    match (our id ▸ the provider's reference ▸ the newest message to that number) ▸ store
    ▸ publish `inbound.message.received`, confirmed ▸ mark

A text that acknowledges an escalation (`hub.inbound.ack_by_text`) needs no answer from staff: it publishes
`sla.acknowledged`, and its writer receives the result.

The row is written first. If the hub or the broker stops before the event is published, the audit of the
timers publishes it under the same id. A text that matches no message of ours starts a new thread.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import structlog

from hub.errors import BrokerUnavailable
from hub.inbound.ack_by_text import judge, read_ack
from hub.inbound.replies import PUBLISHED_KINDS, complained, events_of, read
from hub.model import AckDecision, Complaint, Inbound, Reply
from hub.ports import Publisher
from hub.ports.replies import ReplyStore

TAKES_ON: Final = "sms"
"""The only channel that can acknowledge: anybody can forge the From of a mail."""

log = structlog.get_logger()


async def take_reply(reply: Reply, *, store: ReplyStore, publisher: Publisher, now: datetime) -> Inbound:
    """
    Store and publish what a person wrote; idempotent.

    Raises StorageUnavailable when nothing was stored, so that the provider retries. An unavailable broker
    raises nothing: the row is stored, and the timers publish it later.
    """
    decision = await _ack_decision(reply, store)
    about = await (store.about_message(decision.message_id) if decision else store.about(reply))
    inbound = await store.add(read(reply, about, now=now, decision=decision))
    log.info(
        "reply.taken",
        reply_id=str(inbound.id),
        message_id=None if about.message_id is None else str(about.message_id),
        case=about.case,
        provider=reply.provider,
        channel=reply.channel,
        kind=inbound.kind,
        known=inbound.about.message_id is not None,
    )
    await _publish(inbound, store, publisher)
    return inbound


async def _ack_decision(reply: Reply, store: ReplyStore) -> AckDecision | None:
    request = None if reply.automatic or reply.channel != TAKES_ON else read_ack(reply.text)
    return None if request is None else judge(request, await store.escalations(reply.address))


async def take_complaint(complaint: Complaint, *, store: ReplyStore) -> Inbound:
    """Store a complaint: it opts the person out of what they did not ask for. Idempotent."""
    about = await store.about_message(complaint.message_id)
    inbound = await store.add(complained(complaint, about))
    log.warning(
        "complaint.taken",
        message_id=str(complaint.message_id),
        provider=complaint.provider,
        kind=complaint.kind,
        known=about.message_id is not None,
    )
    return inbound


async def _publish(inbound: Inbound, store: ReplyStore, publisher: Publisher) -> None:
    if inbound.kind not in PUBLISHED_KINDS or inbound.published:
        return
    try:
        for event in events_of(inbound):
            await publisher.event(event)
    except BrokerUnavailable as exc:
        log.warning("reply.published_later", reply_id=str(inbound.id), error=str(exc))
        return
    await store.mark_published(inbound.id)
