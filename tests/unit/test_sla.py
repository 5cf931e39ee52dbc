"""Clocks as a fold over the events of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import sla
from hub.catalog import BY_NAME
from hub.model import HUB_SOURCE, Clock, ClockState, Event, EventType, Json, StepKind
from tests.unit.factories import HOUR, MINUTE, MONDAY, POLICY, SECOND, event, local

CASE = "pqrs_id:PQ-1"
DUE = local("2026-03-11 14:05")
"""24 business hours after Monday 08:05: 8:55 on Monday, 9 h on Tuesday, 6:05 on Wednesday."""


def replayed(*events: Event, catalog: Mapping[str, EventType] = BY_NAME) -> dict[str, list[Clock]]:
    """Replay, and return the clocks of each name in the order of their starts."""
    clocks = sorted(sla.replay(CASE, events, catalog, POLICY), key=lambda clock: clock.started_at)
    return {
        name: [clock for clock in clocks if clock.name == name] for name in {clock.name for clock in clocks}
    }


def first_reply(*events: Event) -> list[tuple[ClockState, datetime | None]]:
    return [(clock.state, clock.ended_at) for clock in replayed(*events).get("first_reply", [])]


def received(at: datetime = MONDAY, number: int = 1, **data: Json) -> Event:
    return event("pqrs.received", data, at=at, id=f"received-{number}")


def replied(at: datetime, number: int = 1) -> Event:
    return event("pqrs.replied", at=at, id=f"replied-{number}")


def test_petition_starts_its_two_clocks() -> None:
    clocks = replayed(received())

    assert {
        name: [(c.state, c.started_at, c.due_at, c.level) for c in started]
        for name, started in clocks.items()
    } == {
        "first_reply": [(ClockState.OPEN, MONDAY, DUE, 1)],
        # 15 business days after Monday 9 March, past the holiday of the 23rd: the 31st, until 24:00.
        "legal_term": [(ClockState.OPEN, MONDAY, local("2026-04-01 00:00"), 1)],
    }


@pytest.mark.parametrize(
    ("ended", "expected"),
    [
        (MONDAY + MINUTE, ClockState.MET),
        (DUE, ClockState.MET),  # at the due instant is in time
        (DUE + timedelta(microseconds=1), ClockState.BREACHED),
        (DUE + 30 * 24 * HOUR, ClockState.BREACHED),  # a late end stays a breach
    ],
)
def test_answer_at_the_due_instant_meets_the_promise(ended: datetime, expected: ClockState) -> None:
    assert first_reply(received(), replied(ended)) == [(expected, ended)]


def test_answer_at_the_due_instant_leaves_no_breach_to_notify() -> None:
    [clock] = replayed(received(), replied(DUE))["first_reply"]

    assert StepKind.BREACH not in [step.kind for step in clock.steps]


def test_a_stop_before_the_start_in_time_stops_nothing() -> None:
    assert first_reply(received(), replied(MONDAY - SECOND)) == [(ClockState.OPEN, None)]


def test_a_stop_without_a_start_is_no_clock() -> None:
    assert replayed(replied(MONDAY)) == {}


def test_only_the_first_stop_counts() -> None:
    events = received(), replied(MONDAY + HOUR), replied(DUE + HOUR, 2)

    assert first_reply(*events) == [(ClockState.MET, MONDAY + HOUR)]


def test_a_second_start_while_the_clock_runs_changes_nothing() -> None:
    assert replayed(received(), received(MONDAY + HOUR, 2)) == replayed(received())


def test_a_start_after_the_end_is_a_new_clock() -> None:
    events = received(), replied(MONDAY + HOUR), received(MONDAY + 2 * HOUR, 2)
    first, second = replayed(*events)["first_reply"]

    assert (first.state, second.state) == (ClockState.MET, ClockState.OPEN)
    assert second.started_at == MONDAY + 2 * HOUR
    assert first.id != second.id


def test_cancelled_clock_is_neither_met_nor_breached() -> None:
    opened = event("maintenance.request.received")
    cancelled = event("maintenance.request.cancelled", at=MONDAY + 100 * HOUR)
    clocks = replayed(opened, cancelled)

    assert {name: [(c.state, c.ended_at) for c in ended] for name, ended in clocks.items()} == {
        name: [(ClockState.CANCELLED, MONDAY + 100 * HOUR)]
        for name in ("maintenance_response", "maintenance_resolution")
    }


@pytest.mark.parametrize(("status", "ends"), [("cleared", True), ("update", False)])
def test_update_ends_an_emergency_only_if_its_status_is_cleared(status: str, *, ends: bool) -> None:
    declared = event("emergency.declared")
    updated = event("emergency.updated", {"status": status}, at=MONDAY + MINUTE)
    [clock] = replayed(declared, updated)["emergency_ack"]

    assert (clock.ended_at is not None) is ends


@pytest.mark.parametrize("name", ["pqrs.escalated", "sla.breached", "pqrs.transferred"])
def test_event_of_the_hub_itself_moves_no_clock(name: str) -> None:
    own = event(name, at=MONDAY + HOUR, source=HUB_SOURCE)

    assert first_reply(received(), own) == [(ClockState.OPEN, None)]


@pytest.mark.parametrize(
    ("kind", "due"),
    [
        # From the day after Monday 9 March, until 24:00; 23 March, 2 and 3 April are holidays.
        ("informacion", "2026-03-25 00:00"),  # 10 days: 10–13, 16–20, 24
        ("peticion", "2026-04-01 00:00"),  # 15 days: … 24–27, 30, 31
        ("queja", "2026-04-01 00:00"),
        ("reclamo", "2026-04-01 00:00"),
        ("sugerencia", "2026-04-01 00:00"),
        ("consulta", "2026-04-24 00:00"),  # 30 days: … 31, 1, 6–10, 13–17, 20–23
    ],
)
def test_the_legal_term_follows_the_kind(kind: str, due: str) -> None:
    [clock] = replayed(received(kind=kind))["legal_term"]

    assert clock.due_at == local(due)


HISTORY = st.lists(
    st.builds(
        lambda name, minutes, number: event(name, at=MONDAY + minutes * MINUTE, id=f"e-{number}"),
        st.sampled_from(["pqrs.received", "pqrs.replied", "pqrs.responded", "pqrs.closed"]),
        st.integers(0, 4),
        st.integers(0, 3),
    ),
    max_size=7,
    unique_by=lambda event: event.id,
)


@given(events=HISTORY, order=st.randoms())
def test_the_order_of_arrival_never_matters(events: list[Event], order: Random) -> None:
    shuffled = list(events)
    order.shuffle(shuffled)

    assert replayed(*shuffled) == replayed(*events)


def test_events_with_equal_time_and_id_sort_by_source() -> None:
    # Two systems that number their events: the id alone leaves the order to chance.
    here, elsewhere = received(), event("pqrs.replied", id="received-1", source="urn:coproservicios:web")

    assert replayed(here, elsewhere) == replayed(elsewhere, here)


@given(events=HISTORY)
def test_a_repeated_event_changes_nothing(events: list[Event]) -> None:
    assert replayed(*events, *events) == replayed(*events)


@given(events=HISTORY)
def test_at_most_one_clock_of_a_promise_runs(events: list[Event]) -> None:
    for clocks in replayed(*events).values():
        running = [clock for clock in clocks if clock.ended_at is None]

        assert running in ([], clocks[-1:])


def arrive(*batches: Sequence[Event]) -> dict[str, tuple[ClockState, datetime | None]]:
    """Replay events batch by batch, as intake would; return the clocks that were not cancelled."""
    known: list[Event] = []
    standing: list[Clock] = []
    for batch in batches:
        known += batch
        fresh = sla.reconcile(sla.replay(CASE, known, BY_NAME, POLICY), standing, POLICY)
        standing = list({clock.id: clock for clock in [*standing, *fresh]}.values())
    alive = [clock for clock in standing if clock.state is not ClockState.CANCELLED]
    return {f"{clock.name} {clock.id}": (clock.state, clock.ended_at) for clock in alive}


EVENTS = (received(), replied(MONDAY + HOUR), received(MONDAY + 2 * HOUR, 2), replied(MONDAY + 90 * HOUR, 2))


@pytest.mark.parametrize(
    "order", list(permutations(EVENTS)), ids=lambda order: " ".join(event.id for event in order)
)
def test_events_one_by_one_in_any_order_leave_the_same_clocks(order: tuple[Event, ...]) -> None:
    assert arrive(*([event] for event in order)) == arrive(EVENTS)


def test_earlier_start_that_arrives_late_replaces_the_later_one() -> None:
    [late] = replayed(received(MONDAY + HOUR, 2))["first_reply"]
    [early] = replayed(received(), received(MONDAY + HOUR, 2))["first_reply"]
    kept, gone = sla.reconcile([early], [late], POLICY)

    assert (kept.state, kept.ended_at) == (ClockState.OPEN, None)
    assert (gone.id, gone.state, gone.ended_at) == (late.id, ClockState.CANCELLED, MONDAY + HOUR)
    assert gone.next_at is None


def fired(clock: Clock, count: int) -> Clock:
    return sla.with_progress(clock, count)


def test_a_stop_in_time_that_arrives_late_is_met() -> None:
    [running] = replayed(received())["first_reply"]
    [ended] = replayed(received(), replied(DUE - SECOND))["first_reply"]
    [merged] = sla.reconcile([ended], [fired(running, 2)], POLICY)

    # The breach was notified meanwhile and stays so; the promise was met all the same.
    assert (merged.state, merged.fired) == (ClockState.MET, 2)
    assert merged.next_at == DUE - SECOND  # the people who were alerted are notified


def test_clock_keeps_the_promise_of_its_start() -> None:
    [old] = replayed(received())["first_reply"]
    stricter = replace(old.promise, target=HOUR, ladder=(HOUR,))
    [fresh] = [sla.schedule(replace(old, promise=stricter), POLICY.calendar, "other")]
    [merged] = sla.reconcile([fresh], [fired(old, 1)], POLICY)

    assert (old.promise, old.steps, old.due_at) == (merged.promise, merged.steps, merged.due_at)
    assert (merged.fired, merged.state) == (1, ClockState.AT_RISK)


@pytest.mark.parametrize(("after", "expected"), [(HOUR, ClockState.BREACHED), (-HOUR, ClockState.MET)])
def test_end_is_compared_with_the_promised_term(after: timedelta, expected: ClockState) -> None:
    [running] = replayed(received())["first_reply"]
    promised = replace(running, promise=replace(running.promise, target=2 * HOUR, any_hour=True))
    [ended] = replayed(received(), replied(MONDAY + 2 * HOUR + after))["first_reply"]
    [merged] = sla.reconcile([ended], [promised], POLICY)

    assert expected is merged.state


def test_new_clock_is_stored_as_replayed() -> None:
    [clock] = replayed(received())["first_reply"]

    assert [clock] == sla.reconcile([clock], [], POLICY)


def test_clock_that_ended_with_all_steps_done_gets_no_more_steps() -> None:
    [running] = replayed(received())["first_reply"]
    [ended] = replayed(received(), replied(DUE + HOUR))["first_reply"]
    done = fired(running, 2).steps[:2]  # ended by a hub that did not notify ends
    old = replace(fired(ended, 2), steps=done)
    [merged] = sla.reconcile([ended], [old], POLICY)

    assert (ClockState.BREACHED, done, None) == (merged.state, merged.steps, merged.next_at)
