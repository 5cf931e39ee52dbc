"""Forecast at planning by the verdict of sending: a refused message is not planned, and has the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from hub.contact_rules.consents import CHANNELS, counting, why_opted_out
from hub.contact_rules.purposes import NEED_CONSENT
from hub.contact_rules.verdict import Refused, verdict
from hub.model import (
    DO_NOT_CONTACT,
    NOT_WANTED,
    Consent,
    ContactFacts,
    Mark,
    MarkReason,
    Message,
    Person,
    Preferences,
    Print,
    Purpose,
    QuietHours,
    Reminder,
    State,
)
from tests.unit.factories import HOUR, MONDAY, POLICY, authorising, email, event, local, mobile, person
from tests.unit.plans import EVERYTHING, kind, only, plan, reached

COMMERCIAL: Final = Purpose.COMMERCIAL
DAY: Final = timedelta(days=1)
MAIL: Final = email().value
BOTH: Final = (("email", "push"), ("sms",))
OFFERED: Final = ("email", "sms", "push", "inbox")
ALWAYS_QUIET: Final = QuietHours(since="07:00", until="23:00")
"""More than there is of the day for advertising."""


def targets(messages: list[Message]) -> list[tuple[str, str]]:
    """Return all planned channels and addresses, of the first step and of the later ones."""
    live = [message for message in messages if message.state is not State.SUPPRESSED]
    later = [(target.channel, target.address) for one in live for step in one.fallback for target in step]
    return [*reached(live), *later]


def outcome(message: Message) -> tuple[State, str | None, tuple[str, ...]]:
    return message.state, message.reason, message.skipped


def test_who_wants_no_advertising_any_more_gets_none_and_the_reason_is_kept() -> None:
    asked = person(*EVERYTHING, statements=authorising(), opted_out=(("", "complaint"),))
    message = only(plan(kind(*BOTH, purpose=COMMERCIAL), asked))

    every = ("email:complaint", "push:complaint", "sms:complaint")
    assert (State.SUPPRESSED, "complaint", every) == outcome(message)


def test_an_address_that_wants_no_advertising_is_passed_over() -> None:
    asked = person(email(), mobile(), statements=authorising(), opted_out=((MAIL, "opted_out"),))
    message = only(plan(kind(("email",), ("sms",), purpose=COMMERCIAL), asked))

    assert ("sms", State.QUEUED, ("email:opted_out",)) == (message.channel, message.state, message.skipped)


def test_each_channel_says_its_own_reason_and_the_row_that_of_its_channel() -> None:
    wished = Preferences(channels={Purpose.SURVEY: ("email",)})
    asked = person(email(), mobile(), statements=authorising("sms"), preferences=wished)
    message = only(plan(kind(("email",), ("sms",), purpose=Purpose.SURVEY), asked))

    reasons = ("email:not_consented", "sms:not_wanted")
    assert (State.SUPPRESSED, "not_consented", reasons) == outcome(message)


def test_collection_says_which_channels_the_person_has_not_authorised() -> None:
    of = kind(("email",), ("push",), ("sms",), purpose=Purpose.COLLECTION, one_authorised=True)
    message = only(plan(of, person(*EVERYTHING, statements=authorising("sms"))))

    assert ("sms", ("email:not_consented", "push:not_consented")) == (message.channel, message.skipped)


def test_no_letter_goes_to_who_has_not_authorised_letters() -> None:
    of = kind(("email",), purpose=COMMERCIAL, print=Print.LETTER)
    planned = plan(of, person(email(), statements=authorising("email")))

    assert [("email", MAIL)] == targets(planned)
    assert ("print:not_consented",) == planned[0].skipped


@pytest.mark.parametrize("purpose", Purpose)
def test_nothing_is_planned_for_the_deceased_by_any_way(purpose: Purpose) -> None:
    dead = Mark(reason=MarkReason.DECEASED, since=MONDAY - DAY)
    of = kind(*BOTH, purpose=purpose, print=Print.LETTER)
    for digital in (True, False):
        message = only(
            plan(of, person(*EVERYTHING, mark=dead, statements=authorising(), digital_access=digital))
        )
        assert (State.SUPPRESSED, DO_NOT_CONTACT) == (message.state, message.reason)


def test_a_reminder_is_judged_for_the_instant_at_which_it_leaves() -> None:
    contested = Mark(reason=MarkReason.CONTESTED_ACCOUNT, since=MONDAY - DAY, until=MONDAY + HOUR)
    of = kind(("email",), reminders=(Reminder("until", HOUR),))
    petition = event("pqrs.received", {"until": (MONDAY + 5 * HOUR).isoformat()})
    now, later = plan(of, person(email(), mark=contested), trigger=petition)

    assert (State.SUPPRESSED, DO_NOT_CONTACT) == (now.state, now.reason)
    assert (State.HELD, "scheduled") == (later.state, later.reason)


def test_what_the_rules_only_hold_is_planned_as_ever() -> None:
    """At night nothing of this leaves: the claim holds it until the window opens."""
    night = local("2026-03-09 23:30")
    asked = person(email(), statements=authorising("email", at=night - DAY))
    message = only(plan(kind(("email",), purpose=COMMERCIAL), asked, now=night))

    assert (State.QUEUED, None, ()) == outcome(message)


def test_who_leaves_no_hour_for_advertising_gets_none() -> None:
    asked = person(email(), statements=authorising(), preferences=Preferences(quiet_hours=ALWAYS_QUIET))
    message = only(plan(kind(("email",), purpose=COMMERCIAL), asked))

    assert (State.SUPPRESSED, NOT_WANTED, ("email:not_wanted",)) == outcome(message)


@st.composite
def ledgers(draw: st.DrawFn) -> tuple[Consent, ...]:
    """Grants and refusals around an instant, some of which nobody can prove."""
    said: list[Consent] = []
    for hours in draw(st.lists(st.integers(-4, 4), max_size=4, unique=True)):
        named = draw(st.sets(st.sampled_from(CHANNELS), max_size=3))
        how = draw(st.sampled_from(("web", None)))
        [one] = authorising(*sorted(named), at=MONDAY + hours * HOUR, method=how)
        said.append(replace(one, granted=draw(st.booleans())))
    return tuple(said)


WISHES: Final = st.builds(
    Preferences,
    channels=st.dictionaries(
        st.sampled_from(
            (Purpose.SERVICE, Purpose.SURVEY, COMMERCIAL, Purpose.COLLECTION, Purpose.TRANSACTIONAL)
        ),
        st.lists(st.sampled_from(CHANNELS), max_size=3, unique=True).map(tuple),
        max_size=3,
    ),
    quiet_hours=st.none() | st.sampled_from((QuietHours(since="20:00", until="07:00"), ALWAYS_QUIET)),
)
MARKS: Final = st.builds(
    Mark,
    reason=st.sampled_from(MarkReason),
    since=st.sampled_from((MONDAY - DAY, MONDAY + HOUR)),
    until=st.none() | st.just(MONDAY + 2 * HOUR),
)
NOES: Final = st.lists(
    st.tuples(st.sampled_from(("", MAIL, mobile().value)), st.sampled_from(("opted_out", "complaint"))),
    max_size=2,
).map(tuple)
PEOPLE: Final = st.builds(
    lambda statements, opted_out, preferences, mark, digital: person(
        *EVERYTHING,
        statements=statements,
        opted_out=opted_out,
        preferences=preferences,
        mark=mark,
        digital_access=digital,
    ),
    ledgers(),
    NOES,
    st.none() | WISHES,
    st.none() | MARKS,
    st.booleans(),
)
INSTANTS: Final = st.sampled_from([MONDAY + hours * HOUR for hours in (-12, -3, 0, 1, 2, 9, 24 * 6)])


def claimed(known: Person, purpose: Purpose, address: str, at: datetime) -> ContactFacts:
    """Return what a claim returns of this person, of all that has been said."""
    asked = purpose in NEED_CONSENT
    return ContactFacts(
        statements=counting(known.statements, at=at) if asked else (),
        opted_out=why_opted_out(known, [address]) if asked else None,
        preferences=known.preferences,
        mark=known.mark,
    )


@given(
    known=PEOPLE,
    purpose=st.sampled_from(Purpose),
    steps=st.lists(st.lists(st.sampled_from(OFFERED), min_size=1, max_size=3), min_size=1, max_size=3),
    at=INSTANTS,
    one=st.booleans(),
    printed=st.sampled_from(Print),
)
def test_no_plan_breaks_a_rule(
    known: Person, purpose: Purpose, steps: list[list[str]], at: datetime, one: bool, printed: Print
) -> None:
    """A claim at the same instant would let each planned message leave, now or later that day."""
    one = one and purpose is Purpose.COLLECTION
    of = kind(*map(tuple, steps), purpose=purpose, one_authorised=one, print=printed)
    planned = plan(of, known, now=at, trigger=event("pqrs.received", at=at))

    for channel, address in targets(planned):
        judged = verdict(purpose, channel, claimed(known, purpose, address, at), at=at, policy=POLICY)
        assert not isinstance(judged, Refused), (channel, judged)
    assert planned, "whoever gets nothing has a row that says why"
    for message in planned:
        assert (message.state is State.SUPPRESSED) == (message.reason is not None)


@given(known=PEOPLE, purpose=st.sampled_from(Purpose), channel=st.sampled_from(CHANNELS), at=INSTANTS)
def test_hours_alone_refuse_nothing(known: Person, purpose: Purpose, channel: str, at: datetime) -> None:
    """Most people are not judged at planning: that must lose no refusal."""
    for rests in (False, True):
        facts = structs.replace(claimed(known, purpose, "", at), rests=rests, mark=None, preferences=None)
        refused = isinstance(verdict(purpose, channel, facts, at=at, policy=POLICY), Refused)

        assert not refused or purpose in NEED_CONSENT
