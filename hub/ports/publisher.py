"""What goes to RabbitMQ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from hub.model import DeadLetter, Event, Lane
from hub.model.tickets import Ticket


class Publisher(Protocol):
    """Publishing with confirms: a return without an exception means that the broker has it, durably."""

    async def tickets(self, tickets: Sequence[Ticket]) -> None:
        """Publish each to its queue."""

    async def event(self, event: Event) -> None:
        """Publish to `domain.events`, structured JSON, so that it enters at the top."""

    async def depth(self, channel: str, lane: Lane) -> int:
        """Answer how many tickets of a queue wait for a consumer."""

    async def replay(self, letter: DeadLetter) -> None:
        """Publish a dead letter's bytes to `domain.events` again, as they came."""

    async def notice(self, event: Event) -> None:
        """Publish to the exchange `hub.events.out` only; nobody listening is not a fault."""
