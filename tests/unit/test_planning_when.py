from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace as replace_event

from hub.business_time.dates import last_instant
from hub.catalog import BY_NAME
from hub.messages.planning.lifetime import Occasion, lifetime
from hub.messages.planning.plan import plan_audience
from hub.model import Message, Purpose, Reminder, State
from tests.unit.factories import (
    HOUR,
    MONDAY,
    POLICY,
    RULES,
    SECOND,
    authorising,
    email,
    event,
    local,
    person,
    stored,
)
from tests.unit.plans import EVERYTHING, kind, only, plan

DAY = timedelta(days=1)
BY_MAIL = authorising("email")
"""The channels that a person has authorised."""
WORKS = BY_NAME["maintenance.scheduled.announced"]
STARTS = local("2026-03-12 08:00")


def works(now: datetime, **extensions: Any) -> list[Message]:
    works = event("maintenance.scheduled.announced", at=now, **extensions)
    return plan_audience(stored(works), WORKS, 0, [person(email())], rules=RULES, now=now)


def mails(messages: list[Message]) -> list[tuple[str, State, datetime | None]]:
    return [
        (message.occasion, message.state, message.next_at)
        for message in messages
        if message.channel == "email"
    ]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # Works begin on Thursday 12 March, 08:00: T−24 h is Wednesday 08:00, T−2 h Thursday 06:00.
        ("2026-03-09 08:00", ["initial", "reminder:T-24h", "reminder:T-2h"]),
        ("2026-03-11 07:59:59", ["initial", "reminder:T-24h", "reminder:T-2h"]),
        ("2026-03-11 08:00", ["initial", "reminder:T-2h"]),  # a reminder due right now is not planned
        ("2026-03-12 06:00", ["initial"]),
        ("2026-03-13 08:00", ["initial"]),
    ],
)
def test_reminders_that_are_still_to_come_are_planned(now: str, expected: list[str]) -> None:
    assert [occasion for occasion, _, _ in mails(works(local(now)))] == expected


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("maintenance.scheduled.announced", "ends_at"),
        ("maintenance.scheduled.changed", "ends_at"),
        ("contract.renewal.due", "ends_on"),
        ("realestate.contract.expiring", "notice_deadline"),
    ],
)
def test_what_is_over_when_it_is_planned_makes_nothing(name: str, field: str) -> None:
    kind, one = BY_NAME[name], event(name, at=MONDAY)
    over = last_instant(one.data[field])
    before, after = (
        plan_audience(stored(replace_event(one, time=at)), kind, 0, [person(email())], rules=RULES, now=at)
        for at in (over - HOUR, over)
    )

    assert State.QUEUED in {message.state for message in before}
    assert {(State.EXPIRED, "too_old")} == {(message.state, message.reason) for message in after}


def test_a_reminder_waits_for_its_time() -> None:
    assert mails(works(MONDAY)) == [
        ("initial", State.QUEUED, None),
        ("reminder:T-24h", State.HELD, STARTS - 24 * HOUR),
        ("reminder:T-2h", State.HELD, STARTS - 2 * HOUR),
    ]


def test_reminder_expires_when_its_event_happens() -> None:
    expected = {
        "initial": MONDAY + 48 * HOUR,  # service: 48 h from the event
        "reminder:T-24h": STARTS,  # 48 h after T−24 h would be a day too late
        "reminder:T-2h": STARTS,
    }

    assert {work.occasion: work.expires_at for work in works(MONDAY)} == expected


@pytest.mark.parametrize(
    ("due_on", "opens"),
    [
        ("2026-03-12", "2026-03-11 08:00"),
        ("2026-03-16", "2026-03-13 08:00"),  # Monday: the Friday before
        ("2026-04-06", "2026-04-01 08:00"),  # Monday after Holy Week: the Wednesday before
    ],
)
def test_reminder_before_a_date_goes_out_at_the_last_opening(due_on: str, opens: str) -> None:
    dated = kind(("email",), reminders=(Reminder("due_on", DAY),))
    petition = event("pqrs.received", {"due_on": due_on})
    _, reminder = plan(dated, person(email()), trigger=petition)

    assert (reminder.next_at, reminder.occasion) == (local(opens), "reminder:T-24h")
    assert len(plan(dated, person(email()), trigger=petition, now=local(opens))) == 1


def test_reminder_before_a_date_may_be_sent_until_the_end_of_the_date() -> None:
    dated = kind(("email",), reminders=(Reminder("due_on", DAY),), purpose=Purpose.SURVEY)
    petition = event("pqrs.received", {"due_on": "2026-03-12"})
    _, reminder = plan(dated, person(email(), statements=BY_MAIL), trigger=petition)

    # A survey would live for a week.
    assert reminder.expires_at == local("2026-03-13 00:00")


@pytest.mark.parametrize(
    ("until", "ends"),
    [("2026-03-10", "2026-03-11 00:00"), ("2026-03-09T20:00:00-05:00", "2026-03-09 20:00"), (None, None)],
)
def test_messages_end_with_what_they_are_about(until: str | None, ends: str | None) -> None:
    petition = event("pqrs.received", {"until": until, "at": "2026-03-12T08:00:00-05:00"})
    again = (Reminder("at", 70 * HOUR),)
    of = replace(kind(("email",), purpose=Purpose.SURVEY, reminders=again), useful_until="until")

    asked = person(email(), statements=BY_MAIL)
    assert {message.ends_at for message in plan(of, asked, trigger=petition)} == (
        {local(ends)} if ends else {None, local("2026-03-12 08:00")}
    )


