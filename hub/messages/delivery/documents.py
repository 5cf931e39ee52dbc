"""
Documents of messages: a message waits for its own, but not for ever.

Only events whose document is fetched or was given, and letters that name one, cost anything here: one
statement for a ticket, and one for the bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from msgspec.structs import replace

from hub.errors import StorageUnavailable
from hub.messages.delivery.decisions import held
from hub.messages.delivery.deps import Documents
from hub.messages.delivery.rule import Judged, RuleContext, split
from hub.messages.planning.reach import LETTER
from hub.model import Claimed, Message, Outcome
from hub.model.documents import DocumentRequest, Enclosure, FetchState, document_links, is_given

REASON: Final = "document"
"""The reason to hold a message while its document is fetched."""
LOOK_AGAIN: Final = timedelta(seconds=30)
"""The least time until a message is judged again, should its release have missed it."""
_EMAIL: Final = "email"
_WITHOUT: Final = frozenset({"push", "voice"})
"""Channels whose texts name no document."""

log = structlog.get_logger()


async def with_documents(claims: Sequence[Claimed], at: RuleContext) -> Judged:
    """Give these messages their documents; hold those whose document is still being fetched."""
    documents = at.deps.documents
    asking = {} if documents is None else _asking(claims, documents)
    if documents is None or not asking:
        return Judged(claims)
    now = at.deps.now()
    try:
        requests = await documents.store.of_events({claim.message.event_key for claim in asking.values()})
        contents = await _contents(asking, requests, documents)
    except StorageUnavailable as exc:
        log.warning("documents.waiting", error=str(exc))
        later = now + LOOK_AGAIN
        return split(claims, [_later(claim.message, now, later) for claim in asking.values()])
    free: list[Claimed] = []
    decided: list[Outcome] = []
    for claim in claims:
        request = requests.get(claim.message.event_key) if claim.message.id in asking else None
        if request is not None and _is_awaited(request, claim.message, now):
            decided.append(_later(claim.message, now, _again(request, now)))
        else:
            free.append(claim if request is None else _enclosing(claim, request, contents, documents))
    return Judged(free, decided)


def _asking(claims: Sequence[Claimed], documents: Documents) -> Mapping[UUID, Claimed]:
    return {
        claim.message.id: claim
        for claim in claims
        if (claim.message.event in documents.events and claim.message.channel not in _WITHOUT)
        or is_given(claim.data or {})
        or (claim.message.channel == LETTER and any(document_links(claim.data or {})))
    }


def _is_awaited(request: DocumentRequest, message: Message, now: datetime) -> bool:
    if request.state is not FetchState.ASKED or now >= request.wait_until:
        return False
    # A letter that only names the place of the document does not need it.
    return request.attach or message.channel != LETTER


def _again(request: DocumentRequest, now: datetime) -> datetime:
    """Wait as long again as the fetch has taken: else a whole building is read again every half minute."""
    since = request.asked_at or now
    return min(request.wait_until, now + max(LOOK_AGAIN, now - since))


def _later(message: Message, now: datetime, until: datetime) -> Outcome:
    return held(message, REASON, until=until, longer_by=until - now)


async def _contents(
    asking: Mapping[UUID, Claimed], requests: Mapping[UUID, DocumentRequest], documents: Documents
) -> Mapping[bytes, bytes]:
    """Return the bytes of attached documents: each once, however many mails have it."""
    digests = {
        request.sha256
        for claim in asking.values()
        if (request := requests.get(claim.message.event_key)) is not None and request.sha256 is not None
        if _is_attached(claim.message, request, documents)
    }
    found = {digest: await documents.store.content(digest) for digest in sorted(digests)}
    return {digest: content for digest, content in found.items() if content is not None}


def _is_attached(message: Message, request: DocumentRequest, documents: Documents) -> bool:
    # What a letter was given by hand is not taken along by a mail of its event that only leads to it.
    takes_along = request.attach and message.event in documents.attached
    return takes_along and message.channel == _EMAIL and request.size <= documents.attach_below


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
