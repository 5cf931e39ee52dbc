"""Tries of addresses that fail often wait, and not too many of them at a time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hub.access.lockout import WAITING, AddressThrottle


class Queue:
    """Lets each address try when its turn has come; `brake` says how long that is."""

    def __init__(self, brake: AddressThrottle) -> None:
        self.brake = brake
        self._waiting: Counter[str] = Counter()

    @asynccontextmanager
    async def turn(self, peer: str) -> AsyncIterator[bool]:
        """Wait as long as this address must; answer false where too many of it are trying already."""
        if self._waiting[peer] >= WAITING:
            yield False
            return
        self._waiting[peer] += 1
        try:
            await asyncio.sleep(self.brake.begin(peer))
            yield True
        finally:
            self._waiting[peer] -= 1
            if not self._waiting[peer]:
                del self._waiting[peer]
