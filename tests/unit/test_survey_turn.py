"""A person gets one survey in thirty days; any other is refused before it is sent, with its reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from hub.model import Event, Lane, Message, Purpose, State
from tests.unit.delivery_harness import DeliveryHarness, post_office
from tests.unit.factories import agreed, event, message, said_in, stored

DAY: Final = timedelta(days=1)


def survey(name: str, person: str = "p-1", **fields: Any) -> tuple[Event, Message]:
    asked = event("survey.requested", {"survey_id": name, "respondent": {"ref": person}}, id=name)
    about = {"event_key": stored(asked).key, "event_id": name, "event": "survey.requested"}
    given = {"purpose": Purpose.SURVEY, "lane": Lane.BULK, "person": person, **about, **fields}
    return asked, message(**given)


async def office_with(*surveys: tuple[Event, Message]) -> DeliveryHarness:
    office = post_office()
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
    again = survey("first", occasion="reminder:survey_reminder")
    office = await office_with(first, again)
    await office.deliver(first[1])
    office.clock.advance(4 * DAY)
    await office.deliver(again[1])

    assert [SENT, SENT] == became(office, first, again)


async def test_other_purposes_ask_for_no_turn() -> None:
    office = post_office()
    planned = message(event_key=stored(event("pqrs.received")).key, event_id="pqrs.received-1")
    await office.holds(planned)
    office.store.faults.always("take_turns", AssertionError("asked"))
    await office.deliver(planned)

    assert [State.SENT] == office.states(planned)
