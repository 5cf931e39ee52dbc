"""A broker in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec.structs import replace

from hub.model import DeadLetter, Event, Lane, RawMessage
from hub.ports import Ticket
from hub.ports.publisher import NOWHERE
from hub.testing.faults import Faults


class MemoryPublisher:
    """`hub.ports.Publisher`: records the published events; `depths` are the answers of `depth`."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.published: list[Ticket] = []
        self.events: list[Event] = []
        self.notices: list[Event] = []
        self.also: dict[str, Sequence[str]] = {}
        self.moved: list[tuple[Lane, Event, str | None]] = []
        self.demoted: list[RawMessage] = []
        self.callers: list[str | None] = []
        self.replayed: list[DeadLetter] = []
        self.depths: defaultdict[tuple[str, Lane], int] = defaultdict(int)

    @property
    def ticketed(self) -> list[UUID]:
        """The ids of all tickets, in order of publication."""
        return [message_id for ticket in self.published for message_id in ticket.ids]

    async def tickets(self, tickets: Sequence[Ticket]) -> None:
        if tickets:
            self.faults.meet("tickets")
        self.published += tickets

    async def event(self, event: Event, *, caller: str | None = None) -> None:
        self.faults.meet("event")
        self.callers.append(caller)
        self.events.append(event)

    async def move(
        self, lane: Lane, events: Sequence[tuple[Event, RawMessage]], *, stay: bool = False
    ) -> None:
        self.faults.meet("move")
        self.moved += [(lane, event, raw.user) for event, raw in events]
        if stay:
            self.demoted += [replace(raw, lane=lane) for _, raw in events]

    async def depth(self, channel: str, lane: Lane) -> int:
        self.faults.meet("depth")
        return self.depths[channel, lane]

    async def replay(self, letter: DeadLetter) -> None:
        self.faults.meet("replay")
        self.replayed.append(letter)

    async def notify(self, events: Sequence[Event], also: Mapping[str, Sequence[str]] = NOWHERE) -> None:
        self.faults.meet("notify")
        self.notices += events
        self.also |= also
