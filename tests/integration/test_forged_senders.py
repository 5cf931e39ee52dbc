"""Nobody but the hub's own user speaks in the hub's name: on a real broker, with a publisher's user."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from aiormq.exceptions import ChannelPreconditionFailed

from hub.client.connection import user_of
from hub.consumers import events
from hub.consumers.publisher import BrokerPublisher
from hub.consumers.worker import serve
from hub.health.incidents import BEGAN
from hub.intake.source_bindings import SourceBindings
from hub.model import HUB_SOURCE, SENDER_HEADER, ClockState, DeadLetter, Event
from hub.sla.acknowledge import acknowledged
from hub.testing import MemoryAppointments, MemoryKeys, MemoryPublisher, MemoryStore
from tests.acceptance.harness import until
from tests.broker_users import publish_as, publisher_user
from tests.contract.values import now
from tests.servers import Servers
from tests.unit.factories import DESK, event

AT_RISK = event("sla.at_risk", source=HUB_SOURCE)
SIGNED = pytest.mark.parametrize("signed", [True, False], ids=["with user_id", "without"])


@dataclass
class Place:
    """A hub's intake on a real broker, its own publisher, and a publisher's user."""

    url: str
    mallory: str
    publisher: BrokerPublisher
    store: MemoryStore = field(default_factory=lambda: MemoryStore(now))

    @property
    def letters(self) -> list[DeadLetter]:
        return [row.letter for row in self.store.tables.letters.values()]

    @property
    def taken(self) -> list[str]:
        return [row.event.id for row in self.store.tables.events.values()]

    async def forge(self, forged: Event, *, signed: bool) -> DeadLetter:
        """Publish as the other user; return the dead letter that it becomes."""
        known = len(self.letters)
        await publish_as(self.mallory, forged, user_id=user_of(self.mallory) if signed else None)
        await self.comes(lambda: len(self.letters) > known)
        return self.letters[-1]

    async def replay(self, letter: DeadLetter) -> None:
        """Replay as an operator does, and wait until intake has refused it again."""
        row = self.store.tables.letters[letter.id]
        self.store.tables.letters[letter.id] = replace(row, state="replayed")
        await self.publisher.replay(letter)
        await self.comes(lambda: self.store.tables.letters[letter.id].times > row.times)

    async def comes(self, condition: Callable[[], bool]) -> None:
        await until(condition, "intake")


@pytest.fixture
async def place(servers: Servers, amqp_url: str) -> AsyncIterator[Place]:
    async with (
        aclosing(BrokerPublisher(amqp_url, "hub test")) as publisher,
        publisher_user(servers, amqp_url) as mallory,
    ):
        await publisher.ping()  # declares the topology
        place = Place(url=amqp_url, mallory=mallory, publisher=publisher)
        async with _intake(place):
            yield place


@asynccontextmanager
async def _intake(place: Place) -> AsyncIterator[None]:
    stop = asyncio.Event()
    consumers = events.consumers(
        context=DESK,
        senders=SourceBindings(MemoryKeys(now), own=user_of(place.url)),
        store=place.store,
        publisher=MemoryPublisher(),
        appointments=MemoryAppointments(now),
        now=now,
    )
    task = asyncio.create_task(serve(place.url, "hub test", consumers, stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 30)


@SIGNED
async def test_another_user_stops_no_clock_of_the_hubs(place: Place, *, signed: bool) -> None:
    await place.publisher.event(event("emergency.declared", at=now()))
    await place.comes(lambda: bool(place.store.clocks))
    [clock] = place.store.clocks
    forged = acknowledged(clock.id, clock.case, 2, by="mallory", place=None, at=now())

    letter = await place.forge(forged, signed=signed)

    assert (letter.sender, letter.wrong_sender) == (user_of(place.mallory) if signed else None, True)
    assert [clock.state for clock in place.store.clocks] == [ClockState.OPEN]

    await place.publisher.event(forged)
    await place.comes(lambda: [clock.state for clock in place.store.clocks] == [ClockState.MET])


@SIGNED
async def test_a_forged_incident_mails_nobody(place: Place, *, signed: bool) -> None:
    forged = event(BEGAN, {"notify": ["mallory@example.net"]}, source=HUB_SOURCE, at=now())

    letter = await place.forge(forged, signed=signed)

    assert letter.wrong_sender
    assert (place.taken, place.store.messages) == ([], [])


async def test_the_broker_refuses_who_claims_to_be_the_hub(place: Place) -> None:
    with pytest.raises(ChannelPreconditionFailed):
        await publish_as(place.mallory, AT_RISK, user_id=user_of(place.url))


@SIGNED
async def test_a_replay_is_not_the_hubs_word(place: Place, *, signed: bool) -> None:
    letter = await place.forge(AT_RISK, signed=signed)
    await place.replay(letter)

    assert place.taken == []
    assert place.letters == [letter]


async def test_a_replays_header_is_not_believed_of_another_user(place: Place) -> None:
    headers = {SENDER_HEADER: user_of(place.url)}
    await publish_as(place.mallory, AT_RISK, user_id=user_of(place.mallory), headers=headers)
    await place.comes(lambda: bool(place.letters))
    [letter] = place.letters
    await place.replay(letter)

    assert place.taken == []
    assert [letter.sender for letter in place.letters] == [user_of(place.mallory)]


async def test_the_hubs_own_letter_is_replayed_as_its_own(place: Place) -> None:
    """Its sender is the hub: a text that a newer hub understands, say."""
    refused = replace(await place.forge(AT_RISK, signed=False), sender=user_of(place.url))
    await place.publisher.replay(refused)
    await place.comes(lambda: bool(place.taken))

    assert place.taken == [AT_RISK.id]
