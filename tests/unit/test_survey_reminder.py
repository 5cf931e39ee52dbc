"""A survey is reminded of once, unless it is answered, or over by then, or the policy says never."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from hub.model import Event, State
from hub.policy.policy import load_tables, policy_of
from tests.unit.factories import DESK, HOUR, MONDAY, agreed, email, event, somebody
from tests.unit.hub_in_memory import MemoryHub, memory_hub

DAY: Final = timedelta(days=1)


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
