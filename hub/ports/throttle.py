"""How often providers and people are written to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from hub.model import Lane
from hub.resilience.rate_limit import Rate, SendRecord


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
