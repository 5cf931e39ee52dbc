"""
The documents that messages take along or lead to: a message waits for its own, and not for ever.

Only events whose entry asks for it cost anything here: one statement for a ticket, and one for the bytes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from msgspec.structs import replace

from hub.errors import StorageUnavailable
from hub.messages.delivery.decisions import held
from hub.messages.planning.reach import LETTER
from hub.model import Claimed, Message, Outcome
from hub.model.documents import DocumentRequest, Enclosure, FetchState
from hub.ports import DocumentStore

REASON: Final = "document"
"""Why a message is held whose document is being fetched."""
LOOK_AGAIN: Final = timedelta(seconds=30)
"""When a message looks at the soonest for itself, should its release have missed it."""
AT_ONCE: Final = 8
"""Mails with a document that are in memory at the same time: as many as a server has connections."""
_EMAIL: Final = "email"
_WITHOUT: Final = frozenset({"push", "voice"})
"""Channels whose texts name no document."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """
    `events` are the names of those that have a document; `attach_below` is in bytes.

    `room` is for mails with a document that are composed and sent at the same time.
    """

    store: DocumentStore
    events: frozenset[str]
    attach_below: int
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))


async def with_documents(
    claimed: Sequence[Claimed], documents: Documents | None, outcomes: list[Outcome], *, now: datetime
) -> list[Claimed]:
    """Give these messages their documents; hold those whose document is still being fetched."""
    asking = {} if documents is None else _asking(claimed, documents)
    if documents is None or not asking:
        return list(claimed)
    try:
        requests = await documents.store.of_events({claim.message.event_key for claim in asking.values()})
        contents = await _contents(asking, requests, documents)
    except StorageUnavailable as exc:
        log.warning("documents.waiting", error=str(exc))
        outcomes.extend(_later(claim.message, now, now + LOOK_AGAIN) for claim in asking.values())
        return [claim for claim in claimed if claim.message.id not in asking]
    free: list[Claimed] = []
    for claim in claimed:
        request = requests.get(claim.message.event_key) if claim.message.id in asking else None
        if request is not None and _is_awaited(request, claim.message, now):
            outcomes.append(_later(claim.message, now, _again(request, now)))
        else:
            free.append(claim if request is None else _enclosing(claim, request, contents, documents))
    return free


def _asking(claimed: Sequence[Claimed], documents: Documents) -> Mapping[UUID, Claimed]:
    return {
        claim.message.id: claim
        for claim in claimed
        if claim.message.event in documents.events and claim.message.channel not in _WITHOUT
    }


def _is_awaited(request: DocumentRequest, message: Message, now: datetime) -> bool:
    if request.state is not FetchState.ASKED or now >= request.wait_until:
        return False
    # A letter that only says where the document is needs none of it.
    return request.attach or message.channel != LETTER


def _again(request: DocumentRequest, now: datetime) -> datetime:
    """Look again after as long as it has taken so far: a whole building waits without being read for ever."""
    asked = request.asked_at or now
    return min(request.wait_until, now + max(LOOK_AGAIN, now - asked))


def _later(message: Message, now: datetime, until: datetime) -> Outcome:
    return held(message, REASON, until=until, longer_by=until - now)


async def _contents(
    asking: Mapping[UUID, Claimed], requests: Mapping[UUID, DocumentRequest], documents: Documents
) -> Mapping[bytes, bytes]:
    """Return the bytes of what mails take along: once, however many mails there are."""
    digests = {
        request.sha256
        for claim in asking.values()
        if (request := requests.get(claim.message.event_key)) is not None and request.sha256 is not None
        if _is_attached(claim.message, request, documents)
    }
    found = {digest: await documents.store.content(digest) for digest in sorted(digests)}
    return {digest: content for digest, content in found.items() if content is not None}


def _is_attached(message: Message, request: DocumentRequest, documents: Documents) -> bool:
    return request.attach and message.channel == _EMAIL and request.size <= documents.attach_below


def _enclosing(
    claim: Claimed, request: DocumentRequest, contents: Mapping[bytes, bytes], documents: Documents
) -> Claimed:
    if request.sha256 is None:
        return claim
    content = contents.get(request.sha256, b"") if _is_attached(claim.message, request, documents) else b""
    enclosed = bool(content) or (request.attach and claim.message.channel == LETTER)
    if claim.message.channel == LETTER and not enclosed:
        return claim
    return replace(
        claim,
        document=Enclosure(
            sha256=request.sha256,
            kind=request.kind,
            name=request.name,
            enclosed=enclosed,
            content=content,
        ),
    )
