"""Reminders of missing information, on business days, before silence is taken as withdrawal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pytest

from hub.model import Event, Purpose, State
from tests.unit.factories import HOUR, MONDAY, POLICY, event, local
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.test_templates import TEMPLATES, context, examples

ROSA: Final = {"name": "Rosa Díaz", "email": "rosa@example.com", "phone": "3001234567"}
NAME: Final = "pqrs.info_requested"
ASKED: Final = event(NAME, {"petitioner": ROSA, "answer_by": "2026-04-06T17:00:00-05:00"})
"""A Monday; Thursday and Friday before it are holidays."""
CASE: Final = {"pqrs_id": ASKED.data["pqrs_id"], "petitioner": ROSA}


@pytest.fixture
def hub() -> MemoryHub:
    made = memory_hub(MONDAY)
    made.clock.advance(2 * HOUR)
    return made


def reminders(hub: MemoryHub, of: Event = ASKED) -> set[tuple[State, str | None]]:
    return {(one.state, one.reason) for one in hub.of(of) if one.occasion != "initial"}


@pytest.mark.parametrize(
    ("answer_by", "days", "expected"),
    [
        ("2026-04-06 17:00", 1, "2026-04-01 08:00"),  # Thursday and Friday are holidays
        ("2026-04-06 17:00", 3, "2026-03-30 08:00"),
        ("2026-03-14 00:00", 1, "2026-03-12 08:00"),  # 24:00 of Friday
        ("2026-03-15 10:00", 1, "2026-03-13 08:00"),  # a Sunday
        ("2026-03-24 08:00", 1, "2026-03-20 08:00"),  # Monday is a holiday
    ],
)
def test_business_days_before_an_instant_leave_out_weekends_and_holidays(
    answer_by: str, days: int, expected: str
) -> None:
    assert local(expected) == POLICY.calendar.opening_before(local(answer_by), days)


async def test_petitioner_is_reminded_three_days_and_one_day_before(hub: MemoryHub) -> None:
    await hub.take_in(ASKED)
    found = {
        (one.occasion, one.purpose, one.channel, one.next_at, one.expires_at)
        for one in hub.of(ASKED)
        if one.occasion != "initial"
    }
    end = local("2026-04-06 17:00")

    assert {
        (occasion, Purpose.TRANSACTIONAL, channel, at, min(end, at + 72 * HOUR))
        for occasion, at in (
            ("reminder:T-3d", local("2026-03-30 08:00")),
            ("reminder:T-1d", local("2026-04-01 08:00")),
        )
        for channel in ("email", "sms")
    } == found


async def test_what_the_law_requires_is_sent_once(hub: MemoryHub) -> None:
    await hub.take_in(ASKED)

    assert {("initial", Purpose.LEGAL)} == {
        (one.occasion, one.purpose) for one in hub.of(ASKED) if one.state is State.QUEUED
    }


async def test_time_that_is_too_short_has_no_reminder(hub: MemoryHub) -> None:
    short = event(NAME, {"petitioner": ROSA, "answer_by": "2026-03-10T17:00:00-05:00"}, id="short")
    hub.clock.at = local("2026-03-09 10:05")
    await hub.take_in(short)

    assert {"initial"} == {one.occasion for one in hub.of(short)}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["in order", "late"])
@pytest.mark.parametrize(
    "ending",
    [
        "pqrs.info_received",
        "pqrs.withdrawn",
        "pqrs.closed",
        "pqrs.responded",
        "pqrs.transferred",
        "pqrs.info_requested",
    ],
)
async def test_whoever_has_answered_is_not_reminded(
    hub: MemoryHub, ending: str, order: Sequence[int]
) -> None:
    both = (ASKED, event(ending, CASE, at=MONDAY + HOUR, id="ending"))
    for turn in order:
        await hub.take_in(both[turn])

    assert {(State.CANCELLED, "ended")} == reminders(hub)


async def test_other_steps_of_the_case_do_not_end_the_reminder(hub: MemoryHub) -> None:
    await hub.take_in(ASKED, event("pqrs.term_extended", CASE, at=MONDAY + HOUR))

    assert {(State.HELD, "scheduled")} == reminders(hub)


def test_reminder_says_until_when_and_what_silence_means() -> None:
    data = examples(NAME)[0]
    given = context(NAME, data, occasion="reminder:T-1d")
    mail = TEMPLATES.render(NAME, "email", given, variant="reminder")
    sms = TEMPLATES.render(NAME, "sms", given, variant="reminder")

    assert "lunes 13 de abril de 2026 a las 5:00" in mail.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "ya no quiere seguir con su petición" in mail.text
    assert all(item in mail.text for item in data["items"])
    assert "desiste" in sms.text
    assert len(sms.text) <= 160


@pytest.mark.parametrize("answer_first", [False, True])
async def test_request_whose_answer_is_in_its_batch_makes_nothing(
    hub: MemoryHub, *, answer_first: bool
) -> None:
    answer = event("pqrs.info_received", CASE, at=ASKED.time + HOUR)
    await hub.take_in(*((answer, ASKED) if answer_first else (ASKED, answer)))

    assert {(State.CANCELLED, "ended")} == {(one.state, one.reason) for one in hub.of(ASKED)}
    assert State.QUEUED in {one.state for one in hub.of(answer)}
