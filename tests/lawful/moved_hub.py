"""
The hub's own intake, delivery and timers, over stores in memory, with a clock that is moved from act to act.

The stores in memory pass the contract tests that PostgreSQL passes. Two workers share the tickets of each
instant, some of which both get. Providers are away or lose answers, workers die after a provider has
accepted, and the database is away for hours.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any, Final, cast

from hub.catalog import BY_NAME
from hub.cloudevents import CONTENT_TYPE, encode
from hub.cloudevents.schemas import Schemas
from hub.errors import StorageUnavailable
from hub.intake.decode import IntakeContext
from hub.intake.process_batch import process_batch
from hub.intake.source_bindings import SourceBindings
from hub.messages.delivery.deliver import deliver
from hub.messages.delivery.deps import DeliveryDeps
from hub.messages.delivery.pausing import Pauses
from hub.messages.planning.plan import Rules
from hub.model import HUB_SOURCE, Event, Message, RawMessage, State
from hub.policy import Policy, load_policy
from hub.ports import Ticket
from hub.testing import (
    MemoryAppointments,
    MemoryKeys,
    MemoryMonitor,
    MemoryMonths,
    MemoryPauses,
    MemoryPublisher,
    MemoryStandingTasks,
    MemoryStore,
    MemoryThrottle,
    SettableClock,
)
from hub.timers.deps import Timers
from hub.timers.lease_time import LeaseTime
from hub.timers.notice_digests import keep_digests
from hub.timers.row_work import keep_erased
from hub.timers.scheduler import audit, keep_appointments
from tests.lawful.facts import Contact, Erased, Term
from tests.lawful.ledger import Ledger
from tests.lawful.moved_stores import InMemory, MovedStores
from tests.lawful.provider import TRAITS, Delivery, Killed, Luck, Provider, as_channels, providers, render
from tests.lawful.reactions import Readers
from tests.lawful.telling import Telling
from tests.lawful.town import OWN, TEXT_CHANNELS, Act, Building, start

OWN_USER: Final = "hub"
BATCH: Final = 200
AFTER_A_DEATH: Final = timedelta(minutes=2)
"""When the timers look for the leases of a dead worker; they have ended by then."""
AUDIT_EVERY: Final = timedelta(days=7)
"""Really every five seconds; here it finds something only after a death."""
_SCHEMAS: Final = Schemas.load()
_TRAITS: Final = {traits.name: traits for traits in TRAITS}


@dataclass(kw_only=True)
class MovedHub:
    building: Building
    luck: Luck
    policy: Policy = field(default_factory=load_policy)
    outages: Sequence[tuple[datetime, datetime]] = ()
    """When the database is away."""
    clock: SettableClock = field(default_factory=lambda: SettableClock(start() - timedelta(hours=1)))
    stores: MovedStores | None = None
    daily: timedelta | None = None
    """After the beginning, and then each day: when digests are made, and erasures go on."""

    def __post_init__(self) -> None:
        self._stores = self.stores or InMemory(self.clock)
        self._beside = MemoryStore(self.clock)
        self.ledger = Ledger()
        self.planned: list[Contact] = []
        """The messages planned to leave, at the instant of planning; in memory only."""
        self.deaths = 0
        self._telling = Telling(self._stores.preferences, self._stores.register, self._stores.erasures)
        self._daily_at = None if self.daily is None else self.clock() + self.daily
        self._people = self.building.owners_of_addresses
        self.ledger.readers += self.building.readers
        self._refs = {person.ref for person in self.building.people}
        self._seen = 0
        self._publisher = MemoryPublisher()
        self._appointments = MemoryAppointments(self.clock)
        self.readers = Readers(
            store=self._stores.unsubscribes, replies=self._stores.replies, publisher=self._publisher
        )
        self._providers: Mapping[str, Provider] = providers(self.clock, self.luck)
        self._context = IntakeContext(
            schemas=_SCHEMAS, catalog=BY_NAME, rules=Rules(channels=_TRAITS, policy=self.policy)
        )
        self._senders = SourceBindings(MemoryKeys(self.clock), own=OWN_USER)
        self._deps = self._delivery()
        self._timers = self._timer_deps()
        self._acts = deque(self.building.acts)
        self._arrived: list[Act] = []
        self._own: list[Event] = []
        self._tickets: list[Ticket] = []
        self._audit_at = self.clock() + AUDIT_EVERY

    async def run(self, until: datetime, on_day: Callable[[datetime], None] = lambda _day: None) -> None:
        """Load the directory, then go from instant to instant until this one."""
        await self._stores.move(self.clock())
        await self._appointments.begin_epoch()
        await self._take_in(self.building.directory)
        for account, person in self.building.payers.items():
            self.ledger.pays(account, person, self.clock())
        day, before, still = self.clock().date(), self.clock(), 0
        while (at := self._next()) < until:
            self.clock.at = max(at, self.clock())
            await self._stores.move(self.clock())
            await self._settle()
            still = still + 1 if at == before else 0
            before = at
            assert still < 100, f"at {at} nothing comes to an end"
            if self.clock().date() != day:
                day = self.clock().date()
                on_day(self.clock())

    def contacts(self) -> list[Contact]:
        """Return what the providers accepted, read by the book of the publisher."""
        found = [
            contact
            for provider in self._providers.values()
            for delivery in provider.accepted
            if (contact := self._contact(delivery)) is not None
        ]
        return sorted(found, key=lambda contact: contact.at)

    def terms(self) -> Sequence[Term]:
        """Return by when the hub means to answer each petition; in memory only."""
        assert isinstance(self._stores, InMemory)
        clocks = [clock for clock in self._stores.intake.tables.clocks.values() if clock.name == "legal_term"]
        received = self.building.received
        return [Term(case=one.case, received=received[one.case], due=one.due_at) for one in clocks]

    def _contact(self, delivery: Delivery) -> Contact | None:
        """Read a delivery by the book; None for a message of the hub itself to staff."""
        about = self.building.book.get(delivery.text)
        person = self._people.get(delivery.address)
        if about is None:
            if person is None:
                return None
            # What the hub itself sends to a resident is in the book, too: else nobody would judge it.
            about = OWN[delivery.kind]
        return Contact(
            at=delivery.at,
            person=person or delivery.address,
            channel=delivery.channel,
            address=delivery.address,
            purpose=about.purpose,
            about=delivery.text,
            account=about.account,
            debt=about.debt,
            language=delivery.language,
            urgent=about.urgent,
        )

    def _next(self) -> datetime:
        """Return the next instant at which anything happens; in an outage, its end."""
        now = self.clock()
        if (end := self._outage_end(now)) is not None:
            return end
        if self._arrived or self._tickets or self._own:
            return now
        times = [self._audit_at]
        if self._daily_at is not None:
            times.append(self._daily_at)
        if self._acts:
            times.append(self._acts[0].arrives)
        if (reacts := self.readers.next_at) is not None:
            times.append(reacts)
        if scores := self._appointments.scores:
            times.append(datetime.fromtimestamp(min(scores.values()), UTC))
        return min(times)

    def _outage_end(self, at: datetime) -> datetime | None:
        return next((ended for began, ended in self.outages if began <= at < ended), None)

    async def _settle(self) -> None:
        """Do all the work of this instant; work that the database keeps waiting stays for later."""
        self._notice_outage()
        while self._acts and self._acts[0].arrives <= self.clock():
            self._arrived.append(self._acts.popleft())
        try:
            await self._work()
        except StorageUnavailable:
            # Nothing is acknowledged: the same work is done again once the database is back.
            if self._outage_end(self.clock()) is None:
                raise
        self._collect()
        self._hand_over()

    def _hand_over(self) -> None:
        """Let people see what has arrived since."""
        for provider in self._providers.values():
            for delivery in provider.accepted[provider.seen :]:
                if (contact := self._contact(delivery)) is not None and contact.person in self._refs:
                    self.readers.get(delivery, contact)
            provider.seen = len(provider.accepted)

    async def _work(self) -> None:
        await self._telling.each_day(self.clock())
        if self._daily_at is not None and self._daily_at <= self.clock():
            self._daily_at += timedelta(days=1)
            await keep_digests(self._timers)
            await keep_erased(self._timers)
        for fact in await self.readers.react(self.clock()):
            self.ledger.note(fact, self.clock())
        while True:
            await self._take_in_acts()
            await keep_appointments(self._timers)
            if self.clock() >= self._audit_at:
                self._audit_at = self.clock() + AUDIT_EVERY
                await audit(self._timers)
            self._collect()
            if not self._own and not self._tickets:
                return
            await self._take_in(self._own)
            self._own = []
            await self._deliver()

    def _notice_outage(self) -> None:
        away = StorageUnavailable() if self._outage_end(self.clock()) is not None else None
        self._stores.be_away(away)

    def _collect(self) -> None:
        """Take the published tickets: the broker keeps each until a worker has done it."""
        self._own += self._publisher.events
        self._tickets += self._publisher.published
        self._publisher.events, self._publisher.published = [], []

    async def _take_in_acts(self) -> None:
        """Take in the acts that have arrived; from then on they are known."""
        acts = self._arrived[:BATCH]
        if not acts:
            return
        for act in acts:
            for fact in act.facts:
                await self._telling.tell(fact, self.clock())
        await self._take_in([act.event for act in acts if act.event is not None])
        self._arrived = self._arrived[BATCH:]
        for act in acts:
            for fact in act.facts:
                if not (isinstance(fact, Erased) and fact.person in self._telling.kept):
                    self.ledger.note(fact, self.clock())
            if act.payer is not None:
                self.ledger.pays(*act.payer, self.clock())

    async def _take_in(self, events: Sequence[Event]) -> None:
        if not events:
            return
        await process_batch(
            [self._raw(event) for event in events],
            context=self._context,
            senders=self._senders,
            store=self._stores.intake,
            publisher=self._publisher,
            appointments=self._appointments,
            now=self.clock,
        )
        self._note_plans()

    def _note_plans(self) -> None:
        if not isinstance(self._stores, InMemory):
            return
        messages = self._stores.intake.tables.messages
        fresh = [messages[key].message for key in islice(messages, self._seen, None)]
        self._seen = len(messages)
        going = [message for message in fresh if message.state in {State.QUEUED, State.HELD}]
        ways = [(message, channel, address) for message in going for channel, address in _ways(message)]
        self.planned += [
            contact
            for message, channel, address in ways
            if channel in _TRAITS
            and (
                contact := self._contact(
                    Delivery(
                        at=self.clock(),
                        channel=channel,
                        address=address,
                        text=message.event_id,
                        kind=message.event,
                        language=message.locale,
                    )
                )
            )
        ]

    def _raw(self, event: Event) -> RawMessage:
        return RawMessage(
            body=encode(event),
            routing_key=event.name,
            content_type=CONTENT_TYPE,
            headers={},
            received_at=self.clock(),
            user=OWN_USER if event.source.startswith(HUB_SOURCE) else None,
        )

    async def _deliver(self) -> None:
        """Two workers share the tickets; some tickets both get, as after a lost connection."""
        tickets, self._tickets = self._tickets, []
        twice = [ticket for ticket in tickets if self.luck.random.random() < 0.1]
        shares = [tickets[::2] + twice[::2], tickets[1::2] + twice[1::2]]
        left = await asyncio.gather(*(self._worker(share) for share in shares))
        self._tickets += [ticket for tickets_left in left for ticket in tickets_left]
        if self._tickets:
            raise StorageUnavailable

    async def _worker(self, tickets: Sequence[Ticket]) -> Sequence[Ticket]:
        """Deliver; return the tickets to deliver again, because the database was away."""
        for number, ticket in enumerate(tickets):
            try:
                await deliver(
                    list(ticket.ids),
                    deps=self._deps,
                    store=self._stores.delivery,
                    publisher=self._publisher,
                    appointments=self._appointments,
                )
            except StorageUnavailable:
                if self._outage_end(self.clock()) is None:
                    raise
                return tickets[number:]
            except Killed:
                # Its ticket comes again, and meets the lease of the dead.
                self.deaths += 1
                self._audit_at = min(self._audit_at, self.clock() + AFTER_A_DEATH)
        return []

    def _delivery(self) -> DeliveryDeps:
        return DeliveryDeps(
            channels=as_channels(dict(self._providers)),
            render=render,
            policy=self.policy,
            throttle=MemoryThrottle(lambda: self.clock().timestamp()),
            now=self.clock,
            pauses=Pauses(MemoryPauses(self._beside, self.clock)),
            exclusions=self._stores.register,
            catalog=BY_NAME,
        )

    def _timer_deps(self) -> Timers:
        return Timers(
            store=self._stores.timers,
            publisher=self._publisher,
            appointments=self._appointments,
            heartbeats=MemoryMonitor(self._beside, self.clock),
            months=MemoryMonths(),
            erasures=self._stores.erasures,
            old_data=cast(Any, None),
            pauses=MemoryPauses(self._beside, self.clock),
            digests=self._stores.digests,
            radicados=cast(Any, None),
            reach=cast(Any, None),
            tasks=MemoryStandingTasks(self._beside.tables),
            bulk=cast(Any, None),
            results=cast(Any, None),
            emergencies=cast(Any, None),
            now=self.clock,
            queues=[],
            sweep_after=timedelta(minutes=1),
            lease_time=LeaseTime(timedelta(0)),
            policy=self.policy,
        )


def _ways(message: Message) -> list[tuple[str, str]]:
    """Return how a message is planned to leave: its own channel, and those that follow."""
    later = [(target.channel, target.address) for step in message.fallback for target in step]
    return [(message.channel, message.address), *later]


def bad_luck(seed: int, number: int, days: int) -> tuple[Luck, Sequence[tuple[datetime, datetime]]]:
    """Make the luck of a year: outages of each channel and of the database, lost answers, deaths."""
    random = Random(f"luck:{seed}:{number}")
    away = []
    for channel in TEXT_CHANNELS:
        for _ in range(max(1, days // 30)):
            since = start() + timedelta(minutes=random.randrange(days * 24 * 60))
            away.append((channel, since, since + timedelta(minutes=random.randrange(5, 600))))
    outages = []
    for _ in range(max(1, days // 30)):
        since = start() + timedelta(minutes=random.randrange(days * 24 * 60))
        outages.append((since, since + timedelta(minutes=random.randrange(1, 240))))
    luck = Luck(random=random, lost_answers=0.01, deaths=0.005, refusals=0.01, away=away)
    return luck, sorted(outages)
