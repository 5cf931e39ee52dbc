"""Hosts of documents: each has places of its own, and a breaker that leaves it alone while it fails."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from hub.errors import DocumentFailure, DocumentHostUnavailable
from hub.model.documents import DocumentRequest, HostRoom
from hub.model.incidents import DOCUMENT
from hub.resilience.breaker import CIRCUIT_OPEN, Breaker, Breakers, Circuit, Permit

PER_HOST: Final = 2
"""Documents of a host that a process fetches at the same time: each is in its memory, whole."""


def rooms(breakers: Breakers, working: Iterable[DocumentRequest]) -> Sequence[HostRoom]:
    """Return the room of each host that has less than `PER_HOST`."""
    busy = Counter(request.host for request in working)
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
