"""Intake, delivery and timers over test doubles, with one clock for all of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from hub.access.api_keys import issue
from hub.catalog import BY_NAME
from hub.intake.decode import IntakeContext
from hub.intake.pages import PAGE
from hub.intake.process_batch import process_batch
from hub.intake.source_bindings import SourceBindings
from hub.model import ClockState, Event, Message, Party, RawMessage, Scope, StoredEvent
from hub.testing import MemoryAppointments, MemoryKeys, MemoryPublisher, MemoryStore, SettableClock
from hub.testing.tables import Letter
from tests.unit.factories import DESK, MONDAY, OWN_USER, SOURCE, incoming


@dataclass
class MemoryHub:
    clock: SettableClock
    store: MemoryStore
    publisher: MemoryPublisher
    appointments: MemoryAppointments
    context: IntakeContext = DESK
    page: int = PAGE
    keys: MemoryKeys = field(default_factory=lambda: MemoryKeys(lambda: MONDAY))

    async def take_in(self, *events: Event | RawMessage) -> None:
        """Process a batch, as a consumer would."""
        await process_batch(
            [event if isinstance(event, RawMessage) else incoming(event) for event in events],
            context=self.context,
            senders=SourceBindings(self.keys, own=OWN_USER),
            store=self.store,
            publisher=self.publisher,
            appointments=self.appointments,
            now=self.clock,
            page=self.page,
        )

    async def bind(self, user: str, source: str = SOURCE, cases_of: Sequence[str] = ()) -> None:
        """Add a key that binds the source to this user of RabbitMQ."""
        key, _ = issue(
            user,
            scopes=[Scope.PUBLISH],
            source=source,
            amqp_user=user,
            cases_of=cases_of,
            known_types=BY_NAME,
            by="test",
            now=datetime.now(UTC),
        )
        await self.keys.add(key)

    @property
    def letters(self) -> list[Letter]:
        return list(self.store.tables.letters.values())

    @property
    def parties(self) -> list[Party]:
        return list(self.store.tables.parties.values())

    def stored(self, event: Event) -> StoredEvent:
        [row] = [row for row in self.store.tables.events.values() if row.event.id == event.id]
        return row

    def of(self, event: Event) -> list[Message]:
        """The messages of an event."""
        return [message for message in self.store.messages if message.event_id == event.id]

    def recipients(self, event: Event) -> list[tuple[str, str]]:
        """The recipients of an event's messages, with the channel of each."""
        return sorted((message.person, message.channel) for message in self.of(event))

    def states(self, name: str) -> list[ClockState]:
        return [clock.state for clock in self.store.clocks if clock.name == name]


def memory_hub(at: datetime = MONDAY, *, refused: Collection[str] = (), page: int = PAGE) -> MemoryHub:
    clock = SettableClock(at)
    return MemoryHub(
        clock=clock,
        store=MemoryStore(clock, refused=refused),
        publisher=MemoryPublisher(),
        appointments=MemoryAppointments(clock),
        page=page,
    )


def ids(messages: list[Message]) -> set[UUID]:
    return {message.id for message in messages}
