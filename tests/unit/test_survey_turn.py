"""Surveys take turns, and are reminded of until they are answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from hub.errors import PermanentFailure, TransientFailure
from hub.model import Event, Lane, Message, Purpose, State
from hub.policy.policy import load_tables, policy_of
from hub.testing import MemoryChannel, MemoryEmail
from tests.unit.delivery_harness import DeliveryHarness, make_harness
from tests.unit.factories import DESK, HOUR, MONDAY, agreed, email, event, message, said_in, somebody, stored
from tests.unit.hub_in_memory import MemoryHub, memory_hub

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


def asked(survey: str = "enc-1", *, open_for: timedelta = 14 * DAY, **data: Any) -> Event:
    values = {"survey_id": survey, "expires_at": (MONDAY + open_for).isoformat(), **data}
    return event("survey.requested", {**values, "respondent": {"ref": "p-ana"}}, id=survey)


def answered(survey: str = "enc-1") -> Event:
    return event("survey.answered", {"survey_id": survey, "score": 9}, at=MONDAY + HOUR, id=f"a-{survey}")


@pytest.fixture
async def hub() -> MemoryHub:
    made = memory_hub(MONDAY)
    await made.take_in(somebody("p-ana", email()), agreed("p-ana", "survey"))
    return made


def reminders(hub: MemoryHub, of: Event) -> list[tuple[str, State, object]]:
    return [(m.occasion, m.state, m.next_at) for m in hub.of(of) if m.occasion != "initial"]


async def test_survey_is_reminded_of_once_after_four_days(hub: MemoryHub) -> None:
    survey = asked()
    await hub.take_in(survey)

    assert [("reminder:survey_reminder", State.HELD, MONDAY + 4 * DAY)] == reminders(hub, survey)


async def test_answer_ends_the_reminder_of_its_own_survey_only(hub: MemoryHub) -> None:
    mine, other = asked(), asked("enc-2")
    await hub.take_in(mine, other)
    hub.clock.advance(2 * HOUR)
    await hub.take_in(answered())

    assert [State.CANCELLED] == [state for _, state, _ in reminders(hub, mine)]
    assert [State.HELD] == [state for _, state, _ in reminders(hub, other)]


async def test_answer_that_arrives_before_its_survey_ends_the_reminder(hub: MemoryHub) -> None:
    survey = asked()
    hub.clock.advance(2 * HOUR)
    await hub.take_in(answered())
    await hub.take_in(survey)

    assert [State.CANCELLED] == [state for _, state, _ in reminders(hub, survey)]


async def test_survey_that_is_over_by_then_has_no_reminder(hub: MemoryHub) -> None:
    survey = asked(open_for=4 * DAY)
    await hub.take_in(survey)

    assert [] == reminders(hub, survey)


async def test_survey_without_an_end_is_reminded_of(hub: MemoryHub) -> None:
    survey = asked(expires_at=None)
    await hub.take_in(survey)

    assert 1 == len(reminders(hub, survey))


async def test_survey_that_is_over_is_not_asked_at_all(hub: MemoryHub) -> None:
    survey = asked(open_for=-DAY)
    await hub.take_in(survey)

    assert {(State.EXPIRED, "too_old")} == {(message.state, message.reason) for message in hub.of(survey)}


async def test_policy_may_never_remind(hub: MemoryHub) -> None:
    tables = load_tables()
    never = {**tables["follow_ups"], "survey_reminder": "never"}
    policy = policy_of({**tables, "follow_ups": never})
    hub.context = replace(DESK, rules=replace(DESK.rules, policy=policy))
    survey = asked()
    await hub.take_in(survey)

    assert [] == reminders(hub, survey)


async def test_survey_to_an_address_of_nobody_in_the_directory_is_refused(hub: MemoryHub) -> None:
    eva = {"name": "Eva", "email": "eva@example.com"}
    survey = event("survey.requested", {"survey_id": "enc-3", "respondent": eva}, id="enc-3")
    await hub.take_in(survey)

    assert {(State.SUPPRESSED, "inline_not_allowed")} == {(m.state, m.reason) for m in hub.of(survey)}


async def test_event_for_two_people_is_refused_with_the_field(hub: MemoryHub) -> None:
    two = event("survey.requested", {"respondent": [{"ref": "p-ana"}, {"ref": "p-luis"}]})
    await hub.take_in(two)

    assert ["data.respondent"] == [kept.letter.field for kept in hub.letters]
