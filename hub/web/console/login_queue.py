"""A queue for sign-ins: an address that fails often waits, with a bounded number of attempts."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hub.access.lockout import CROWD, WAITING, AddressThrottle


class Queue:
    """Delays the sign-ins of each address; `brake` decides how long."""

    def __init__(self, brake: AddressThrottle) -> None:
        self.brake = brake
        self._waiting: Counter[str] = Counter()
        self._strangers = 0

    @asynccontextmanager
    async def turn(self, peer: str, *, known: bool = False) -> AsyncIterator[bool]:
        """
        Wait as long as this address, or known device, must.

        Yield False at once if WAITING attempts of it already wait, or a CROWD of strangers.
        """
        is_crowded = self._strangers >= CROWD and not known
        if is_crowded or self._waiting[peer] >= WAITING:
            yield False
            return
        self._waiting[peer] += 1
        self._strangers += not known
        try:
            await asyncio.sleep(self.brake.begin(peer))
            yield True
        finally:
            self._strangers -= not known
            self._waiting[peer] -= 1
            if not self._waiting[peer]:
                del self._waiting[peer]
