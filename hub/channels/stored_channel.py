"""What the channels share that keep their messages in the hub's own database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar, Final

from hub.errors import PermanentFailure, StorageRefused, TransientFailure, Unavailable
from hub.model import Accepted, Outgoing

PROVIDER: Final = "hub"

Store = Callable[[Outgoing], Awaitable[None]]
"""Keeps a message; the same id again changes nothing."""


class KeptChannel:
    """Storing is sending. `arrives` says whether it is also arriving."""

    arrives: ClassVar[bool]

    def __init__(self, store: Store) -> None:
        self._store = store

    async def send(self, outgoing: Outgoing) -> Accepted:
        try:
            await self._store(outgoing)
        except Unavailable as exc:
            raise TransientFailure("storage", provider=PROVIDER) from exc
        except StorageRefused as exc:
            raise PermanentFailure("storage_refused", provider=PROVIDER) from exc
        return Accepted(provider=PROVIDER, reference=str(outgoing.message.id), delivered=self.arrives)

    async def aclose(self) -> None:
        """Nothing is held open."""
