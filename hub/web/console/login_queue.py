"""A queue for sign-ins: an address that fails often waits, with a bounded number of attempts."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hub.access.lockout import WAITING, AddressThrottle


class Queue:
    """Delays the sign-ins of each address; `brake` decides how long."""

    def __init__(self, brake: AddressThrottle) -> None:
        self.brake = brake
        self._waiting: Counter[str] = Counter()

    @asynccontextmanager
    async def turn(self, peer: str) -> AsyncIterator[bool]:
        """Wait as long as this address must; yield False at once if WAITING attempts of it already wait."""
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
