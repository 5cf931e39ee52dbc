"""Two policies over one history: the results of each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.catalog import BY_NAME, CATALOG
from hub.model import HUB_SOURCE, Event, EventType, Json, Period, Purpose
from hub.operations.simulate.comparison import Change, Comparison
from hub.operations.simulate.sides import Counts, PromiseOutcome
from hub.policy import Policy, load_policy
from hub.storage.history import Contact
from tests.unit.factories import HOUR, MINUTE, MONDAY, POLICY, event, local

CASE = "pqrs_id:PQ-1"
WEEK = Period(since=local("2026-03-09 00:00"), until=local("2026-03-16 08:05"))
LONG = Period(since=local("2026-03-01 00:00"), until=local("2026-06-01 00:00"))
TUESDAY_NOON = local("2026-03-10 12:00")
STRICT = """
[clocks.first_reply]
target = "8h"
ladder = ["8h", "8h", "8h", "8h"]
"""
SATURDAYS = """
[calendar]
week = { sat = [["08:00", "13:00"]] }
"""
SHORT_LADDER = """
[clocks.first_reply]
ladder = ["24h", "4h"]
"""
AROUND_THE_CLOCK = """
[calendar]
mode = "business_day_clock"
"""
LATE_SHIFT = """
[calendar]
week = { mon = [["08:00", "17:00"], ["21:30", "23:30"]] }
"""
ANOTHER_LADDER = """
[clocks.emergency_ack]
ladder = ["5m", "5m"]
"""
EARLY_COLLECTION = """
[windows.ley_2300]
week = { tue = [["06:00", "19:00"]] }
"""


@pytest.fixture
def policy(request: pytest.FixtureRequest, tmp_path: Path) -> Policy:
    """The policy of the test's parameter, overriding the built-in one like a file."""
    file = tmp_path / "new.toml"
    file.write_text(request.param, encoding="utf-8")
    return load_policy(file)


def compared(
    after: Policy,
    *histories: Iterable[Event],
    before: Policy = POLICY,
    period: Period = WEEK,
    contacts: Iterable[Contact] = (),
    listed: int = 20,
) -> Comparison:
    comparison = Comparison(before, after, period=period, catalog=BY_NAME, listed=listed)
    for number, events in enumerate(histories, start=1):
        comparison.add_case(f"pqrs_id:PQ-{number}", events)
    comparison.add_contacts(list(contacts))
    return comparison


def counts(comparison: Comparison, name: str = "first_reply") -> tuple[Counts, Counts]:
    return comparison.before.promises[name], comparison.after.promises[name]


def received(at: datetime = MONDAY, **data: Json) -> Event:
    return event("pqrs.received", data, at=at, id="received")


def replied(at: datetime) -> Event:
    return event("pqrs.replied", at=at, id="replied")


@pytest.mark.parametrize("policy", [STRICT], indirect=True)
def test_a_shorter_target_breaks_what_was_kept(policy: Policy) -> None:
    comparison = compared(policy, [received(), replied(TUESDAY_NOON)])
    before, after = counts(comparison)

    assert Counts(kept=1) == before
    # Due on Monday at 16:05, at risk at 14:29; level 3 only on Tuesday at 15:05, after the reply.
    assert (0, 1, 1, {2: 1}, 0) == (after.kept, after.broken, after.warned, after.escalations, after.reminded)
    assert (1.0, 0.0) == (before.share_kept, after.share_kept)
    assert [
        Change(
            case=CASE,
            name="first_reply",
            before=PromiseOutcome.KEPT,
            after=PromiseOutcome.BROKEN,
            due_before=local("2026-03-11 14:05"),
            due_after=local("2026-03-09 16:05"),
        )
    ] == comparison.changes
    assert (1, 2, 1, 1) == (comparison.cases, comparison.clocks, comparison.moved, comparison.changed)


@pytest.mark.parametrize("policy", [SATURDAYS], indirect=True)
def test_an_open_saturday_lets_a_promise_fall_due_earlier(policy: Policy) -> None:
    friday = [received(local("2026-03-13 10:00")), replied(local("2026-03-17 12:00"))]
    comparison = compared(policy, friday, period=LONG)
    before, after = counts(comparison)

    # 7 h on Friday, 9 on Monday, 8 on Tuesday; with the 5 of Saturday 3 on Tuesday are enough.
    [change] = comparison.changes
    assert (local("2026-03-17 16:00"), local("2026-03-17 11:00")) == (change.due_before, change.due_after)
    assert Counts(kept=1, warned=1) == before
    assert (0, 1, 1, {2: 1}) == (after.kept, after.broken, after.warned, after.escalations)
    # The company's Saturday is no business day of the law.
    assert 1 == comparison.moved