def test_legal_message_does_not_end_with_what_it_is_about() -> None:
    petition = event("pqrs.received", {"until": "2026-03-01"})
    of = replace(kind(("email",), purpose=Purpose.LEGAL), useful_until="until")

    message = only(plan(of, person(email()), trigger=petition))
    assert (message.state, message.expires_at) == (State.QUEUED, None)


def test_a_reminder_lives_no_longer_than_its_purpose() -> None:
    late = kind(("email",), reminders=(Reminder("until", 72 * HOUR),), purpose=Purpose.EMERGENCY)
    petition = event("pqrs.received", {"until": (MONDAY + 100 * HOUR).isoformat()})
    _, reminder = plan(late, person(email()), trigger=petition)

    # At 100 − 72 = 28 h, then the two hours of an emergency; the event itself is at 100 h.
    assert (reminder.next_at, reminder.expires_at) == (MONDAY + 28 * HOUR, MONDAY + 30 * HOUR)


def test_reminder_of_an_unreachable_person_does_not_wait() -> None:
    messages = plan_audience(
        stored(event("maintenance.scheduled.announced")),
        replace(WORKS, audiences=(replace(WORKS.audiences[0], channels=(("email",),)),)),
        0,
        [person()],
        rules=RULES,
        now=MONDAY,
    )

    assert {(message.state, message.reason, message.next_at) for message in messages} == {
        (State.SUPPRESSED, "no_contact", None)
    }
    assert len({message.id for message in messages}) == 3


@pytest.mark.parametrize(
    ("purpose", "at", "expected"),
    [
        (Purpose.EMERGENCY, "2026-03-09 08:05", "2026-03-09 10:05"),  # + 2 h
        (Purpose.TRANSACTIONAL, "2026-03-09 08:05", "2026-03-12 08:05"),  # + 72 h
        (Purpose.SERVICE, "2026-03-09 08:05", "2026-03-11 08:05"),  # + 48 h
        (Purpose.INTERNAL, "2026-03-09 08:05", "2026-03-12 08:05"),  # + 72 h
        (Purpose.SURVEY, "2026-03-09 08:05", "2026-03-16 08:05"),  # + 168 h, in the hours of contact
        (Purpose.COLLECTION, "2026-03-14 15:00", "2026-03-19 07:00"),  # Saturday 15:00 → Monday 07:00, + 72 h
        (Purpose.COMMERCIAL, "2026-03-09 19:00", "2026-03-13 07:00"),  # 19:00 is outside → Tuesday 07:00
        (Purpose.COMMERCIAL, "2026-03-21 16:00", "2026-03-27 07:00"),  # Monday 23 is a holiday → Tuesday
        (Purpose.TRANSACTIONAL, "2026-03-14 23:00", "2026-03-17 23:00"),  # any hour
    ],
)
def test_a_message_expires_after_the_term_of_its_purpose(purpose: Purpose, at: str, expected: str) -> None:
    petition = event("pqrs.received", at=local(at))

    assert lifetime(petition, purpose, Occasion(), POLICY).expires_at == local(expected)


def test_a_legal_message_never_expires() -> None:
    answer = event("pqrs.responded", at=MONDAY - 400 * DAY)
    messages = plan(kind(("email",), purpose=Purpose.LEGAL), person(email()), trigger=answer)

    assert [(m.expires_at, m.state) for m in messages] == [(None, State.QUEUED)]


@pytest.mark.parametrize(
    ("purpose", "bound", "expected"),
    [
        (Purpose.TRANSACTIONAL, "2026-03-09 09:00", "2026-03-09 09:00"),  # sooner than 72 h
        (Purpose.TRANSACTIONAL, "2026-03-30 09:00", "2026-03-12 08:05"),  # later: the purpose bounds
    ],
)
def test_the_publishers_expirytime_bounds(purpose: Purpose, bound: str, expected: str) -> None:
    petition = event("pqrs.received", expirytime=local(bound).isoformat())

    assert lifetime(petition, purpose, Occasion(), POLICY).expires_at == local(expected)


def test_publisher_cannot_make_a_legal_message_expire() -> None:
    answer = event("pqrs.responded", expirytime=local("2026-03-09 09:00").isoformat())

    assert lifetime(answer, Purpose.LEGAL, Occasion(), POLICY).expires_at is None


@pytest.mark.parametrize(
    ("late", "state", "reason"),
    [
        (72 * HOUR - SECOND, State.QUEUED, None),
        (72 * HOUR, State.EXPIRED, "too_old"),
        (400 * DAY, State.EXPIRED, "too_old"),
    ],
)
def test_event_older_than_its_expiry_is_only_recorded(
    late: timedelta, state: State, reason: str | None
) -> None:
    message = only(plan(kind(("email",), ("sms",)), person(*EVERYTHING), now=MONDAY + late))

    assert (message.state, message.reason, bool(message.fallback)) == (state, reason, state is State.QUEUED)


def test_the_publishers_expirytime_bounds_reminders_too() -> None:
    messages = works(MONDAY, expirytime=(MONDAY + HOUR).isoformat())

    assert {message.expires_at for message in messages} == {MONDAY + HOUR}
