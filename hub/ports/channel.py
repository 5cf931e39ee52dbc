"""A channel that sends messages through a provider."""

from __future__ import annotations

from typing import Protocol

from hub.model import Accepted, ChannelTraits, Outgoing


class Channel(Protocol):
    """One way to reach people. `send` raises only `TransientFailure` and `PermanentFailure`."""

    @property
    def traits(self) -> ChannelTraits:
        """Mostly a class attribute; a folder or a guard returns those of the channel that it replaces."""

    async def send(self, outgoing: Outgoing) -> Accepted:
        """Send the message to the provider. The caller adds its own time-out."""

    async def aclose(self) -> None:
        """Close all connections."""