@pytest.mark.parametrize("policy", [SHORT_LADDER], indirect=True)
def test_another_ladder_takes_other_steps_and_breaks_nothing_else(policy: Policy) -> None:
    comparison = compared(policy, [received()])
    before, after = counts(comparison)

    # Wednesday 14:05, Thursday 13:05, Friday 12:05; the reminder would come on Monday at 11:05.
    assert (1, {2: 1, 3: 1, 4: 1}, 0) == (before.broken, before.escalations, before.reminded)
    assert (1, {2: 1, 3: 1}, 0) == (after.broken, after.escalations, after.reminded)
    assert ([], 0, 0, False) == (
        comparison.changes,
        comparison.moved,
        comparison.changed,
        comparison.same,
    )


@pytest.mark.parametrize("policy", [AROUND_THE_CLOCK], indirect=True)
def test_round_the_clock_hours_reach_people_at_night_but_not_staff(policy: Policy) -> None:
    night = [received(local("2026-03-09 22:30")), replied(local("2026-03-12 12:00"))]
    comparison = compared(policy, night)
    before, after = counts(comparison)

    # Tuesday 22:30 and Wednesday 6:30: the petitioner gets a mail, the levels wait for the morning.
    # The reminder of Wednesday 22:30 is for level 4 alone.
    assert ({2: 1, 3: 1, 4: 1}, 1) == (after.escalations, after.reminded)
    assert ({}, {Purpose.TRANSACTIONAL: 2}) == (comparison.before.night, comparison.after.night)
    assert (0, 2) == (before.night, after.night)


