"""Channels that store their messages in the hub's own database: the in-app inbox, and letters to print."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from hub.errors import PermanentFailure, StorageRefused, TransientFailure, Unavailable
from hub.model import Accepted, ChannelTraits, Outgoing

PROVIDER: Final = "hub"

Store = Callable[[Outgoing], Awaitable[None]]
"""Stores a message; the same id again changes nothing."""


INBOX: Final = ChannelTraits(name="inbox", contact=None, confirms=True)
"""A row that the person reads on the page. Stored is delivered, so it confirms at once."""
LETTERS: Final = ChannelTraits(name="print", contact=None, strangers=True)
"""Letters that staff prints and delivers by hand. Stored is sent; an operator records the delivery later."""


class StoredChannel:
    """Storing a message sends it; where the channel confirms, that delivers it."""

    def __init__(self, traits: ChannelTraits, store: Store) -> None:
        self.traits = traits
        self._store = store

    async def send(self, outgoing: Outgoing) -> Accepted:
        try:
            await self._store(outgoing)
        except Unavailable as exc:
            raise TransientFailure("storage", provider=PROVIDER) from exc
        except StorageRefused as exc:
            raise PermanentFailure("storage_refused", provider=PROVIDER) from exc
        delivered, reference = self.traits.confirms, str(outgoing.message.id)
        return Accepted(provider=PROVIDER, reference=reference, delivered=delivered)

    async def aclose(self) -> None:
        """Nothing to close."""
