"""Publishing to RabbitMQ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, Protocol

from hub.model import DeadLetter, Event, Lane, RawMessage
from hub.model.tickets import Ticket

NOWHERE: Final[Mapping[str, Sequence[str]]] = MappingProxyType({})


class Publisher(Protocol):
    """Publishes with confirms: a return without an exception means that the broker stored it durably."""

    async def tickets(self, tickets: Sequence[Ticket]) -> None:
        """Publish each ticket to its queue."""

    async def event(self, event: Event, *, caller: str | None = None) -> None:
        """
        Publish to `domain.events` as structured JSON; intake receives it like any other event.

        `caller` has published it over HTTP: it counts on the caller's rate.
        """

    async def move(
        self, lane: Lane, events: Sequence[tuple[Event, RawMessage]], *, stay: bool = False
    ) -> None:
        """
        Publish events to the queue of this lane, each with the known facts of the message in which it came.

        They `stay` in this lane, although their type may belong to another one.
        """

    async def depth(self, channel: str, lane: Lane) -> int:
        """Return how many tickets of a queue wait for a consumer."""

    async def replay(self, letter: DeadLetter) -> None:
        """Publish a dead letter's bytes to `domain.events` again, unchanged, as its first sender's."""

    async def notify(self, events: Sequence[Event], also: Mapping[str, Sequence[str]] = NOWHERE) -> None:
        """
        Publish to the exchange `hub.events.out` only; no bound queue is not a fault.

        The key is the event's name; where its data has an `event_source`, also the name and the key of that
        source (`hub.model.results.source_key`), so that a publisher hears of its own only. `also` has further
        words, by the id of the event, under each of which it goes as well.
        """
