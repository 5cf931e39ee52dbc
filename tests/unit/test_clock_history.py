"""The history of a clock: pauses, an extension, lost answers, acknowledgements, new holidays."""

from __future__ import annotations

from datetime import date, datetime
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hub import sla
from hub.business_time import BusinessDays, WorkCalendar
from hub.model import (
    HUB_SOURCE,
    Acknowledgement,
    Clock,
    ClockHistory,
    ClockMove,
    ClockState,
    Event,
    EventType,
    Lane,
    Move,
    Pause,
    StepKind,
)
from hub.policy.clocks import ClockPolicy
from tests.unit.clock_factory import instants, scheduled
from tests.unit.factories import HOUR, MONDAY, POLICY, event, local

CASE = "pqrs_id:PQ-1"
DAYS_15 = ClockPolicy(target=BusinessDays(15), at_risk=0.8)


def kind(name: str, *moves: ClockMove, hub: bool = False) -> EventType:
    return EventType(name=name, lane=Lane.NORMAL, case="pqrs_id", clocks=moves, hub_emitted=hub)


CATALOG = {
    entry.name: entry
    for entry in (
        kind("pqrs.received", ClockMove("first_reply", Move.START), ClockMove("legal_term", Move.START)),
        kind("pqrs.info_requested", ClockMove("legal_term", Move.PAUSE)),
        kind("pqrs.info_received", ClockMove("legal_term", Move.RESUME)),
        kind("pqrs.term_extended", ClockMove("legal_term", Move.EXTEND)),
        kind("pqrs.responded", ClockMove("first_reply", Move.STOP), ClockMove("legal_term", Move.STOP)),
        kind("pqrs.reopened", ClockMove("legal_term", Move.RESTART)),
        kind("answer.lost", ClockMove("legal_term", Move.REOPEN), hub=True),
        kind("sla.acknowledged", ClockMove("first_reply", Move.ACKNOWLEDGE), hub=True),
    )
}


def event_at(name: str, at: datetime, **data: Any) -> Event:
    made = event("pqrs.received", {"kind": "queja"}, at=at, id=f"{name} {at}")
    source = HUB_SOURCE if CATALOG[name].hub_emitted else made.source
    return replace(
        made, type=made.type.replace("pqrs.received", name), source=source, data={**made.data, **data}
    )


def legal(*events: Event) -> list[Clock]:
    terms = [clock for clock in sla.replay(CASE, events, CATALOG, POLICY) if clock.name == "legal_term"]
    return sorted(terms, key=lambda clock: clock.started_at)


def test_paused_clock_has_no_next_step() -> None:
    [clock] = legal(event_at("pqrs.received", MONDAY), event_at("pqrs.info_requested", MONDAY + HOUR))

    assert (None, True, ClockState.OPEN) == (clock.next_at, clock.course.paused, clock.state)


def test_an_answer_ends_a_pause() -> None:
    [clock] = legal(
        event_at("pqrs.received", MONDAY),
        event_at("pqrs.info_requested", MONDAY + HOUR),
        event_at("pqrs.responded", MONDAY + 2 * HOUR),
    )

    assert (ClockState.MET, (Pause(since=MONDAY + HOUR, until=MONDAY + 2 * HOUR),)) == (
        clock.state,
        clock.course.pauses,
    )


def test_extension_never_shortens_and_a_late_one_does_not_count() -> None:
    [shorter] = legal(
        event_at("pqrs.received", MONDAY),
        event_at("pqrs.term_extended", MONDAY + HOUR, new_due_on="2026-03-20"),
    )
    [late] = legal(
        event_at("pqrs.received", MONDAY),
        event_at("pqrs.term_extended", local("2026-04-01 00:01"), new_due_on="2026-04-20"),
    )

    assert [local("2026-04-01 00:00")] * 2 == [shorter.due_at, late.due_at]


def test_extension_at_the_last_instant_of_the_term_counts() -> None:
    [clock] = legal(
        event_at("pqrs.received", MONDAY),
        event_at("pqrs.term_extended", local("2026-04-01 00:00"), new_due_on="2026-04-08"),
    )

    assert local("2026-04-09 00:00") == clock.due_at


def test_answer_that_did_not_arrive_reopens_the_clock_with_a_warning() -> None:
    bounced = local("2026-03-11 09:00")
    [clock] = legal(
        event_at("pqrs.received", MONDAY),
        event_at("pqrs.responded", MONDAY + HOUR),
        event_at("answer.lost", bounced),
    )

    assert (ClockState.OPEN, None, MONDAY) == (clock.state, clock.ended_at, clock.started_at)
    raised, warned = ["at_risk:1:1", "escalate:3:1"], ["at_risk:1", "escalate:3"]
    assert [*raised, *warned, "breach:1", "escalate:4"] == [step.key for step in clock.steps]
    assert bounced == clock.next_at


def test_second_answer_after_a_lost_one_counts_against_the_first_term() -> None:
    lost = [
        event_at("pqrs.received", MONDAY),
        event_at("pqrs.responded", MONDAY + HOUR),
        event_at("answer.lost", MONDAY + 2 * HOUR),
    ]
    [late] = legal(*lost, event_at("pqrs.responded", local("2026-04-01 00:01")))

    assert ClockState.BREACHED is late.state


def test_reopened_case_gets_the_whole_promised_term_again() -> None:
    reopened_at = local("2026-04-20 10:00")
    first, second = legal(
        event_at("pqrs.received", MONDAY, kind="informacion"),
        event_at("pqrs.responded", MONDAY + HOUR),
        event_at("pqrs.reopened", reopened_at, kind=None),
    )

    assert first.promise == second.promise
    assert (reopened_at, local("2026-05-06 00:00")) == (second.started_at, second.due_at)


