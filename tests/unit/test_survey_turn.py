"""A person gets one survey in thirty days; any other is refused before it is sent, with its reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from hub.errors import PermanentFailure, TransientFailure
from hub.model import Event, Lane, Message, Purpose, State
from hub.testing import MemoryChannel, MemoryEmail
from tests.unit.delivery_harness import DeliveryHarness, make_harness
from tests.unit.factories import agreed, event, message, said_in, stored

DAY: Final = timedelta(days=1)
REMINDER: Final = "reminder:survey_reminder"


def survey(name: str, person: str = "p-1", **fields: Any) -> tuple[Event, Message]:
    asked = event("survey.requested", {"survey_id": name, "respondent": {"ref": person}}, id=name)
    about = {"event_key": stored(asked).key, "event_id": name, "event": "survey.requested"}
    given = {"purpose": Purpose.SURVEY, "lane": Lane.BULK, "person": person, **about, **fields}
    return asked, message(**given)


async def office_with(
    *surveys: tuple[Event, Message], channel: MemoryChannel | None = None
) -> DeliveryHarness:
    office = make_harness(*([channel] if channel else []))
    async with office.store.transaction() as transaction:
        await transaction.add_events([stored(asked, case=asked.id) for asked, _ in surveys])
        await transaction.add_messages([planned for _, planned in surveys])
        for _, planned in surveys:
            await transaction.add_consents(said_in(agreed(planned.person, "survey")))
    return office


def became(office: DeliveryHarness, *surveys: tuple[Event, Message]) -> list[tuple[State, str | None]]:
    return [(office.now(planned).state, office.now(planned).reason) for _, planned in surveys]


REFUSED: Final = (State.SUPPRESSED, "asked_lately")
SENT: Final = (State.SENT, None)


async def test_second_survey_to_a_person_is_refused_also_in_the_same_ticket() -> None:
    first, second, other = survey("first"), survey("second"), survey("third", "p-2")
    office = await office_with(first, second, other)
    await office.deliver(first[1], second[1], other[1])

    assert sorted([SENT, REFUSED, SENT], key=str) == sorted(became(office, first, second, other), key=str)
    assert ["p-1", "p-2"] == sorted(office.sent())


async def test_survey_after_thirty_days_is_sent() -> None:
    first, early, late = survey("first"), survey("early"), survey("late")
    office = await office_with(first, early, late)
    await office.deliver(first[1])
    office.clock.advance(29 * DAY)
    await office.deliver(early[1])
    office.clock.advance(DAY)
    await office.deliver(late[1])

    assert [SENT, REFUSED, SENT] == became(office, first, early, late)


async def test_reminder_of_the_own_survey_is_sent() -> None:
    first = survey("first")
    again = survey("first", occasion=REMINDER)
    office = await office_with(first, again)
    await office.deliver(first[1])
    office.clock.advance(4 * DAY)
    await office.deliver(again[1])

    assert [SENT, SENT] == became(office, first, again)


async def test_reminder_of_a_refused_survey_is_not_sent_and_takes_no_turn() -> None:
    first, second, third = survey("first"), survey("second"), survey("third")
    again = survey("second", occasion=REMINDER)
    office = await office_with(first, second, third, again)
    await office.deliver(first[1])
    office.clock.advance(28 * DAY)
    await office.deliver(second[1])
    # The turn of the first one is over.
    office.clock.advance(4 * DAY)
    await office.deliver(again[1])
    await office.deliver(third[1])

    assert [SENT, REFUSED, (State.SUPPRESSED, "not_asked"), SENT] == became(
        office, first, second, again, third
    )


async def test_reminder_of_a_survey_that_another_has_followed_is_not_sent() -> None:
    first, second = survey("first"), survey("second")
    again = survey("first", occasion=REMINDER)
    office = await office_with(first, second, again)
    await office.deliver(first[1])
    office.clock.advance(30 * DAY)
    await office.deliver(second[1], again[1])

    assert [SENT, SENT, (State.SUPPRESSED, "not_asked")] == became(office, first, second, again)


async def test_thirty_days_begin_when_the_survey_leaves_and_not_at_its_first_try() -> None:
    away = MemoryEmail(TransientFailure("unavailable", provider="mail"))
    first, second = survey("first"), survey("second")
    office = await office_with(first, second, channel=away)
    await office.deliver(first[1])
    office.clock.advance(2 * DAY)
    await office.deliver(first[1])
    office.clock.advance(29 * DAY)
    await office.deliver(second[1])

    assert [SENT, REFUSED] == became(office, first, second)


async def test_survey_whose_answer_was_lost_counts_although_its_retry_failed() -> None:
    lost = TransientFailure("timeout", provider="mail", unknown=True)
    first, second = survey("first"), survey("second")
    channel = MemoryEmail(lost, PermanentFailure("refused", provider="mail"))
    office = await office_with(first, second, channel=channel)
    await office.deliver(first[1])
    office.clock.advance(DAY / 24)
    await office.deliver(first[1])
    await office.deliver(second[1])

    assert [(State.FAILED, "refused"), REFUSED] == became(office, first, second)


async def test_survey_that_was_certainly_refused_counts_for_nothing() -> None:
    first, second = survey("first"), survey("second")
    channel = MemoryEmail(PermanentFailure("refused", provider="mail"))
    office = await office_with(first, second, channel=channel)
    await office.deliver(first[1])
    office.clock.advance(DAY / 24)
    await office.deliver(second[1])

    assert [(State.FAILED, "refused"), SENT] == became(office, first, second)


async def test_other_purposes_ask_for_no_turn() -> None:
    office = make_harness()
    planned = message(event_key=stored(event("pqrs.received")).key, event_id="pqrs.received-1")
    await office.holds(planned)
    office.store.faults.always("take_turns", AssertionError("asked"))
    await office.deliver(planned)

    assert [State.SENT] == office.states(planned)
