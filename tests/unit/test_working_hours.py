"""A person's own working hours: which are valid, and the exact second of notification."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import pytest
from msgspec.structs import replace

from hub.contact_rules import next_allowed
from hub.contact_rules.working_hours import DAYS, fault, weeks_of
from hub.errors import InvalidEvent
from hub.messages.delivery.decisions import blocking_outcome
from hub.messages.planning.cascade import next_step
from hub.model import HUB_SOURCE, Claimed, ContactFacts, Json, Purpose, State, WorkWeek
from tests.unit.factories import (
    HOUR,
    MONDAY,
    POLICY,
    SCHEMAS,
    claim_of,
    email,
    event,
    local,
    member,
    message,
    mobile,
    person,
    somebody,
    upserted,
)
from tests.unit.hub_in_memory import memory_hub
from tests.unit.plans import kind, only, plan

Hours = dict[str, Json]
EARLY: Final[Hours] = {day: [["06:00", "14:00"]] for day in DAYS[:5]}
NIGHTS: Final[Hours] = {day: [["00:00", "06:00"], ["22:00", "24:00"]] for day in DAYS}
SUNDAYS: Final[Hours] = {"sun": [["06:00", "18:00"]]}
WORK: Final = kind(("email",), ("sms",), purpose=Purpose.INTERNAL)


def next_time(at: str, *own_hours: Hours | None) -> datetime:
    return next_allowed(Purpose.INTERNAL, local(at), policy=POLICY, rests=True, weeks=weeks_of(own_hours))


@pytest.mark.parametrize(
    ("own_hours", "at", "expected"),
    [
        ([EARLY], "2026-03-09 15:00", "2026-03-10 06:00"),
        ([EARLY], "2026-03-09 05:59:59", "2026-03-09 06:00"),
        ([EARLY], "2026-03-09 13:59:59", "2026-03-09 13:59:59"),
        ([EARLY], "2026-03-09 14:00", "2026-03-10 06:00"),  # 14:00:00 is outside
        ([EARLY], "2026-03-20 14:00", "2026-03-24 06:00"),  # over a weekend with its Monday holiday
        ([NIGHTS], "2026-03-09 23:00", "2026-03-09 23:00"),
        ([NIGHTS], "2026-03-10 00:30", "2026-03-10 00:30"),  # midnight does not part one night
        ([NIGHTS], "2026-03-10 06:00", "2026-03-10 22:00"),
        ([NIGHTS], "2026-03-22 23:30", "2026-03-22 23:30"),
        ([NIGHTS], "2026-03-23 00:00", "2026-03-24 00:00"),  # the holiday begins at midnight
        ([{**NIGHTS, "holidays": True}], "2026-03-23 00:00", "2026-03-23 00:00"),
        ([SUNDAYS], "2026-03-09 08:00", "2026-03-15 06:00"),  # no hour of the company's
        ([SUNDAYS], "2026-03-15 10:00", "2026-03-15 10:00"),  # a Sunday is no holiday
        ([{"thu": [["06:00", "18:00"]]}], "2026-04-02 08:00", "2026-04-09 06:00"),  # but Holy Thursday is
        ([{"thu": [["06:00", "18:00"]], "holidays": True}], "2026-04-02 08:00", "2026-04-02 08:00"),
        ([EARLY, SUNDAYS], "2026-03-13 14:00", "2026-03-15 06:00"),  # any of them is working time
        ([EARLY, SUNDAYS], "2026-03-15 18:00", "2026-03-16 06:00"),
        (
            [SUNDAYS, None],
            "2026-03-09 15:00",
            "2026-03-09 15:00",
        ),  # a membership without hours has the company's
        ([SUNDAYS, None], "2026-03-13 17:00", "2026-03-15 06:00"),
        ([None, None], "2026-03-13 17:00", "2026-03-16 08:00"),
        ([], "2026-03-13 17:00", "2026-03-16 08:00"),
    ],
)
def test_person_with_own_hours_is_notified_in_those(
    own_hours: list[Hours | None], at: str, expected: str
) -> None:
    assert local(expected) == next_time(at, *own_hours)


def test_special_day_of_the_company_does_not_affect_own_hours() -> None:
    monday = local("2026-03-09 10:00")
    rules = replace(POLICY.calendar_rules, special_days={monday.date(): ()})
    allowed = [
        next_allowed(
            Purpose.INTERNAL,
            monday,
            policy=replace(POLICY, calendar_rules=rules),
            rests=True,
            weeks=weeks,
        )
        for weeks in ((), weeks_of([EARLY]))
    ]

    assert [local("2026-03-10 08:00"), monday] == allowed


def test_the_same_hours_in_another_order_are_the_same() -> None:
    one = {"mon": [["08:00", "12:00"], ["14:00", "18:00"]], "tue": []}
    other = {"mon": [["14:00", "18:00"], ["08:00", "12:00"]], "holidays": False}

    assert weeks_of([one]) == weeks_of([other, one])
    assert weeks_of([one, None]) == weeks_of([None, other, None])


def test_memberships_without_hours_have_no_weeks() -> None:
    assert ((), ()) == (weeks_of([]), weeks_of([None]))


@pytest.mark.parametrize(
    ("hours", "field", "expected"),
    [
        ({"mon": [["14:00", "06:00"]]}, "data.hours.mon", "open before they close"),
        ({"sat": [["08:00", "08:00"]]}, "data.hours.sat", "open before they close"),
        ({"tue": [["08:00", "12:00"], ["11:59", "14:00"]]}, "data.hours.tue", "do not overlap"),
        ({}, "data.hours", "at least one day"),
        ({"mon": [], "holidays": True}, "data.hours", "at least one day"),
        ({"mon": [["8:00", "12:00"]]}, "data.hours.mon.0.0", "a time of the day like 06:00"),
        ({"mon": [["08:00"]]}, "data.hours.mon.0", "at least 2 items"),
        ({"mon": [["08:00", "12:00", "14:00"]]}, "data.hours.mon.0", "hours like"),
        ({"lun": [["08:00", "12:00"]]}, "data.hours", "hours by day: mon, tue"),
        ({"mon": "08:00"}, "data.hours.mon", "expected array"),
        ("08:00-12:00", "data.hours", "expected object or null"),
        ({"holidays": "sí", "mon": [["08:00", "12:00"]]}, "data.hours.holidays", "expected boolean"),
    ],
)
def test_impossible_hours_are_refused_with_the_field(hours: Json, field: str, expected: str) -> None:
    with pytest.raises(InvalidEvent, match=expected) as refused:
        SCHEMAS.check(membership(hours), now=MONDAY)

    assert field == refused.value.field
    assert refused.value.reason.startswith(f"{field}: ")


@pytest.mark.parametrize("hours", [EARLY, NIGHTS, SUNDAYS, {**NIGHTS, "holidays": True}, None])
def test_possible_hours_are_accepted(hours: Json) -> None:
    SCHEMAS.check(membership(hours), now=MONDAY)

    assert hours is None or fault(hours) is None


def membership(hours: Json) -> Any:
    return upserted(
        "membership", "m-1", person_id="p-1", scope="company", role="staff", duty="front_desk", hours=hours
    )


async def test_event_with_impossible_hours_is_a_dead_letter() -> None:
    hub = memory_hub()
    await hub.take_in(membership({"mon": [["14:00", "06:00"]]}))

    [dead] = [letter.letter for letter in hub.letters]
    assert ("data.hours.mon", True) == (dead.field, "open before they close" in dead.reason)


def claimed(one: Any, at: datetime, *own_hours: Hours) -> Claimed:
    return claim_of(
        one,
        event_time=at,
        source=HUB_SOURCE,
        contact=ContactFacts(rests=one.rests, weeks=weeks_of(own_hours)),
    )


def test_afternoon_step_waits_for_the_early_shift_without_moving_the_clock() -> None:
    afternoon, morning = local("2026-03-09 15:00"), local("2026-03-10 06:00")
    received = event("pqrs.received", at=afternoon)
    one = only(plan(WORK, person(email(), weeks=weeks_of([EARLY])), trigger=received, now=afternoon))
    found = blocking_outcome(claimed(one, afternoon, EARLY), policy=POLICY, now=afternoon)

    assert found is not None
    assert (State.HELD, "working_hours", morning) == (found.state, found.reason, found.next_at)
    assert (morning + 72 * HOUR,) * 2 == (one.expires_at, found.expires_at)
    # By the company's hours it would have gone out at once.
    assert blocking_outcome(claimed(one, afternoon), policy=POLICY, now=afternoon) is None


def test_the_next_step_of_a_cascade_waits_for_the_same_hours() -> None:
    afternoon = local("2026-03-09 15:00")
    one = only(plan(WORK, person(email(), mobile(), weeks=weeks_of([EARLY])), now=afternoon))
    [after] = next_step(one, now=afternoon)
    found = blocking_outcome(claimed(after, afternoon, EARLY), policy=POLICY, now=afternoon)

    assert ("sms", local("2026-03-10 06:00")) == (after.channel, found and found.next_at)


def test_night_doorman_is_notified_at_once_at_eleven_at_night() -> None:
    night = local("2026-03-09 23:00")
    one = message(purpose=Purpose.INTERNAL, rests=True)

    assert blocking_outcome(claimed(one, night, NIGHTS), policy=POLICY, now=night) is None


async def test_each_holder_and_delegate_is_notified_by_their_own_hours() -> None:
    hub = memory_hub(local("2026-03-09 15:00"))
    early = weeks_of([EARLY])
    for ref, more in (("p-early", {"hours": EARLY}), ("p-office", {}), ("p-head", {"direction": True})):
        await hub.take_in(somebody(ref, email()), member(ref, "company", "staff", level=2, **more))
    await hub.take_in(
        somebody("p-away", email()), member("p-away", "company", "staff", level=2, hours=SUNDAYS)
    )
    await hub.take_in(
        somebody("p-stand-in", email()), member("p-stand-in", "company", "staff", duty="ops", hours=NIGHTS)
    )
    since, until = ("2026-03-01", "2026-04-01")
    await hub.take_in(
        upserted("leave", "l-1", person_id="p-away", since=since, until=until, delegate_id="p-stand-in")
    )
    escalated = event("pqrs.escalated", {"to_level": 2}, at=hub.clock(), source=HUB_SOURCE)
    await hub.take_in(escalated)
    mails = [
        message
        for message in hub.of(escalated)
        if message.channel == "email" and message.purpose is Purpose.INTERNAL
    ]
    taken = await hub.store.claim([mail.id for mail in mails], token=mails[0].id, lease=HOUR)
    weeks = {claim.message.person: claim.contact.weeks for claim in taken}
    waits = {
        claim.message.person: found and found.next_at
        for claim in taken
        for found in [blocking_outcome(claim, policy=POLICY, now=hub.clock())]
    }

    assert {"p-early": early, "p-office": (), "p-head": (), "p-stand-in": weeks_of([NIGHTS])} == weeks
    assert {
        "p-early": local("2026-03-10 06:00"),
        "p-office": None,
        "p-head": None,
        "p-stand-in": local("2026-03-09 22:00"),
    } == waits


async def test_hours_changed_after_planning_count() -> None:
    hub = memory_hub(local("2026-03-09 15:00"))
    await hub.take_in(somebody("p-1", email()), member("p-1", "company", "staff", level=2, hours=EARLY))
    escalated = event("pqrs.escalated", {"to_level": 2}, at=hub.clock(), source=HUB_SOURCE)
    await hub.take_in(escalated)
    await hub.take_in(member("p-1", "company", "staff", 2, level=2))
    [mail] = [
        message for message in hub.of(escalated) if (message.person, message.channel) == ("p-1", "email")
    ]
    [taken] = await hub.store.claim([mail.id], token=mail.id, lease=HOUR)

    assert ((), None) == (taken.contact.weeks, blocking_outcome(taken, policy=POLICY, now=hub.clock()))


def test_a_week_is_read_as_it_is_kept() -> None:
    [week] = weeks_of([SUNDAYS])

    assert WorkWeek(days=((),) * 6 + ((("06:00", "18:00"),),)) == week
