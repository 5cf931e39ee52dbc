"""A way to reach people."""

from __future__ import annotations

from typing import Protocol

from hub.model import Accepted, ChannelTraits, Outgoing


class Channel(Protocol):
    """One way to reach people. Raises only `TransientFailure` and `PermanentFailure` from `send`."""

    @property
    def traits(self) -> ChannelTraits:
        """A class attribute of most; a folder or a guard takes those of the channel it stands for."""

    async def send(self, outgoing: Outgoing) -> Accepted:
        """Hand the message to the provider. The caller bounds it with its own time-out as well."""

    async def aclose(self) -> None:
        """Close what it holds open."""
