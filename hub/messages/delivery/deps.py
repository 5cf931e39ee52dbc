"""
Dependencies of delivery: its parts and rules, its documents, and the lease under which it sends.

A claim whose answer was lost keeps its token for the next try: the database may have committed it, and under
another token its messages would wait for the end of a lease that nobody holds.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Protocol
from uuid import UUID, uuid4

from hub.errors import StorageUnavailable
from hub.messages.cascades import Prints, prints_all
from hub.messages.delivery.pausing import Pauses
from hub.model import Claimed, EventType, Rendered
from hub.policy import Policy
from hub.ports import Channel, DocumentStore, ExclusionRegistry, Now, Throttle
from hub.ports.traces import Tracer
from hub.resilience.handover import Handover

MOST: Final = 100
"""Claims that are remembered: a ticket may have gone to another process, and never come again."""


class LostClaims:
    """Their tokens, by ticket. Nothing was ever sent under one of them: the worker has had no answer."""

    def __init__(self) -> None:
        self._tokens: dict[tuple[UUID, ...], UUID] = {}

    def __len__(self) -> int:
        return len(self._tokens)

    @contextmanager
    def token(self, ids: Sequence[UUID], fresh: UUID) -> Iterator[UUID]:
        """Yield the token for a claim of this ticket, and remember it if the claim is not answered."""
        ticket = tuple(ids)
        token = self._tokens.pop(ticket, fresh)
        try:
            yield token
        except StorageUnavailable:
            if len(self._tokens) >= MOST:
                del self._tokens[next(iter(self._tokens))]
            self._tokens[ticket] = token
            raise


AT_ONCE: Final = 8
"""Mails with a document that are in memory at the same time: as many as a server has connections."""


class Renderer(Protocol):
    """Renders a claimed message; raises TemplateFailure."""

    def __call__(self, claimed: Claimed) -> Rendered: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """
    The documents that messages take along or lead to.

    `events` are the names of those whose document is fetched, `attached` of those whose mails take it along;
    a letter takes along also what somebody has given it by hand. `attach_below` is in bytes. `room` is for
    mails with a document that are composed and sent at the same time.
    """

    store: DocumentStore
    events: frozenset[str]
    attached: frozenset[str]
    attach_below: int
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryDeps:
    """
    The dependencies of delivery.

    `catalog` says which events may wait for a digest: without it, none does.
    """

    channels: Mapping[str, Channel]
    render: Renderer
    policy: Policy
    throttle: Throttle
    now: Now
    pauses: Pauses
    handover: Handover = field(default_factory=Handover)
    lost_claims: LostClaims = field(default_factory=LostClaims)
    prints: Prints = prints_all
    documents: Documents | None = None
    exclusions: ExclusionRegistry | None = None
    catalog: Mapping[str, EventType] = field(default_factory=dict)
    tracer: Tracer | None = None


class Lease:
    """The time in which this worker may start to send. Monotonic: no other machine's clock matters."""

    def __init__(self, policy: Policy) -> None:
        self.token = uuid4()
        self.length = policy.delivery.lease
        self.until = time.monotonic() + self.length.total_seconds()
        self._margin = policy.delivery.provider_timeout

    @property
    def left(self) -> timedelta:
        return timedelta(seconds=self.until - time.monotonic())

    @property
    def long_enough(self) -> bool:
        """True while the lease outlasts a provider's full time-out."""
        return self.left > self._margin
