"""The rate limits of providers and people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from hub.model import Lane
from hub.resilience.rate_limit import Rate, SendRecord


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
