"""
INBOUND: what people write back is stored, told to staff, and acknowledged once.

    match (our id ▸ the provider's reference ▸ the newest message to that number) ▸ store
    ▸ publish `inbound.message.received`, confirmed ▸ mark

A text that takes a matter on (`hub.inbound.ack_by_text`) asks nobody for an answer: it publishes
`sla.acknowledged`, and its writer hears what became of it.

The row comes first. What was stored and not published, because the hub or the broker went away in
between, the audit of the timers publishes, under the same id. Nobody is too unknown to be heard: a
reply that answers nothing of ours is somebody who writes first.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import structlog

from hub.errors import BrokerUnavailable
from hub.inbound.ack_by_text import judge, read_ack
from hub.inbound.replies import TOLD, complained, events_of, read
from hub.model import AckDecision, Complaint, Inbound, Reply
from hub.ports import Publisher
from hub.ports.replies import ReplyStore

TAKES_ON: Final = "sms"
"""The channel by which a level is asked to: anybody can write any From, and any address of a mail."""

log = structlog.get_logger()


async def take_reply(reply: Reply, *, store: ReplyStore, publisher: Publisher, now: datetime) -> Inbound:
    """
    Take what a person wrote; safe to repeat.

    Raises StorageUnavailable when nothing was stored, so that the provider brings it again. A broker
    that is away is no reason to: the row is there, and is published later.
    """
    taking = await _taking(reply, store)
    about = await (store.about_message(taking.message_id) if taking else store.about(reply))
    inbound = await store.add(read(reply, about, now=now, taking=taking))
    log.info(
        "reply.taken",
        reply_id=str(inbound.id),
        provider=reply.provider,
        channel=reply.channel,
        kind=inbound.kind,
        known=inbound.about.message_id is not None,
    )
    await _publish(inbound, store, publisher)
    return inbound


async def _taking(reply: Reply, store: ReplyStore) -> AckDecision | None:
    said = None if reply.automatic or reply.channel != TAKES_ON else read_ack(reply.text)
    return None if said is None else judge(said, await store.escalations(reply.address))


async def take_complaint(complaint: Complaint, *, store: ReplyStore) -> Inbound:
    """Take a complaint: who complains is sent nothing more that he did not ask for. Safe to repeat."""
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
    if inbound.kind not in TOLD or inbound.published:
        return
    try:
        for event in events_of(inbound):
            await publisher.event(event)
    except BrokerUnavailable as exc:
        log.warning("reply.published_later", reply_id=str(inbound.id), error=str(exc))
        return
    await store.mark_published(inbound.id)
