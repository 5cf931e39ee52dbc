"""Channels that send messages through a provider, and their rate limits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from hub.model import Accepted, ChannelTraits, Lane, Outgoing
from hub.resilience.rate_limit import Rate, SendRecord


class Channel(Protocol):
    """One way to reach people. `send` raises only `TransientFailure` and `PermanentFailure`."""

    @property
    def traits(self) -> ChannelTraits:
        """Mostly a class attribute; a folder or a guard returns those of the channel that it replaces."""

    async def send(self, outgoing: Outgoing) -> Accepted:
        """Send the message to the provider. The caller adds its own time-out."""

    async def aclose(self) -> None:
        """Close all connections."""


class Throttle(Protocol):
    """The rate limits of providers and people. It never blocks sending by a fault: it raises nothing."""

    async def take(self, key: str, rate: Rate, lane: Lane) -> timedelta:
        """
        Take one permit of a provider's rate; return zero if there was one, else how long to wait.

        Urgent messages may use the whole rate, the others all but the share reserved for urgent ones.
        """

    async def admit(self, entries: Sequence[SendRecord]) -> Sequence[timedelta]:
        """
        Record each message to a person that fits the limit; return zero for it.

        For the others, return how long until there is room. A recorded message keeps its room.
        """
