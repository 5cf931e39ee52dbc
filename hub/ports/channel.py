"""A way to reach people, and how often it is used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from hub.model import Accepted, ChannelTraits, Lane, Outgoing
from hub.resilience.rate_limit import Rate, SendRecord


class Channel(Protocol):
    """One way to reach people. Raises only `TransientFailure` and `PermanentFailure` from `send`."""

    @property
    def traits(self) -> ChannelTraits:
        """A class attribute of most; a folder or a guard takes those of the channel it stands for."""

    async def send(self, outgoing: Outgoing) -> Accepted:
        """Hand the message to the provider. The caller bounds it with its own time-out as well."""

    async def aclose(self) -> None:
        """Close what it holds open."""


class Throttle(Protocol):
    """How often providers and people are written to. Never in the way: it raises nothing."""

    async def take(self, key: str, rate: Rate, lane: Lane) -> timedelta:
        """
        Draw one of a provider's rate; zero when there was one, else when to ask again.

        Urgent ones may use the whole rate, the others all but the share that is kept for the urgent.
        """

    async def admit(self, entries: Sequence[SendRecord]) -> Sequence[timedelta]:
        """
        Log each message to a person for which there is room; zero for those.

        For the others: when there is room again. One that is logged already has its room.
        """
