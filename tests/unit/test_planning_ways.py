"""Order of the steps of an audience, and audiences with a letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from hub.catalog import BY_NAME
from hub.messages.planning.cascade import next_step
from hub.messages.planning.plan import plan_audience
from hub.messages.planning.reach import LETTER
from hub.model import (
    CORRECTION,
    HUB_SOURCE,
    Cascade,
    ChannelTraits,
    ContactPoint,
    Event,
    Print,
    Purpose,
    Reminder,
    State,
)
from hub.rendering.outcomes_es import REASONS, TO_DO
from tests.unit.factories import MONDAY, RULES, email, event, mobile, person, stored
from tests.unit.plans import EVERYTHING, kind, only, plan, reached

WITH_LETTERS = replace(
    RULES,
    channels={**RULES.channels, LETTER: ChannelTraits(name=LETTER, contact=None, strangers=True)},
)
STEPS = (("email",), ("sms",))


def test_all_uses_the_channels_of_every_step_at_once() -> None:
    messages = plan(kind(*STEPS, ("email", "inbox"), cascade=Cascade.ALL), person(email(), mobile()))

    assert [message.channel for message in messages] == ["email", "sms", "inbox"]
    assert {(message.step, message.fallback) for message in messages} == {(0, ())}


@pytest.mark.parametrize(("points", "expected"), [(EVERYTHING, "email"), ((mobile(),), "sms")])
def test_first_uses_the_first_step_that_reaches_the_person_and_no_other(
    points: tuple[ContactPoint, ...], expected: str
) -> None:
    message = only(plan(kind(*STEPS, cascade=Cascade.FIRST), person(*points)))

    assert (message.channel, message.fallback) == (expected, ())


@pytest.mark.parametrize(
    ("method", "expected"),
    [("sms", [("sms", 0)]), ("paper", [("email", 1)]), (None, [("email", 1)])],
)
def test_channel_used_is_the_only_one_and_paper_does_not_count(
    method: str | None, expected: list[tuple[str, int]]
) -> None:
    granted = event("privacy.consent.granted", {"method": method})
    messages = plan_audience(
        stored(granted), BY_NAME[granted.name], 0, [person(email(), mobile())], rules=RULES, now=MONDAY
    )

    assert [(message.channel, len(message.fallback)) for message in messages] == expected


@pytest.mark.parametrize("digital", [True, False])
@pytest.mark.parametrize("used", [["email"], ["sms", "inbox"], ["print"], ["email", "print"]])
def test_a_correction_goes_at_once_by_each_channel_of_what_it_corrects_and_by_no_other(
    used: list[str], digital: bool
) -> None:
    corrected = event(CORRECTION, {"channels": used}, source=HUB_SOURCE)
    somebody = structs.replace(person(*EVERYTHING), digital_access=digital)
    messages = plan_audience(
        stored(corrected), BY_NAME[CORRECTION], 0, [somebody], rules=WITH_LETTERS, now=MONDAY
    )

    assert used == [message.channel for message in messages]
    assert {()} == {message.fallback for message in messages}


def test_a_letter_is_the_last_step() -> None:
    first = only(plan(kind(*STEPS, print=Print.LETTER), person(email(), mobile()), rules=WITH_LETTERS))
    second = only(next_step(structs.replace(first, state=State.FAILED), now=MONDAY))
    third = only(next_step(structs.replace(second, state=State.BOUNCED), now=MONDAY))

    assert [message.channel for message in (first, second, third)] == ["email", "sms", "print"]
    assert third.fallback == ()


@pytest.mark.parametrize("paper", [Print.LETTER, Print.BOTH])
def test_person_without_digital_access_gets_the_letter_at_once(paper: Print) -> None:
    somebody = structs.replace(person(mobile()), digital_access=False)
    messages = plan(kind(*STEPS, print=paper), somebody, rules=WITH_LETTERS)

    assert [(message.channel, message.step) for message in messages] == [("print", 0)]
    assert [[t.channel for t in step] for step in messages[0].fallback] == [["sms"]]


def test_person_without_contact_points_gets_a_letter() -> None:
    message = only(
        plan(kind(*STEPS, print=Print.LETTER), structs.replace(person(), known=False), rules=WITH_LETTERS)
    )

    assert (message.channel, message.state) == ("print", State.QUEUED)


@pytest.mark.parametrize("paper", [Print.NEVER, Print.BOARD])
def test_an_audience_that_has_no_letters_has_none(paper: Print) -> None:
    messages = plan(kind(*STEPS, print=paper), person(email(), mobile()), rules=WITH_LETTERS)

    assert reached(messages) == [("email", "maria@example.com")]
    assert [[t.channel for t in step] for step in messages[0].fallback] == [["sms"]]


def test_message_with_a_step_left_waits_for_its_receipt_as_its_purpose_says() -> None:
    first = only(plan(kind(*STEPS, purpose=Purpose.TRANSACTIONAL), person(email(), mobile())))
    last = only(next_step(structs.replace(first, state=State.SENT), now=MONDAY))

    assert (first.patience, last.patience) == (timedelta(minutes=30), None)


def test_a_message_keeps_the_name_of_its_text() -> None:
    message = only(plan(kind(*STEPS, template="staff"), person(email(), mobile())))

    assert (message.variant, only(next_step(message, now=MONDAY)).variant) == ("staff", "staff")


STARTS = "starts_at"
ANNOUNCED = kind(
    ("email",),
    purpose=Purpose.SERVICE,
    print=Print.LETTER,
    reminders=(Reminder(STARTS, before=timedelta(hours=24)),),
)


def announced(*, ahead: timedelta, **fields: Any) -> Event:
    return event("pqrs.received", {STARTS: (MONDAY + ahead).isoformat()}, **fields)


@pytest.mark.parametrize(("hours", "letter"), [(23, False), (25, True)])
def test_no_letter_is_the_last_step_of_what_begins_within_its_lead(hours: int, letter: bool) -> None:
    trigger = announced(ahead=timedelta(hours=hours))
    first = plan(ANNOUNCED, person(email()), trigger=trigger, rules=WITH_LETTERS)[0]

    assert letter is bool(first.fallback)
    assert letter is ("print:late_letter" not in first.skipped)


@pytest.mark.parametrize(("hours", "letter"), [(23, False), (25, True)])
def test_no_letter_is_the_last_step_of_what_is_over_within_its_lead(hours: int, letter: bool) -> None:
    offer = replace(ANNOUNCED, reminders=(), useful_until=STARTS)
    trigger = announced(ahead=timedelta(hours=hours))
    first = only(plan(offer, person(email()), trigger=trigger, rules=WITH_LETTERS))

    assert letter is bool(first.fallback)


def test_row_of_a_person_whom_only_a_late_letter_would_reach_says_so() -> None:
    trigger = announced(ahead=timedelta(hours=23))
    without = structs.replace(person(), digital_access=False)
    message = only(plan(ANNOUNCED, without, trigger=trigger, rules=WITH_LETTERS))

    assert (State.SUPPRESSED, "late_letter") == (message.state, message.reason)
    assert "late_letter" in REASONS
    assert "viva voz" in TO_DO["late_letter"].words


def test_reminder_that_is_due_within_the_lead_of_a_letter_has_none() -> None:
    trigger = announced(ahead=timedelta(days=5))
    first, reminder = plan(ANNOUNCED, person(email()), trigger=trigger, rules=WITH_LETTERS)

    assert (True, False) == (bool(first.fallback), bool(reminder.fallback))


def test_legal_notice_is_printed_however_late() -> None:
    audience = replace(ANNOUNCED.audiences[0], purpose=Purpose.LEGAL)
    trigger = announced(ahead=timedelta(hours=1))
    legal = replace(ANNOUNCED, audiences=(audience,))

    assert only(plan(legal, person(email()), trigger=trigger, rules=WITH_LETTERS)).fallback


def test_lead_of_a_letter_is_a_number_of_the_policy() -> None:
    trigger = announced(ahead=timedelta(hours=25))
    policy = structs.replace(
        RULES.policy, letters=structs.replace(RULES.policy.letters, lead=timedelta(hours=48))
    )
    rules = replace(WITH_LETTERS, policy=policy)

    assert not plan(ANNOUNCED, person(email()), trigger=trigger, rules=rules)[0].fallback
