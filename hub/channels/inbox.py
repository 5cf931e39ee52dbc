"""The in-app inbox: a row that the person reads on the page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar, Final

from hub.errors import PermanentFailure, StorageRefused, TransientFailure, Unavailable
from hub.model import Accepted, ChannelTraits, Outgoing

PROVIDER: Final = "hub"

Store = Callable[[Outgoing], Awaitable[None]]
"""Keeps a message for its person; the same id again changes nothing."""


class InboxChannel:
    """Stored is delivered, so it confirms at once."""

    traits: ClassVar[ChannelTraits] = ChannelTraits(name="inbox", contact=None, confirms=True)

    def __init__(self, store: Store) -> None:
        self._store = store

    async def send(self, outgoing: Outgoing) -> Accepted:
        try:
            await self._store(outgoing)
        except Unavailable as exc:
            raise TransientFailure("storage", provider=PROVIDER) from exc
        except StorageRefused as exc:
            raise PermanentFailure("storage_refused", provider=PROVIDER) from exc
        return Accepted(provider=PROVIDER, reference=str(outgoing.id), delivered=True)

    async def aclose(self) -> None:
        """Nothing is held open."""
