"""Channels that store their messages in the hub's own database: the in-app inbox, and letters to print."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from hub.errors import PermanentFailure, StorageRefused, TransientFailure, Unavailable
from hub.model import Accepted, ChannelTraits, Outgoing

PROVIDER: Final = "hub"

MOST: Final = 200
"""Messages in one statement."""

Store = Callable[[Sequence[Outgoing]], Awaitable[None]]
"""Stores messages; the same id again changes nothing."""

INBOX: Final = ChannelTraits(name="inbox", contact=None, confirms=True, waits=True)
"""A row that waits until the person reads it, in the console or a portal: that is its receipt."""
LETTERS: Final = ChannelTraits(name="print", contact=None, strangers=True)
"""Letters that staff prints and delivers by hand. Stored is sent; an operator records the delivery later."""


class StoredChannel:
    """
    To store a message is to send it: its person reads it, or gets it by hand, later.

    Messages that are sent at the same time are stored together: each statement waits for the disk once.
    """

    def __init__(self, traits: ChannelTraits, store: Store) -> None:
        self.traits = traits
        self._store = store
        self._waiting: list[tuple[Outgoing, asyncio.Future[None]]] = []
        self._storing: asyncio.Task[None] | None = None

    async def send(self, outgoing: Outgoing) -> Accepted:
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((outgoing, stored))
        if self._storing is None:
            self._storing = asyncio.create_task(self._store_waiting(), name=f"store {self.traits.name}")
        try:
            await stored
        except Unavailable as exc:
            raise TransientFailure("storage", provider=PROVIDER) from exc
        except StorageRefused as exc:
            raise PermanentFailure("storage_refused", provider=PROVIDER) from exc
        return Accepted(provider=PROVIDER, reference=str(outgoing.message.id))

    async def aclose(self) -> None:
        """Wait for the messages that are being stored."""
        if self._storing is not None:
            await asyncio.wait([self._storing])

    async def _store_waiting(self) -> None:
        """Store the waiting messages, and those that come meanwhile."""
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._store_batch(batch)
        finally:
            self._storing = None

    async def _store_batch(self, batch: Sequence[tuple[Outgoing, asyncio.Future[None]]]) -> None:
        try:
            await self._store([outgoing for outgoing, _ in batch])
        except StorageRefused as exc:
            # One value is refused: halving finds it, and the others are stored.
            if len(batch) > 1:
                middle = len(batch) // 2
                await self._store_batch(batch[:middle])
                await self._store_batch(batch[middle:])
            else:
                _fail(batch, exc)
        except Exception as exc:  # noqa: BLE001 - each sender gets the error
            _fail(batch, exc)
        else:
            for _, stored in batch:
                if not stored.done():
                    stored.set_result(None)


def _fail(batch: Sequence[tuple[Outgoing, asyncio.Future[None]]], exc: Exception) -> None:
    for _, stored in batch:
        if not stored.done():
            stored.set_exception(exc)
