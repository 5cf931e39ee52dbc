"""Intake and delivery over PostgreSQL, step by step; the other servers are doubles."""

from uuid import UUID

from hub.intake.decode import IntakeContext
from hub.intake.process_batch import process_batch
from hub.intake.source_bindings import SourceBindings
from hub.messages.delivery.deliver import deliver
from hub.messages.delivery.deps import DeliveryDeps
from hub.model import Event
from hub.storage import Database, PostgresDelivery, PostgresIntake
from hub.testing import MemoryAppointments, MemoryKeys, MemoryPublisher
from tests.unit.factories import DESK, incoming


class WorkingHub:
    """Takes events in and delivers their messages, when it is told to. Its clock is that of `deps`."""

    def __init__(
        self,
        database: Database,
        deps: DeliveryDeps,
        *,
        store: PostgresDelivery | None = None,
        context: IntakeContext = DESK,
    ) -> None:
        self.database = database
        self.deps = deps
        self.store = store or PostgresDelivery(database)
        self.context = context
        self.publisher = MemoryPublisher()
        self.appointments = MemoryAppointments(deps.now)

    async def take_in(self, *events: Event) -> None:
        await process_batch(
            [incoming(event) for event in events],
            context=self.context,
            senders=SourceBindings(MemoryKeys(self.deps.now), own="hub"),
            store=PostgresIntake(self.database),
            publisher=self.publisher,
            appointments=self.appointments,
            now=self.deps.now,
        )

    async def deliver(self) -> int:
        """Deliver all tickets; return their number."""
        tickets = list(self.publisher.published)
        self.publisher.published.clear()
        for ticket in tickets:
            await self.deliver_ids(*ticket.ids)
        return len(tickets)

    async def deliver_ids(self, *ids: UUID) -> None:
        """Deliver a ticket of these messages."""
        await deliver(
            ids, deps=self.deps, store=self.store, publisher=self.publisher, appointments=self.appointments
        )
