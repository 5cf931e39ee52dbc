"""
Redis: who of the staff has which page open now.

Nothing depends on it: while Redis is away nobody is shown. A name goes by itself some seconds after its page.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from hashlib import blake2b
from typing import Final

from hub.storage.redis_connection import TAG, client, failures

TIMEOUT: Final = 0.3
"""Seconds; a page must not wait for a name."""
PAUSE: Final = 5.0
STAYS: Final = timedelta(seconds=60)
"""The time after which a name goes: open pages say again that they are there every 20 seconds."""


class RedisPresence:
    """Connects at first use; raises only ConfigurationError, for its URL."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT, stays: timedelta = STAYS) -> None:
        self._redis = client(url, timeout)
        self._stays = stays.total_seconds()
        self._silent_until = 0.0

    async def aclose(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    async def enter(self, page: str, who: str) -> None:
        """Store that somebody has the page open; it goes by itself unless it is said again."""
        await self._asked(page, who)

    async def there(self, page: str) -> Sequence[str]:
        """Return who has the page open, by reference."""
        return await self._asked(page)

    async def _asked(self, page: str, who: str = "") -> Sequence[str]:
        if time.monotonic() < self._silent_until:
            return ()
        key, now = _key(page), time.time()
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                if who:
                    pipe.zadd(key, {who: now + self._stays})
                    pipe.expire(key, int(self._stays) + 1)
                pipe.zrangebyscore(key, now, "+inf")
                return sorted((await pipe.execute())[-1])
        except failures(self._redis):
            self._silent_until = time.monotonic() + PAUSE
            return ()


def _key(page: str) -> str:
    """Hash the page: whoever may list the keys of Redis learns of no case."""
    return f"{TAG}:there:{blake2b(page.encode(), digest_size=16).hexdigest()}"
