"""Channels that store their messages in the hub's own database: the in-app inbox, and letters to print."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar, Final

from hub.errors import PermanentFailure, StorageRefused, TransientFailure, Unavailable
from hub.model import Accepted, ChannelTraits, Outgoing

PROVIDER: Final = "hub"

Store = Callable[[Outgoing], Awaitable[None]]
"""Stores a message; the same id again changes nothing."""


class KeptChannel:
    """Storing a message sends it. `arrives` is true when storing also delivers it."""

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
        """Nothing to close."""


class InboxChannel(KeptChannel):
    """A row that the person reads on the page. Stored is delivered, so it confirms at once."""

    traits: ClassVar[ChannelTraits] = ChannelTraits(name="inbox", contact=None, confirms=True)
    arrives: ClassVar[bool] = True


class LetterChannel(KeptChannel):
    """
    Letters that staff prints and delivers by hand.

    Stored means sent. An operator records the delivery later.
    """

    traits: ClassVar[ChannelTraits] = ChannelTraits(name="print", contact=None, strangers=True)
    arrives: ClassVar[bool] = False
