"""
Documents that messages wait for.

Each is fetched once for all messages of its event, outside intake. Its messages are released when it is
stored or given up. Each of them is also judged again by itself, should a release be lost.
"""

from __future__ import annotations

import collections
import time
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from prometheus_client import Counter

from hub.errors import (
    DocumentFailure,
    DocumentHostUnavailable,
    DocumentRefused,
    DocumentUnavailable,
    StorageRefused,
)
from hub.intake.process_batch import notify_unreached
from hub.model.documents import DocumentRequest, FetchedDocument, HostRoom
from hub.model.incidents import DOCUMENT
from hub.ports import DocumentCalls, Now, Publisher
from hub.resilience.breaker import CIRCUIT_OPEN, Breaker, Breakers, Circuit, Permit
from hub.storage import PostgresDocuments
from hub.timers.due_work import DueWork, pause

PER_HOST: Final = 2
"""Documents of a host that a process fetches at the same time: each is in its memory, whole."""


LEASE: Final = timedelta(seconds=60)
"""Longer than a call: the document of a process that died is taken over."""
RELEASED: Final = 2000
"""Messages that one statement releases."""
PAUSES: Final = tuple(timedelta(seconds=seconds) for seconds in (2, 10, 30, 60, 120, 300))
"""After each failed try; the last one again and again, while messages wait."""

_FETCHED: Final = Counter(
    "hub_documents",
    "Documents that were fetched, by host and outcome: stored, known, failed (tried again), or given_up.",
    ["host", "outcome"],
)
_OTHER: Final = "other"
"""The hosts that the policy no longer lists: the hosts of a metric are those of the policy."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDeps:
    """The dependencies of fetching. `hosts` are those of the policy."""

    queue: PostgresDocuments
    calls: DocumentCalls
    publisher: Publisher
    breakers: Breakers
    hosts: Collection[str]
    now: Now


async def run(deps: DocumentDeps) -> None:
    """Fetch until cancelled. While a server is away, wait for it."""
    work = DueWork(
        waiting="documents.waiting",
        broken="documents.broken",
        due=partial(due_documents, deps=deps),
        do=partial(fetch, deps=deps),
        about=lambda request: {"event_key": str(request.event_key)},
    )
    await work.run()


async def due_documents(working: Sequence[DocumentRequest], deps: DocumentDeps) -> Sequence[DocumentRequest]:
    """Claim the documents for which their hosts have room beside those in work."""
    return await deps.queue.due(PER_HOST, LEASE, rooms(deps.breakers, working))


async def fetch(request: DocumentRequest, deps: DocumentDeps) -> None:
    """Fetch and store a document, or count the failure; then release what need not wait any more."""
    if await _is_settled(request, deps):
        while tickets := await deps.queue.release(request.event_key, RELEASED):
            await deps.publisher.tickets(tickets)


async def _is_settled(request: DocumentRequest, deps: DocumentDeps) -> bool:
    """Return whether nothing more comes: the document is stored, or given up."""
    if request.digest is not None and await deps.queue.adopt(request.event_key):
        _count(request, "known", deps)
        return True
    try:
        async with asked(deps.breakers, request.host):
            document = await deps.calls.fetch(request.url)
        _require_digest(request, document)
        await deps.queue.store(request.event_key, document)
    except StorageRefused:
        return await _fail(request, "storage_refused", deps, again=None)
    except DocumentRefused as exc:
        return await _fail(request, exc.reason, deps, again=None)
    except DocumentFailure as exc:
        return await _fail(request, exc.reason, deps, again=_pause(request, deps.now()))
    _count(request, "stored", deps)
    log.info("document.stored", event_key=str(request.event_key), kind=document.kind, tries=request.tries + 1)
    return True


def _require_digest(request: DocumentRequest, document: FetchedDocument) -> None:
    if request.digest not in {None, document.sha256}:
        # It may be the version before: its server is asked again.
        raise DocumentUnavailable("wrong_digest")


async def _fail(
    request: DocumentRequest, reason: str, deps: DocumentDeps, *, again: timedelta | None
) -> bool:
    if again is None:
        await _give_up(request, reason, deps)
    else:
        await deps.queue.failed(request.event_key, reason, again=again)
    _count(request, "given_up" if again is None else "failed", deps)
    log.warning(
        "document.given_up" if again is None else "document.failed",
        event_key=str(request.event_key),
        reason=reason,
        tries=request.tries + 1,
    )
    return again is None


async def _give_up(request: DocumentRequest, reason: str, deps: DocumentDeps) -> None:
    """Notify its publisher before the end is stored: a crash repeats the notice, by the same id."""
    about = await deps.queue.about(request.event_key)
    found = [] if about is None else [replace(about, document=reason)]
    await notify_unreached(found, deps.publisher, deps.now)
    await deps.queue.given_up(request.event_key, reason, found)


def _count(request: DocumentRequest, outcome: str, deps: DocumentDeps) -> None:
    _FETCHED.labels(request.host if request.host in deps.hosts else _OTHER, outcome).inc()


def _pause(request: DocumentRequest, now: datetime) -> timedelta | None:
    """Return when to try again; None after the last message that waited has left without it."""
    again = pause(PAUSES, request.tries)
    return again if now + again < request.wait_until else None


def rooms(breakers: Breakers, working: Iterable[DocumentRequest]) -> Sequence[HostRoom]:
    """Return the room of each host that has less than `PER_HOST`."""
    busy = collections.Counter(request.host for request in working)
    known = {host for channel, host in breakers.states() if channel == DOCUMENT}
    return [_room(host, busy[host], breakers.of(DOCUMENT, host)) for host in sorted(known | set(busy))]


def _room(host: str, busy: int, breaker: Breaker) -> HostRoom:
    if breaker.wait(time.monotonic()):
        return HostRoom(host=host, room=PER_HOST, shut=True)
    most = PER_HOST if breaker.circuit is Circuit.CLOSED else 1
    return HostRoom(host=host, room=max(0, most - busy))


@asynccontextmanager
async def asked(breakers: Breakers, host: str) -> AsyncIterator[None]:
    """
    Ask a host, and let its breaker judge how that went.

    Raises DocumentHostUnavailable where it is left alone.
    """
    breaker = breakers.of(DOCUMENT, host)
    began = time.monotonic()
    permit = breaker.enter(began)
    if permit is None:
        raise DocumentHostUnavailable(CIRCUIT_OPEN)
    try:
        yield
    except DocumentFailure as exc:
        _judge(breaker, permit, began, fault=isinstance(exc, DocumentHostUnavailable))
        raise
    except BaseException:
        breaker.abandon(permit)
        raise
    _judge(breaker, permit, began, fault=False)


def _judge(breaker: Breaker, permit: Permit, began: float, *, fault: bool) -> None:
    ended = time.monotonic()
    breaker.leave(permit, ended, fault=fault, took=timedelta(seconds=ended - began))
