"""Paused messages are held, and sent once the pause is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from hub.errors import StorageUnavailable
from hub.messages.delivery.pausing import PAGE, Pauses, release_settled
from hub.model import Accepted, Outgoing, State
from hub.ports import Ticket
from hub.resilience.cached import FRESH
from hub.testing import MemoryEmail, MemoryPauses, MemoryStore, SettableClock
from hub.timers.row_work import end_pauses
from tests.unit.delivery_harness import DeliveryHarness, mail, make_harness
from tests.unit.factories import HOUR, MONDAY

QUARTER = timedelta(minutes=15)


async def resume_channel(
    office: DeliveryHarness, subject: str, at_most: int | None = None
) -> tuple[int, bool]:
    """End a pause, as staff does; return how many messages leave, and whether more are left."""
    ended = subject in office.pauses.subjects
    office.pauses.subjects.pop(subject, None)
    return await release_settled(office.pauses, office.publisher, ended=ended, at_most=at_most, settle=0)


@pytest.mark.parametrize("subject", ["channel:email", "event:pqrs.received"])
async def test_paused_message_is_held_without_attempt_or_ageing(subject: str) -> None:
    office = make_harness()
    message = mail(expires_at=MONDAY + HOUR)
    await office.holds(message)
    office.pauses.subjects[subject] = None
    await office.deliver(message)

    held = office.now(message)
    assert (held.state, held.reason, held.next_at) == (State.HELD, "paused", MONDAY + QUARTER)
    assert held.expires_at == MONDAY + HOUR + QUARTER
    assert office.store.tables.messages[message.id].attempts == 0
    assert office.sent() == []


@pytest.mark.parametrize("subject", ["channel:sms", "event:pqrs.replied"])
async def test_pause_of_another_subject_holds_nothing(subject: str) -> None:
    office = make_harness()
    message = mail()
    await office.holds(message)
    office.pauses.subjects[subject] = None
    await office.deliver(message)

    assert office.states(message) == [State.SENT]


async def test_held_message_is_recorded_before_a_slow_provider_answers() -> None:
    """Otherwise a resume meanwhile would miss it, and it would wait for a quarter of an hour."""
    seen: list[State] = []

    async def slow(_outgoing: Outgoing) -> Accepted:
        seen.extend(office.states(paused))
        return Accepted(provider="smtp")

    office = make_harness(MemoryEmail(slow))
    paused, free = mail("p-1"), mail("p-2", event="pqrs.replied")
    await office.holds(paused, free)
    office.pauses.subjects["event:pqrs.received"] = None
    await office.deliver(paused, free)

    assert seen == [State.HELD]
    assert office.states(paused, free) == [State.HELD, State.SENT]
    assert office.store.tables.messages[paused.id].attempts == 0


async def test_paused_message_expires_at_its_wall_time_end() -> None:
    office = make_harness()
    message = mail(expires_at=MONDAY, ends_at=MONDAY)
    await office.holds(message)
    office.pauses.subjects["channel:email"] = None
    await office.deliver(message)

    assert office.states(message) == [State.EXPIRED]


async def test_resuming_sends_held_messages_at_once() -> None:
    office = make_harness()
    message = mail(expires_at=MONDAY + HOUR)
    await office.holds(message)
    office.pauses.subjects["channel:email"] = None
    await office.deliver(message)

    assert await resume_channel(office, "channel:email") == (1, False)
    assert [ticket.ids for ticket in office.publisher.published] == [(message.id,)]
    assert office.now(message).expires_at == MONDAY + HOUR
    await office.deliver(message)
    assert office.states(message) == [State.SENT]


async def test_resuming_twice_releases_nothing_twice() -> None:
    office = make_harness()
    message = mail()
    await office.holds(message)
    office.pauses.subjects["channel:email"] = None
    await office.deliver(message)
    await resume_channel(office, "channel:email")

    assert await resume_channel(office, "channel:email") == (0, False)


async def test_resuming_goes_in_pages_and_reports_more() -> None:
    office = make_harness()
    many = [mail(f"p-{number}") for number in range(PAGE + 1)]
    await office.holds(*many)
    office.pauses.subjects["channel:email"] = None
    await office.deliver(*many)

    assert await resume_channel(office, "channel:email", at_most=PAGE) == (PAGE, True)
    assert await resume_channel(office, "channel:email", at_most=PAGE) == (1, False)


class _SlowConfirms(MemoryPauses):
    """A process that has not read the end of the pause holds one more message after the first release."""

    def __init__(self, office: DeliveryHarness) -> None:
        super().__init__(office.store, office.clock)
        self._office = office
        self.late = mail("p-late", state=State.HELD, reason="paused", next_at=MONDAY + QUARTER)

    async def release_resumed(self, limit: int) -> Sequence[Ticket]:
        tickets = await super().release_resumed(limit)
        await self._office.holds(self.late)
        return tickets


async def test_message_held_by_an_outdated_process_is_released_too() -> None:
    office = make_harness()
    store = _SlowConfirms(office)
    released, _ = await release_settled(store, office.publisher, ended=True, settle=0)

    assert (released, office.states(store.late)) == (1, [State.QUEUED])


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def memory_pauses() -> MemoryPauses:
    clock = SettableClock(MONDAY)
    return MemoryPauses(MemoryStore(clock), clock)


async def test_pauses_are_read_at_most_once_a_second() -> None:
    store, seconds = memory_pauses(), Seconds()
    pauses = Pauses(store, seconds)
    before = await pauses.current()
    store.subjects["channel:sms"] = None
    within = await pauses.current()
    seconds.now += FRESH
    after = await pauses.current()

    assert (before, within, after) == (frozenset(), frozenset(), frozenset({"channel:sms"}))


async def test_last_known_pauses_stay_in_force_without_postgresql() -> None:
    store, seconds = memory_pauses(), Seconds()
    pauses = Pauses(store, seconds)
    store.subjects["channel:sms"] = None
    await pauses.current()
    store.faults.always("paused", StorageUnavailable())
    seconds.now += FRESH

    assert await pauses.current() == {"channel:sms"}


async def test_process_that_never_read_the_pauses_sends_nothing() -> None:
    store = memory_pauses()
    store.faults.always("paused", StorageUnavailable())

    with pytest.raises(StorageUnavailable):
        await Pauses(store).current()


async def test_pause_ends_by_itself_and_what_it_held_leaves() -> None:
    office = make_harness()
    message = mail()
    await office.holds(message)
    subject, ends_at = "channel:email", MONDAY + QUARTER / 3
    office.pauses.subjects[subject] = ends_at
    await office.deliver(message)
    early = await end_pauses(office.pauses, office.publisher, settle=0)
    office.clock.advance(QUARTER / 3)
    over = await end_pauses(office.pauses, office.publisher, settle=0)
    await office.deliver(message)

    assert (early, over) == ([], [subject])
    assert office.states(message) == [State.SENT]
