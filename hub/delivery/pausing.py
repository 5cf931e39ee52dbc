"""What an operator holds back, as this process last heard of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Final

import structlog

from hub.delivery.judging import held
from hub.errors import Unavailable
from hub.model import Claimed, Outcome
from hub.ports import PauseStore

FRESH: Final = 1.0
"""Seconds for which an answer holds: how late a pause may begin in a process."""
PATIENCE: Final = 2.0
"""Seconds to wait for an answer while there is an older one."""
LOOK_AGAIN: Final = timedelta(minutes=15)
"""When a message is looked at again that nobody has released."""
REASON: Final = "paused"

log = structlog.get_logger()


class Pauses:
    """Asks once a second at most, however many tickets are in work."""

    def __init__(self, store: PauseStore, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._known: frozenset[str] | None = None
        self._asked_at = -FRESH
        self._asking = asyncio.Lock()

    async def current(self) -> frozenset[str]:
        """
        Answer the subjects that are paused.

        While PostgreSQL is away those last known go on holding. Raises StorageUnavailable where
        nothing is known yet: what may be paused is not sent.
        """
        async with self._asking:
            if self._known is None:
                self._known = await self._ask()
            elif self._clock() - self._asked_at >= FRESH:
                self._known = await self._ask_again(self._known)
            return self._known

    async def _ask(self) -> frozenset[str]:
        # Before the answer: it says how things were no earlier than now.
        self._asked_at = self._clock()
        return await self._store.paused()

    async def _ask_again(self, known: frozenset[str]) -> frozenset[str]:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._ask()
        except (Unavailable, TimeoutError) as exc:
            log.warning("pauses.unknown", held=sorted(known), error=type(exc).__name__)
            return known


def held_back(claimed: Claimed, paused: Collection[str], *, now: datetime) -> Outcome | None:
    """Hold a message of a paused channel or event; none whose wall-time end has come."""
    message = claimed.message
    if not {f"channel:{message.channel}", f"event:{message.event}"} & set(paused):
        return None
    if message.ends_at is not None and message.ends_at <= now:
        return None
    return held(message, REASON, until=now + LOOK_AGAIN, longer_by=LOOK_AGAIN)
