"""An answer that did not arrive does not count: the legal term runs on until its letter is handed over."""

from __future__ import annotations

from datetime import datetime
from itertools import permutations
from uuid import UUID

import pytest

from hub import sla
from hub.catalog import BY_NAME
from hub.messages.planning.undelivered import alerts, letter_handed_over
from hub.model import Clock, ClockState, Event, Purpose, State
from hub.timers.scheduler import keep_appointments
from tests.contract.values import message
from tests.unit.factories import HOUR, MINUTE, MONDAY, POLICY, SCHEMAS, event, local, stored
from tests.unit.hub_in_memory import memory_hub
from tests.unit.test_templates import TEMPLATES, context
from tests.unit.timer_harness import timers_of

RECEIVED = event("pqrs.received")
CASE = f"pqrs_id:{RECEIVED.data['pqrs_id']}"
LETTER = UUID(int=7)


def answered(at: datetime, number: int = 1) -> Event:
    return event("pqrs.responded", at=at, id=f"answer-{number}")


def lost(answer: Event, at: datetime) -> Event:
    bounced = message(stored(answer), purpose=Purpose.LEGAL, state=State.BOUNCED, reason="dsn_5.1.1")
    [alert] = alerts([bounced], {bounced.event_key: stored(answer)}, now=at).values()
    return alert


def delivered(answer: Event, at: datetime) -> Event:
    return letter_handed_over(LETTER, stored(answer), now=at)


def legal(*events: Event) -> Clock:
    return next(clock for clock in sla.replay(CASE, events, BY_NAME, POLICY) if clock.name == "legal_term")


def end(clock: Clock) -> tuple[ClockState, datetime | None]:
    return clock.state, clock.ended_at


ANSWER = answered(MONDAY + HOUR)
LOST = lost(ANSWER, MONDAY + 3 * HOUR)


def test_lost_answer_stops_no_clock_and_warns() -> None:
    clock = legal(RECEIVED, ANSWER, LOST)

    assert (ClockState.OPEN, None) == end(clock)
    assert ("at_risk", LOST.time) == (clock.steps[0].kind, clock.steps[0].at)


def test_events_about_a_lost_answer_have_its_case_and_match_their_schemas() -> None:
    for own in (LOST, delivered(ANSWER, MONDAY + 4 * HOUR)):
        SCHEMAS.check(own, now=own.time)
        assert CASE == own.data["thread_id"]


@pytest.mark.parametrize(
    ("at", "state"),
    [(MONDAY + 30 * HOUR, ClockState.MET), (local("2026-04-10 09:00"), ClockState.BREACHED)],
)
def test_handed_over_letter_ends_the_first_term(at: datetime, state: ClockState) -> None:
    clock = legal(RECEIVED, ANSWER, LOST, delivered(ANSWER, at))

    assert (state, at) == end(clock)
    assert legal(RECEIVED).due_at == clock.due_at


def test_the_order_of_arrival_never_matters() -> None:
    case = (RECEIVED, ANSWER, LOST, delivered(ANSWER, MONDAY + 5 * HOUR))

    assert {legal(*case).ended_at} == {legal(*permutation).ended_at for permutation in permutations(case)}


def test_answer_with_a_future_time_can_still_be_lost() -> None:
    ahead = answered(MONDAY + HOUR + 4 * MINUTE)
    clock = legal(RECEIVED, ahead, lost(ahead, MONDAY + HOUR))

    assert (ClockState.OPEN, None) == end(clock)
    done = legal(RECEIVED, ahead, lost(ahead, MONDAY + HOUR), delivered(ahead, MONDAY + HOUR + MINUTE))
    assert ClockState.MET is done.state


def test_the_answer_that_arrived_counts() -> None:
    second = answered(MONDAY + 2 * HOUR, 2)

    assert (ClockState.MET, second.time) == end(legal(RECEIVED, ANSWER, second, LOST))
    kept = legal(RECEIVED, ANSWER, second, lost(second, MONDAY + 3 * HOUR))
    assert (ClockState.MET, ANSWER.time) == end(kept)
    both = legal(RECEIVED, ANSWER, second, LOST, lost(second, MONDAY + 4 * HOUR))
    assert (ClockState.OPEN, None) == end(both)


def test_the_letter_of_an_answer_to_an_earlier_term_ends_nothing() -> None:
    reopening = event("pqrs.reopened", at=MONDAY + 5 * HOUR)
    events = (
        RECEIVED,
        ANSWER,
        reopening,
        lost(ANSWER, MONDAY + 6 * HOUR),
        delivered(ANSWER, MONDAY + 7 * HOUR),
    )
    clocks = [clock for clock in sla.replay(CASE, events, BY_NAME, POLICY) if clock.name == "legal_term"]

    assert [ClockState.MET, ClockState.OPEN] == [clock.state for clock in sorted(clocks, key=_start)]


def _start(clock: Clock) -> datetime:
    return clock.started_at


async def test_lost_answer_notifies_holder_and_level_3_at_once() -> None:
    hub = memory_hub(MONDAY)
    await hub.appointments.begin_epoch()
    await hub.take_in(RECEIVED)
    hub.clock.at = ANSWER.time
    await hub.take_in(ANSWER)
    hub.clock.at = LOST.time
    await hub.take_in(LOST)
    await keep_appointments(timers_of(hub))

    published = [(event.name, event.data["clock"]) for event in hub.publisher.events]
    assert [("sla.at_risk", "legal_term"), ("pqrs.escalated", "legal_term")] == published
    for alert in hub.publisher.events:
        told = TEMPLATES.render(alert.name, "email", context(alert.name, alert.data), variant=None)
        assert "no le llegó a la persona" in told.text
        assert "100 %" not in told.text
        assert "por vencer" not in f"{told.subject} {told.text}".lower()
    assert [ClockState.AT_RISK] == hub.states("legal_term")