def test_restart_without_an_earlier_clock_does_nothing() -> None:
    assert [] == legal(event_at("pqrs.reopened", MONDAY))


def escalated(*levels: int) -> Clock:
    course = ClockHistory(
        acknowledged=tuple(Acknowledgement(level=level, at=MONDAY, by="p-1") for level in levels)
    )
    return scheduled(POLICY.clocks["first_reply"], MONDAY, policy=POLICY, course=course)


def test_acknowledging_level_gets_one_more_of_its_durations() -> None:
    plain, taken = escalated(), escalated(2)

    assert plain.due_at == taken.due_at
    assert instants(plain, StepKind.ESCALATE)[0] == instants(taken, StepKind.ESCALATE)[0]
    # 2→3 at 40 h instead of 32, 3→4 at 48, the reminder 8 h later.
    assert (
        instants(plain, StepKind.ESCALATE, StepKind.REMIND)[2:]
        == instants(taken, StepKind.ESCALATE, StepKind.REMIND)[1:3]
    )


def test_acknowledging_top_level_gets_no_reminder() -> None:
    assert [] == instants(escalated(4), StepKind.REMIND)


def test_acknowledgement_counts_once_per_level_and_only_for_its_clock() -> None:
    received = event_at("pqrs.received", MONDAY)
    first, legal_term = sla.replay(CASE, [received], CATALOG, POLICY)
    taken = event_at("sla.acknowledged", MONDAY + HOUR, clock_id=str(first.id), level=2, by="p-1")
    repeated = event_at("sla.acknowledged", MONDAY + 2 * HOUR, clock_id=str(first.id), level=2, by="p-2")
    elsewhere = event_at(
        "sla.acknowledged", MONDAY + 3 * HOUR, clock_id=str(legal_term.id), level=3, by="p-2"
    )
    clocks = {
        clock.name: clock
        for clock in sla.replay(CASE, [received, taken, repeated, elsewhere], CATALOG, POLICY)
    }

    assert [(2, "p-1")] == [
        (acknowledgement.level, acknowledgement.by)
        for acknowledgement in clocks["first_reply"].course.acknowledged
    ]


def test_new_holiday_moves_running_clocks_and_keeps_their_promise() -> None:
    week = {day: [("08:00", "17:00")] for day in range(5)}
    before = WorkCalendar(week, frozenset[date](), {}, "America/Bogota")
    after = WorkCalendar(week, frozenset({date(2026, 7, 13)}), {}, "America/Bogota")
    clock = scheduled(POLICY.clocks["first_reply"], local("2026-07-10 16:00"), policy=POLICY)
    old, new = sla.schedule(clock, before, before.version), sla.schedule(clock, after, after.version)

    assert old.calendar != new.calendar
    assert old.promise == new.promise
    assert (local("2026-07-15 13:00"), local("2026-07-16 13:00")) == (old.due_at, new.due_at)


def test_the_name_of_a_calendar_follows_its_hours_and_holidays_alone() -> None:
    week = {day: [("08:00", "17:00")] for day in range(5)}
    calendar = WorkCalendar(week, frozenset({date(2026, 7, 13)}), {}, "America/Bogota")
    same = WorkCalendar(dict(reversed(week.items())), frozenset({date(2026, 7, 13)}), {}, "America/Bogota")

    assert calendar.version == same.version


NAMES = tuple(CATALOG)
HISTORY = st.lists(
    st.tuples(st.sampled_from(NAMES), st.integers(0, 24 * 40)).map(
        lambda drawn: event_at(
            drawn[0], MONDAY + drawn[1] * HOUR, new_due_on="2026-05-05", clock_id="none", level=2, by="p-1"
        )
    ),
    max_size=12,
)


@given(events=HISTORY, order=st.randoms())
def test_any_order_of_arrival_leaves_the_same_clocks(events: list[Event], order: Random) -> None:
    shuffled = list(events)
    order.shuffle(shuffled)

    assert sla.replay(CASE, events, CATALOG, POLICY) == sla.replay(CASE, shuffled, CATALOG, POLICY)


@given(events=HISTORY)
def test_events_one_by_one_and_all_at_once_leave_the_same_clocks(events: list[Event]) -> None:
    standing: list[Clock] = []
    for count in range(1, len(events) + 1):
        fresh = sla.reconcile(sla.replay(CASE, events[:count], CATALOG, POLICY), standing, POLICY)
        standing = list({clock.id: clock for clock in [*standing, *fresh]}.values())
    whole = sla.reconcile(sla.replay(CASE, events, CATALOG, POLICY), [], POLICY)
    alive = {stored.id: stored for stored in standing if stored.id in {clock.id for clock in whole}}

    assert alive == {clock.id: clock for clock in whole}


@given(start=st.integers(0, 24 * 30), since=st.integers(0, 24 * 30), lasting=st.integers(0, 24 * 10))
def test_a_pause_only_moves_later(start: int, since: int, lasting: int) -> None:
    begins = MONDAY + start * HOUR
    pause = Pause(since=begins + since * HOUR, until=begins + (since + lasting) * HOUR)
    for rules in (POLICY.clocks["first_reply"], DAYS_15, POLICY.clocks["emergency_ack"]):
        plain = scheduled(rules, begins, policy=POLICY)
        paused = scheduled(rules, begins, policy=POLICY, course=ClockHistory(pauses=(pause,)))

        assert plain.due_at <= paused.due_at
        assert all(a.at <= b.at for a, b in zip(plain.steps, paused.steps, strict=True))
