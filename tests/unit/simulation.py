"""
A hub over doubles that is walked from appointment to appointment, as time goes.

Nobody picks the instants: the clock goes to whatever is armed next, the timers look, what they publish is
taken in, what is ticketed is delivered, until nothing is left to do at that instant.
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
from tests.unit.delivery_harness import DeliveryHarness, post_office
from tests.unit.factories import BOGOTA, HOUR, email, event, local, member, mobile, somebody
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.timer_harness import timers_of

Told = tuple[str, str, str]
"""An event, a person, and when and how each of the person's channels was used."""


@dataclass
class Walk:
    hub: MemoryHub
    office: DeliveryHarness
    visited: list[datetime] = field(default_factory=list)
    forgetful: bool = False
    """Redis forgets everything whenever something was done."""
    _taken_in: int = 0
    _delivered: int = 0

    async def on(self, until: str) -> None:
        """Go from appointment to appointment, up to this local time, and stand there."""
        while (at := self._next_at()) is not None and at <= local(until):
            assert self.visited[-1:] != [at], "the same appointment again: nothing moves"
            self.visited.append(at)
            self.hub.clock.at = max(at, self.hub.clock.at)
            await self._look()
        self.hub.clock.at = local(until)

    async def comes(self, *events: Event, at: str) -> None:
        """Walk on to when these come, and take them in, whatever their own time is."""
        await self.on(at)
        await self.hub.take_in(*events)
        await self._look()

    async def take_on(self, name: str, *, by: str, at: str) -> int:
        """Let the level that has this clock say at that time that it takes it on; answer which it was."""
        await self.on(at)
        said = await acknowledge.acknowledge(
            self.clock(name), by=by, publisher=self.hub.publisher, now=self.hub.clock.at
        )
        await self._look()
        return said.level

    def clock(self, name: str) -> Clock:
        (found,) = [clock for clock in self.hub.store.clocks if clock.name == name]
        return found

    def steps(self, clock: str) -> list[str]:
        """What a clock has told, in order: when, what, and of which level."""
        return [
            f"{wall(one.time)} {_what(one)}"
            for one in self.hub.publisher.events
            if one.data.get("clock") == clock
        ]

    def told(self, clock: str) -> list[Told]:
        """What went to whom of the staff, with the channels of each and when each of them was used."""
        events = [one for one in self.hub.publisher.events if one.data.get("clock") == clock]
        return [(_what(one), who, uses) for one in events for who, uses in self._uses(one).items()]

    def mailed(self, address: str) -> list[str]:
        """When a mail went to this address."""
        attempts = self.hub.store.tables.attempts.values()
        sent = sorted(
            attempt.at
            for attempt in attempts
            if self.hub.store.message(attempt.message_id).address == address
        )
        return [wall(at)[5:] for at in sent]

    def _uses(self, one: Event) -> Mapping[str, str]:
        attempts = self.hub.store.tables.attempts.values()
        sent = {attempt.message_id: attempt.at for attempt in attempts if attempt.outcome == "accepted"}
        uses: dict[str, list[tuple[datetime | None, str]]] = {}
        for message in sorted(self.hub.of(one), key=lambda message: (message.person, message.channel)):
            if message.person in STAFF:
                uses.setdefault(message.person, []).append((sent.get(message.id), message.channel))
        return {who: _said(of_one) for who, of_one in uses.items()}

    def _next_at(self) -> datetime | None:
        scores = self.hub.appointments.scores.values()
        return min((datetime.fromtimestamp(score, UTC) for score in scores), default=None)

    async def _look(self) -> None:
        """Look, take in what was published and deliver what was ticketed, until nothing comes of it."""
        publisher = self.hub.publisher
        while True:
            await keep_appointments(timers_of(self.hub))
            if self.forgetful:
                self.hub.appointments.flush()
                await poll_sql(timers_of(self.hub))
            events, tickets = publisher.events[self._taken_in :], publisher.published[self._delivered :]
            self._taken_in += len(events)
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
"""Everybody of the staff in these walks; others who are told are the company's customers."""


def holder(level: int, **data: Json) -> tuple[Event, Event]:
    """Somebody who holds a level of the company, by mail and by text."""
    ref = f"p-{level}"
    known = somebody(ref, email(f"{ref}@example.com"), mobile(f"+57310000000{level}"))
    return known, member(ref, "company", "staff", duty="management", level=level, **data)


def levels(of: Mapping[str, Mapping[str, Json]] | None = None, *, without: int = 0) -> list[Event]:
    """Make the holders of the four levels; `{"level_2": {…}}` says more of one."""
    more = of or {}
    there = [level for level in (1, 2, 3, 4) if level != without]
    return [one for level in there for one in holder(level, **more.get(f"level_{level}", {}))]


async def walk(opening: Event, *directory: Event) -> Walk:
    """Begin with what is known since an hour, when the case comes."""
    hub = memory_hub(opening.time - HOUR)
    channels = {one.traits.name: one for one in (MemoryEmail(), MemorySms(), MemoryPush(), MemoryInbox())}
    office = post_office(*channels.values())
    office.clock, office.store = hub.clock, hub.store
    await hub.appointments.begin_epoch()
    await hub.take_in(*directory)
    begun = Walk(hub=hub, office=office)
    await begun.comes(opening, at=wall(opening.time))
    return begun


def received(at: str) -> Event:
    """Make a petition of somebody whom the directory does not know."""
    petitioner = {"name": "Pedro Gómez", "email": "pedro@example.com"}
    return event("pqrs.received", {"petitioner": petitioner}, at=local(at), id="received")


def answered(at: str) -> Event:
    case = received(at).data["pqrs_id"]
    return event("pqrs.replied", {"pqrs_id": case}, without=("petitioner",), at=local(at), id="answer")


def wall(at: datetime) -> str:
    """Answer the local time, to the minute; a time between minutes would be shown with its seconds."""
    exact = at.astimezone(BOGOTA).replace(tzinfo=None)
    whole = not exact.second and not exact.microsecond
    return exact.isoformat(" ", "minutes" if whole else "auto")


def _what(one: Event) -> str:
    """Name an event with its levels, or with how it has ended."""
    data = one.data
    if "to_level" in data:
        return f"{one.name} {data['from_level']}→{data['to_level']}"
    return f"{one.name} {data.get('level') or data['outcome']}"


def _said(uses: list[tuple[datetime | None, str]]) -> str:
    """Say of one person when which channels were used: `04-08 13:30 email inbox sms`."""
    by_time: dict[str, list[str]] = {}
    for at, channel in sorted(
        uses, key=lambda use: (use[0] is None, use[0] or datetime.min.replace(tzinfo=UTC))
    ):
        by_time.setdefault("never" if at is None else wall(at)[5:], []).append(channel)
    return ", ".join(f"{at} {' '.join(channels)}" for at, channels in by_time.items())
