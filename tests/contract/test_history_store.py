"""Reading the history, in memory and in PostgreSQL: each case once and whole, in pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hub.model import Clock, ClockState, Event, Message, Period, Purpose, State, StoredEvent
from hub.model.ids import clock_id, event_key
from hub.storage.history import Contact
from tests.contract.stores import RealStores
from tests.contract.values import HOUR, NOON, clock, event, message, stored

DAY = timedelta(days=1)
WEEK = Period(since=NOON - DAY, until=NOON + 6 * DAY)
RECEIVED, REPLIED = event().type, event("pqrs.replied").type
TYPES = {RECEIVED, REPLIED}


def of_case(case: str, at: datetime, name: str = "pqrs.received") -> StoredEvent:
    return stored(event(name, time=at), case=case)


async def read(stores: RealStores) -> list[tuple[str, list[Event]]]:
    """Return the cases in reading order, the events of each by time."""
    found: list[tuple[str, list[Event]]] = []
    async with stores.history.reading() as history:
        async for page in history.cases(WEEK.since, TYPES):
            found += [
                (case, sorted(events, key=lambda event: event.time)) for case, events in page.events.items()
            ]
    return found


async def contacts(stores: RealStores, *without: str) -> list[Contact]:
    async with stores.history.reading() as history:
        return [row async for page in history.contacts(WEEK, without=without) for row in page]


def events_of(*of: StoredEvent) -> list[Event]:
    return [stored_event.event for stored_event in of]


async def test_case_with_a_recent_event_is_read_once_and_whole(stores: RealStores) -> None:
    began = of_case("pqrs_id:A", WEEK.since - 90 * DAY)
    other = of_case("pqrs_id:A", NOON, "payment.received")
    answered = [of_case("pqrs_id:A", NOON + n * HOUR, "pqrs.replied") for n in (1, 2, 3)]
    await stores.add_events(*answered, other, began)

    assert [("pqrs_id:A", events_of(began, other, *answered))] == await read(stores)


async def test_many_cases_are_read_page_by_page(stores: RealStores) -> None:
    cases = {f"pqrs_id:{n}": of_case(f"pqrs_id:{n}", NOON + n * HOUR) for n in range(5)}
    replies = [of_case(f"pqrs_id:{n}", NOON + (10 - n) * HOUR, "pqrs.replied") for n in range(5)]
    await stores.add_events(*cases.values(), *replies)

    # In order of their first events: PQRS 4 begins at 4 h, its reply comes at 6.
    assert list(cases) == [case for case, _ in await read(stores)]
    assert all(2 == len(events) for _, events in await read(stores))


async def test_events_without_a_clock_and_closed_cases_are_not_read(stores: RealStores) -> None:
    await stores.add_events(
        of_case("payment_id:P", NOON, "payment.received"),
        stored(event("pqrs.received", time=NOON), case=None),
        of_case("pqrs_id:OLD", WEEK.since - HOUR),
    )

    assert [] == await read(stores)


async def test_running_clock_returns_its_case_once_without_recent_events(
    stores: RealStores,
) -> None:
    silent, other, over = (of_case(f"pqrs_id:{name}", NOON - 9 * DAY) for name in ("S", "T", "O"))
    old_events = [of_case("pqrs_id:H", NOON - 9 * DAY), of_case("pqrs_id:H", NOON, "pqrs.replied")]
    await stores.add_events(silent, other, over, *old_events)
    # There is more than a page between the running clocks of S; the clock before them has ended.
    known = [
        _clock("S", 1, ended_at=NOON - 8 * DAY),
        *(_clock("S", 2), _clock("T", 3), _clock("H", 4), _clock("S", 5)),
        _clock("O", 6, ended_at=NOON - 8 * DAY),
    ]
    await stores.save_clocks(*known)

    assert ["pqrs_id:H", "pqrs_id:S", "pqrs_id:T"] == [case for case, _ in await read(stores)]


def _clock(name: str, hour: int, ended_at: datetime | None = None) -> Clock:
    case, began = f"pqrs_id:{name}", event(time=NOON - 9 * DAY + hour * HOUR)
    state = ClockState.OPEN if ended_at is None else ClockState.MET
    return replace(clock(case), id=clock_id(case, "first_reply", began), state=state, ended_at=ended_at)


async def test_sent_and_pending_messages_are_read_without_the_person(stores: RealStores) -> None:
    of = stored(event(time=NOON))
    await stores.add_events(of)
    going = [_message(of, f"going-{state}", state) for state in (State.SENT, State.READ, State.HELD)]
    lost = [_message(of, f"lost-{state}", state) for state in (State.FAILED, State.SUPPRESSED, State.EXPIRED)]
    await stores.add(*going, *lost)

    found = await contacts(stores)

    expected = Contact(channel="email", purpose=Purpose.TRANSACTIONAL, rests=True, created_at=NOON)
    assert [expected] * 3 == found
    assert [] == await contacts(stores, "pqrs.received")


async def test_messages_of_events_outside_the_period_are_not_read(stores: RealStores) -> None:
    early, late = stored(event(time=WEEK.since - HOUR)), stored(event(time=WEEK.until + HOUR))
    await stores.add_events(early, late)
    await stores.add(*(_message(of, "p-1", State.SENT) for of in (early, late)))

    assert [] == await contacts(stores)


async def test_a_reminder_brings_its_event(stores: RealStores) -> None:
    of = stored(event("maintenance.scheduled.announced", time=NOON, data={"starts_at": "later"}), case=None)
    await stores.add_events(of)
    await stores.add(message(of, occasion="reminder:T-24h", state=State.HELD), message(of))

    found: Sequence[Contact] = await contacts(stores)

    assert {("reminder:T-24h", of.key), ("initial", None)} == {
        (row.occasion, None if row.reminds_of is None else event_key(row.reminds_of)) for row in found
    }


def _message(of: StoredEvent, person: str, state: State) -> Message:
    return message(of, person=person, state=state, rests=True)
