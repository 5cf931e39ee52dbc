"""
Redis: rate limits of providers and people, counted over all processes.

While Redis is unavailable each process counts for itself and uses a share of each rate: nothing waits
for Redis.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from hashlib import blake2b
from typing import Final, TypeVar

import structlog

from hub.model import Lane
from hub.resilience.rate_limit import LONGEST_LINE, Buckets, Rate, SendRecord, draw
from hub.storage.redis_connection import TAG, Script, client, failures

TIMEOUT: Final = 0.5
"""Seconds; while Redis hangs, one caller per PAUSE waits this long, and the others do not wait."""
PAUSE: Final = 1.0

_MICROSECOND: Final = timedelta(microseconds=1)
_MILLISECOND: Final = timedelta(milliseconds=1)

T = TypeVar("T")

log = structlog.get_logger()


class RedisThrottle:
    """The Throttle. Connects at first use; raises only ConfigurationError, for its URL."""

    def __init__(
        self, url: str, *, urgent_share: float, local_share: float, timeout: float = TIMEOUT
    ) -> None:
        self._redis = client(url, timeout)
        self._take = Script(self._redis, "take")
        self._admit = Script(self._redis, "admit")
        self._urgent_share = urgent_share
        self._local_share = local_share
        self._local = Buckets(time.monotonic, urgent_share=urgent_share)
        self._silent_until = 0.0
        self._away = False

    async def aclose(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    async def take(self, key: str, rate: Rate, lane: Lane) -> timedelta:
        numbers = draw(rate, self._urgent_share)
        arguments = [
            numbers.whole,
            numbers.whole_tolerance,
            numbers.share,
            numbers.share_tolerance,
            LONGEST_LINE // _MICROSECOND,
            int(lane is Lane.URGENT),
        ]
        wait = await self._asked(lambda: self._take([f"{TAG}:rate:{key}"], arguments))
        if wait is None:
            return self._local.take(key, rate.slower(self._local_share), lane)
        return int(wait) * _MICROSECOND

    async def admit(self, entries: Sequence[SendRecord]) -> Sequence[timedelta]:
        if not entries:
            return []
        arguments = [
            part
            for entry in entries
            for part in (entry.member, entry.rate.count, entry.rate.per // _MILLISECOND)
        ]
        keys = [_log_key(entry.key) for entry in entries]
        waits = await self._asked(lambda: self._admit(keys, arguments))
        if waits is None:
            return self._local.admit([_shared(entry, self._local_share) for entry in entries])
        return [int(wait) * _MILLISECOND for wait in waits]

    async def _asked(self, ask: Callable[[], Awaitable[T]]) -> T | None:
        """Call Redis; None while it is unavailable, which is logged once."""
        if time.monotonic() < self._silent_until:
            return None
        try:
            answer = await ask()
        except failures(self._redis) as exc:
            self._silent_until = time.monotonic() + PAUSE
            if not self._away:
                log.warning("throttle.local", error=type(exc).__name__, share=self._local_share)
            self._away = True
            return None
        if self._away:
            log.info("throttle.shared")
        self._away = False
        return answer


def _log_key(key: str) -> str:
    """Hash the key: a reference may be a person's address, and anybody with access to Redis may list keys."""
    return f"{TAG}:said:{blake2b(key.encode(), digest_size=16).hexdigest()}"


def _shared(entry: SendRecord, share: float) -> SendRecord:
    return SendRecord(key=entry.key, member=entry.member, rate=entry.rate.fewer(share))
