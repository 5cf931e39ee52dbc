"""
A hub over test doubles that a test runs from appointment to appointment.

The clock jumps to the next armed appointment. There the timers fire, intake processes their events and
delivery sends the tickets, until nothing is left to do at that instant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from hub.messages.delivery.deliver import deliver
from hub.model import Clock, Event, Json
from hub.sla import acknowledge
from hub.testing import MemoryEmail, MemoryInbox, MemoryPush, MemorySms
from hub.timers.scheduler import keep_appointments, poll_sql
from tests.unit.delivery_harness import DeliveryHarness, make_harness
from tests.unit.factories import BOGOTA, HOUR, email, event, local, member, mobile, somebody
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.timer_harness import timers_of

StaffMessage = tuple[str, str, str]
"""An event, a person, and when and how each of the person's channels was used."""


@dataclass
class Walk:
    hub: MemoryHub
    office: DeliveryHarness
    visited: list[datetime] = field(default_factory=list)
    forgetful: bool = False
    """Flush Redis after each firing."""
    _processed: int = 0
    _delivered: int = 0

    async def run_until(self, until: str) -> None:
        """Run from appointment to appointment up to this local time, and stop there."""
        while (at := self._next_at()) is not None and at <= local(until):
            assert self.visited[-1:] != [at], "the same appointment again: nothing moves"
            self.visited.append(at)
            self.hub.clock.at = max(at, self.hub.clock.at)
            await self._settle()
        self.hub.clock.at = local(until)

    async def receives(self, *events: Event, at: str) -> None:
        """Run until this local time, then let intake process these events, with any time of their own."""
        await self.run_until(at)
        await self.hub.take_in(*events)
        await self._settle()

    async def acknowledge(self, name: str, *, by: str, at: str) -> int:
        """Acknowledge this clock at that time for its current level; return the level."""
        await self.run_until(at)
        result = await acknowledge.acknowledge(
            self.clock(name), by=by, publisher=self.hub.publisher, now=self.hub.clock.at
        )
        await self._settle()
        return result.level

    def clock(self, name: str) -> Clock:
        (found,) = [clock for clock in self.hub.store.clocks if clock.name == name]
        return found

    def steps(self, clock: str) -> list[str]:
        """The events of a clock in order: instant, name and levels."""
        return [
            f"{wall(event.time)} {_label(event)}"
            for event in self.hub.publisher.events
            if event.data.get("clock") == clock
        ]

    def staff_messages(self, clock: str) -> list[StaffMessage]:
        """The messages to staff: event, person, and when each channel was used."""
        events = [event for event in self.hub.publisher.events if event.data.get("clock") == clock]
        return [(_label(event), who, uses) for event in events for who, uses in self._uses(event).items()]

    def mailed(self, address: str) -> list[str]:
        """The times of the mails to this address."""
        attempts = self.hub.store.tables.attempts.values()
        sent = sorted(
            attempt.at
            for attempt in attempts
            if self.hub.store.message(attempt.message_id).address == address
        )
        return [wall(at)[5:] for at in sent]

    def _uses(self, event: Event) -> Mapping[str, str]:
        attempts = self.hub.store.tables.attempts.values()
        sent = {attempt.message_id: attempt.at for attempt in attempts if attempt.outcome == "accepted"}
        uses: dict[str, list[tuple[datetime | None, str]]] = {}
        for message in sorted(self.hub.of(event), key=lambda message: (message.person, message.channel)):
            if message.person in STAFF:
                uses.setdefault(message.person, []).append((sent.get(message.id), message.channel))
        return {who: _format_uses(of_one) for who, of_one in uses.items()}

    def _next_at(self) -> datetime | None:
        scores = self.hub.appointments.scores.values()
        return min((datetime.fromtimestamp(score, UTC) for score in scores), default=None)

    async def _settle(self) -> None:
        """Fire the timers, process published events and deliver tickets, until nothing is left to do."""
        publisher = self.hub.publisher
        while True:
            await keep_appointments(timers_of(self.hub))
            if self.forgetful:
                self.hub.appointments.flush()
                await poll_sql(timers_of(self.hub))
            events, tickets = publisher.events[self._processed :], publisher.published[self._delivered :]
            self._processed += len(events)
            self._delivered += len(tickets)
            if not events and not tickets:
                return
            await self.hub.take_in(*events)
            for ticket in tickets:
                await deliver(
                    list(ticket.ids),
                    deps=self.office.deps(),
                    store=self.hub.store,
                    publisher=publisher,
                    appointments=self.hub.appointments,
                )


STAFF = {"p-1", "p-2", "p-3", "p-4", "p-stand-in"}
"""All staff of these simulations; other recipients are the company's customers."""


def holder(level: int, **data: Json) -> tuple[Event, Event]:
    """Somebody who holds a level of the company, by mail and by text."""
    ref = f"p-{level}"
    known = somebody(ref, email(f"{ref}@example.com"), mobile(f"+57310000000{level}"))
    return known, member(ref, "company", "staff", duty="management", level=level, **data)


def levels(of: Mapping[str, Mapping[str, Json]] | None = None, *, without: int = 0) -> list[Event]:
    """Make the holders of the four levels; `{"level_2": {…}}` adds data of one."""
    more = of or {}
    there = [level for level in (1, 2, 3, 4) if level != without]
    return [event for level in there for event in holder(level, **more.get(f"level_{level}", {}))]


async def walk(opening: Event, *directory: Event) -> Walk:
    """Start with a directory that is an hour old, and the opening event of the case."""
    hub = memory_hub(opening.time - HOUR)
    channels = {
        channel.traits.name: channel for channel in (MemoryEmail(), MemorySms(), MemoryPush(), MemoryInbox())
    }
    office = make_harness(*channels.values())
    office.clock, office.store = hub.clock, hub.store
    await hub.appointments.begin_epoch()
    await hub.take_in(*directory)
    begun = Walk(hub=hub, office=office)
    await begun.receives(opening, at=wall(opening.time))
    return begun


def received(at: str) -> Event:
    """Make a petition of a person who is not in the directory."""
    petitioner = {"name": "Pedro Gómez", "email": "pedro@example.com"}
    return event("pqrs.received", {"petitioner": petitioner}, at=local(at), id="received")


def answered(at: str) -> Event:
    case = received(at).data["pqrs_id"]
    return event("pqrs.replied", {"pqrs_id": case}, without=("petitioner",), at=local(at), id="answer")


def wall(at: datetime) -> str:
    """Return the local time to the minute, with seconds if it is not a whole minute."""
    exact = at.astimezone(BOGOTA).replace(tzinfo=None)
    whole = not exact.second and not exact.microsecond
    return exact.isoformat(" ", "minutes" if whole else "auto")


def _label(event: Event) -> str:
    """Return an event's name with its levels or its outcome."""
    data = event.data
    if "to_level" in data:
        return f"{event.name} {data['from_level']}→{data['to_level']}"
    return f"{event.name} {data.get('level') or data['outcome']}"


def _format_uses(uses: list[tuple[datetime | None, str]]) -> str:
    """Format when which channels of a person were used: `04-08 13:30 email inbox sms`."""
    by_time: dict[str, list[str]] = {}
    for at, channel in sorted(
        uses, key=lambda use: (use[0] is None, use[0] or datetime.min.replace(tzinfo=UTC))
    ):
        by_time.setdefault("never" if at is None else wall(at)[5:], []).append(channel)
    return ", ".join(f"{at} {' '.join(channels)}" for at, channels in by_time.items())