def contact(at: str, **fields: object) -> Contact:
    values = {"channel": "email", "purpose": Purpose.INTERNAL, "rests": True, "created_at": local(at)}
    return Contact(**{**values, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize("policy", [LATE_SHIFT], indirect=True)
@pytest.mark.parametrize(
    ("stored", "nights"),
    [
        (contact("2026-03-09 22:00"), (0, 1)),  # held until Tuesday 8:00; the late shift is at work
        (contact("2026-03-09 22:00", channel="inbox"), (0, 0)),
        (contact("2026-03-09 22:00", rests=False), (1, 1)),
        (contact("2026-03-10 22:00"), (0, 0)),  # no late shift on Tuesday
        (contact("2026-03-08 23:00", rests=False), (0, 0)),  # before the period
        (contact("2026-03-09 20:59", rests=False, purpose=Purpose.SERVICE), (0, 0)),
        (contact("2026-03-09 21:00", rests=False, purpose=Purpose.SERVICE), (1, 1)),
        (contact("2026-03-10 06:59", rests=False, purpose=Purpose.SERVICE), (1, 1)),
        (contact("2026-03-10 07:00", rests=False, purpose=Purpose.SERVICE), (0, 0)),
    ],
)
def test_a_stored_message_disturbs_when_the_policy_lets_it_go(
    policy: Policy, stored: Contact, nights: tuple[int, int]
) -> None:
    comparison = compared(policy, contacts=[stored])

    assert nights == (comparison.before.night.total(), comparison.after.night.total())
    assert 1 == comparison.messages


@pytest.mark.parametrize("policy", [EARLY_COLLECTION], indirect=True)
def test_hours_of_contact_that_begin_at_night_are_seen(policy: Policy) -> None:
    early = contact("2026-03-10 05:00", purpose=Purpose.COLLECTION, rests=False)
    comparison = compared(policy, contacts=[early])

    assert ({}, {Purpose.COLLECTION: 1}) == (comparison.before.night, comparison.after.night)


def test_a_reminder_goes_at_its_own_instant() -> None:
    works = event("maintenance.scheduled.announced", {"starts_at": "2026-03-12T22:30:00-05:00"})
    reminder = contact(
        "2026-03-09 10:00",
        purpose=Purpose.SERVICE,
        rests=False,
        occasion="reminder:T-24h",
        reminds_of=works,
    )
    comparison = compared(POLICY, contacts=[reminder])

    assert {Purpose.SERVICE: 1} == comparison.before.night


@pytest.mark.parametrize(
    ("answered", "outcome", "escalations"),
    [
        (local("2026-03-11 14:05"), PromiseOutcome.KEPT, {}),
        (local("2026-03-11 14:06"), PromiseOutcome.BROKEN, {2: 1}),
    ],
)
def test_answer_at_the_due_instant_notifies_no_level(
    answered: datetime, outcome: PromiseOutcome, escalations: dict[int, int]
) -> None:
    side = compared(POLICY, [received(), replied(answered)]).before

    assert (int(outcome is PromiseOutcome.KEPT), escalations) == (
        side.promises["first_reply"].kept,
        side.promises["first_reply"].escalations,
    )


@pytest.mark.parametrize("policy", [ANOTHER_LADDER], indirect=True)
def test_an_emergency_with_fewer_levels_calls_less_at_night(policy: Policy) -> None:
    declared = event("emergency.declared", at=local("2026-03-10 02:00"))
    before, after = counts(compared(policy, [declared]), "emergency_ack")

    # Each step by voice, text, push and mail; the breach by mail.
    assert (1, {2: 1, 3: 1, 4: 1}, 3 * 4 + 1) == (before.broken, before.escalations, before.night)
    assert (1, {2: 1, 3: 1}, 2 * 4 + 1) == (after.broken, after.escalations, after.night)


def test_clock_ended_before_the_period_is_not_counted() -> None:
    later = Period(since=local("2026-03-12 00:00"), until=local("2026-03-20 00:00"))
    comparison = compared(load_policy(), [received(), replied(TUESDAY_NOON)], period=later)

    assert "first_reply" not in comparison.before.promises
    assert (1, 1) == (comparison.cases, comparison.clocks)


@pytest.mark.parametrize("policy", [STRICT], indirect=True)
def test_breach_before_the_period_is_not_counted(policy: Policy) -> None:
    later = Period(since=local("2026-03-10 00:00"), until=local("2026-03-16 08:05"))
    comparison = compared(policy, [received(), replied(TUESDAY_NOON)], period=later)
    before, after = counts(comparison)

    assert (Counts(kept=1), Counts()) == (before, after)
    assert [(PromiseOutcome.KEPT, PromiseOutcome.EARLIER)] == [
        (change.before, change.after) for change in comparison.changes
    ]


def test_events_after_the_period_are_ignored() -> None:
    until = Period(since=WEEK.since, until=TUESDAY_NOON)
    comparison = compared(POLICY, [received(), replied(TUESDAY_NOON)], period=until)

    assert Counts() == comparison.before.promises["first_reply"]


@pytest.mark.parametrize("policy", [STRICT], indirect=True)
def test_a_promise_that_only_falls_due_earlier_is_a_difference(policy: Policy) -> None:
    comparison = compared(policy, [received(), replied(MONDAY + HOUR)])

    assert (False, 1, 0) == (comparison.same, comparison.moved, comparison.changed)
    assert comparison.before.promises == comparison.after.promises


@pytest.mark.parametrize("policy", [STRICT], indirect=True)
def test_paused_clock_is_not_breached(policy: Policy) -> None:
    asked = event("pqrs.info_requested", at=MONDAY + HOUR, id="asked")
    comparison = compared(policy, [received(kind="queja"), asked], period=LONG)

    assert Counts() == comparison.before.promises["legal_term"]


@pytest.mark.parametrize("policy", [STRICT], indirect=True)
def test_listed_cases_are_limited_and_all_are_counted(policy: Policy) -> None:
    histories = [[received(), replied(TUESDAY_NOON)]] * 3
    comparison = compared(policy, *histories, listed=2)

    assert (["pqrs_id:PQ-1", "pqrs_id:PQ-2"], 3) == (
        [change.case for change in comparison.changes],
        comparison.changed,
    )


def _own(kind: EventType) -> str:
    return HUB_SOURCE if kind.hub_emitted else "urn:crm"


MOVING = [kind for kind in CATALOG if kind.clocks]
HISTORY = st.lists(
    st.builds(
        lambda kind, minutes, number: event(
            kind.name, at=MONDAY + minutes * MINUTE, id=f"e-{number}", source=_own(kind)
        ),
        st.sampled_from(MOVING),
        st.integers(0, 60 * 24 * 60),
        st.integers(0, 9),
    ),
    max_size=9,
    unique_by=lambda event: event.id,
)
CONTACT = st.builds(
    lambda minutes, purpose, channel, rests: Contact(
        channel=channel, purpose=purpose, rests=rests, created_at=MONDAY + minutes * MINUTE
    ),
    st.integers(0, 60 * 24 * 60),
    st.sampled_from(Purpose),
    st.sampled_from(["email", "sms", "inbox"]),
    st.booleans(),
)


@settings(deadline=None)  # calendars are slow to ask, and the machine has other work
@given(histories=st.lists(HISTORY, max_size=3), contacts=st.lists(CONTACT, max_size=4))
def test_the_same_policy_gives_no_difference(histories: list[list[Event]], contacts: list[Contact]) -> None:
    same = load_policy()
    comparison = compared(same, *histories, before=same, period=LONG, contacts=contacts)

    assert comparison.same
    assert comparison.before.total == comparison.after.total
    assert [] == comparison.changes


@settings(deadline=None)  # calendars are slow to ask, and the machine has other work
@given(histories=st.lists(HISTORY, max_size=3), contacts=st.lists(CONTACT, max_size=4))
def test_both_sides_are_independent(
    histories: list[list[Event]], contacts: list[Contact], tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("policy") / "new.toml"
    file.write_text(STRICT + SATURDAYS + EARLY_COLLECTION, encoding="utf-8")
    other = load_policy(file)
    there = compared(other, *histories, period=LONG, contacts=contacts)
    back = compared(POLICY, *histories, before=other, period=LONG, contacts=contacts)

    assert (there.before.promises, there.after.promises) == (back.after.promises, back.before.promises)
    assert (there.before.night, there.after.night) == (back.after.night, back.before.night)
    assert (there.moved, there.changed) == (back.moved, back.changed)
