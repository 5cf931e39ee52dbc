"""The terms of a PQRS, by the real catalogue: what moves its clocks, and from which receipt they count."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from hub import sla
from hub.business_time import WorkCalendar
from hub.catalog import BY_NAME
from hub.errors import InvalidEvent
from hub.model import Clock, ClockState, Event, Json, Pause
from hub.model.receipts import RECEIVED_AT, WITH_RECEIPT
from hub.operations.clocks.calculation import calculation
from hub.rendering.context import Context
from hub.sla.replay import must_restart, reopened_by, replay_whole, resume, version_of
from tests.unit.factories import HOUR, MONDAY, POLICY, SCHEMAS, event, local

CALENDAR: Final[WorkCalendar] = POLICY.calendar
THURSDAY: Final = local("2026-11-26 16:00")
"""When it came, within opening hours."""
FRIDAY: Final = local("2026-11-27 11:00")
SATURDAY: Final = local("2026-11-28 10:00")
"""When its publisher registers it."""
TERMS: Final = {
    "pqrs.received": ("first_reply", "legal_term"),
    "privacy.query.received": ("privacy_query",),
    "privacy.claim.received": ("privacy_claim", "privacy_legend"),
}


def received(name: str = "pqrs.received", at: datetime = SATURDAY, came: datetime = THURSDAY) -> Event:
    return event(name, {"received_at": came.isoformat()}, at=at)


def clocks(*events: Event) -> dict[str, Clock]:
    return {clock.name: clock for clock in sla.replay("pqrs_id:1", events, BY_NAME, POLICY)}


@pytest.mark.parametrize(("name", "terms"), TERMS.items())
def test_term_counts_from_the_receipt_and_the_promise_keeps_when_it_was_registered(
    name: str, terms: tuple[str, ...]
) -> None:
    """Ley 1755 de 2015, art. 14: "siguientes a su recepción"; Ley 1581 de 2012, arts. 14 and 15."""
    found = clocks(received(name))

    assert dict.fromkeys(terms, (THURSDAY, SATURDAY)) == {
        key: (clock.started_at, clock.course.registered_at) for key, clock in found.items()
    }


def test_fifteen_business_days_end_with_those_of_the_receipt() -> None:
    assert CALENDAR.legal_due(THURSDAY, 15) == clocks(received())["legal_term"].due_at


def test_receipt_after_the_event_or_none_counts_from_the_event() -> None:
    later = received(at=THURSDAY, came=SATURDAY)
    unsaid = event("pqrs.received", at=THURSDAY, without=("received_at",))

    for one in (later, unsaid):
        assert {THURSDAY} == {clock.started_at for clock in clocks(one).values()}
        assert {None} == {clock.course.registered_at for clock in clocks(one).values()}


def test_answer_between_the_receipt_and_its_registration_ends_the_term() -> None:
    found = clocks(received(), event("pqrs.responded", at=FRIDAY))

    assert {(ClockState.MET, FRIDAY)} == {(clock.state, clock.ended_at) for clock in found.values()}


def test_answer_that_was_folded_before_the_earlier_receipt_came_makes_the_case_restart() -> None:
    version, again = version_of(BY_NAME, POLICY), reopened_by(BY_NAME)
    first = replay_whole(
        "pqrs_id:1", [event("pqrs.responded", at=FRIDAY)], BY_NAME, POLICY, version=version, reopened=again
    )

    assert must_restart(first.state, [received()], BY_NAME, POLICY, version=version)
    assert not must_restart(first.state, [received(came=SATURDAY)], BY_NAME, POLICY, version=version)


def test_step_folds_an_answer_after_the_receipt_as_a_whole_replay_does() -> None:
    version, again = version_of(BY_NAME, POLICY), reopened_by(BY_NAME)
    begun = replay_whole("pqrs_id:1", [received()], BY_NAME, POLICY, version=version, reopened=again)
    answered = [event("pqrs.responded", at=FRIDAY)]

    assert not must_restart(begun.state, answered, BY_NAME, POLICY, version=version)
    stepped = resume("pqrs_id:1", begun.state, begun.clocks, answered, BY_NAME, POLICY, reopened=again)

    whole = sla.replay("pqrs_id:1", [received(), *answered], BY_NAME, POLICY)
    assert whole == sorted(stepped.clocks, key=lambda clock: clock.name)


def test_term_runs_on_from_when_the_missing_information_came() -> None:
    """Ley 1755 de 2015, art. 17: "a partir del día siguiente a aquel en que el interesado aporte"."""
    asked = event("pqrs.info_requested", at=local("2026-11-30 09:00"))
    brought, told = local("2026-12-03 09:00"), local("2026-12-09 09:00")
    came = event("pqrs.info_received", {"received_at": brought.isoformat()}, at=told)
    [pause] = clocks(received(at=THURSDAY), asked, came)["legal_term"].course.pauses

    assert (asked.time, brought) == (pause.since, pause.until)


def test_promise_says_that_it_was_registered_late() -> None:
    late, at_once = (clocks(received(at=at))["legal_term"] for at in (SATURDAY, THURSDAY))
    said = (
        "Se registró después, el sábado 28 de noviembre de 2026 a las 10:00 a. m.: cuenta desde que ocurrió."
    )

    assert said in calculation(late, CALENDAR).sentences
    assert "registró" not in " ".join(calculation(at_once, CALENDAR).sentences)


@pytest.mark.parametrize("name", [*TERMS, "pqrs.info_received"])
@pytest.mark.parametrize(
    ("came", "expected"),
    [
        (SATURDAY + timedelta(minutes=6), "at most 5 minutes from now"),
        (SATURDAY - timedelta(days=181), "at most 180 days before time"),
    ],
)
def test_receipt_of_the_future_or_of_another_year_is_refused(
    name: str, came: datetime, expected: str
) -> None:
    with pytest.raises(InvalidEvent, match=f"data.received_at: expected {expected}") as refused:
        SCHEMAS.check(received(name, came=came), now=SATURDAY)

    assert "data.received_at" == refused.value.field


@pytest.mark.parametrize("came", [SATURDAY + timedelta(minutes=5), SATURDAY - timedelta(days=180)])
def test_receipt_within_its_bounds_is_accepted(came: datetime) -> None:
    SCHEMAS.check(received(came=came), now=SATURDAY)


def test_events_with_a_receipt_are_those_whose_schemas_have_it() -> None:
    known = {name for name, one in SCHEMAS.by_name.items() if RECEIVED_AT in one.document["properties"]}

    assert known == WITH_RECEIPT


@pytest.mark.parametrize("anything", ["ayer", "", 5, {}, "2019-01-01T00:00:00-05:00"])
def test_field_of_that_name_that_no_schema_checks_counts_for_nothing(anything: Json) -> None:
    """A publisher may add any field: none was read before, and none may stop an emergency's message."""
    called = event("support.call.missed", {RECEIVED_AT: anything}, at=SATURDAY)
    fire = event("emergency.declared", {RECEIVED_AT: anything}, at=SATURDAY)
    SCHEMAS.check(called, now=SATURDAY)
    SCHEMAS.check(fire, now=SATURDAY)

    assert [SATURDAY] == [one.started_at for one in sla.replay("thread_id:1", [called], BY_NAME, POLICY)]
    context = Context(data=fire.data, event_id=fire.id, event_time=fire.time, event_name=fire.name)
    assert SATURDAY == context.counts_from


CASE: Final = "pqrs_id:pqrs-2026-000123"
VECTORS: Final = json.loads((Path(__file__).parent.parent / "vectors/legal_day_terms.json").read_text())
DAY: Final = timedelta(days=1)


def after(*happened: Event) -> dict[str, Clock]:
    """Return the newest clock of each name."""
    clocks = sla.replay(CASE, happened, BY_NAME, POLICY)
    return {clock.name: clock for clock in sorted(clocks, key=lambda clock: clock.started_at)}


def states(*happened: Event) -> tuple[ClockState, ClockState]:
    """Return the states of the first reply and the legal term."""
    clocks = after(*happened)
    return clocks["first_reply"].state, clocks["legal_term"].state


def petition(at: datetime = MONDAY) -> Event:
    return event("pqrs.received", at=at)


def then(name: str, at: datetime = MONDAY + HOUR, **data: Any) -> Event:
    return event(name, data, at=at, id=f"{name} {at}")


def end_of(day: str) -> datetime:
    """Return the end of a day in Colombia: a term in days lasts until then."""
    return local(f"{day} 00:00") + DAY


def test_assignment_is_not_an_answer() -> None:
    assert after(petition()) == after(petition(), then("pqrs.assigned"))


def test_request_for_information_is_a_first_reply_and_pauses_the_legal_term() -> None:
    clocks = after(petition(), then("pqrs.info_requested"))

    assert ClockState.MET is clocks["first_reply"].state
    assert (ClockState.OPEN, None) == (clocks["legal_term"].state, clocks["legal_term"].next_at)


def test_days_of_waiting_for_information_do_not_count() -> None:
    asked, came = local("2026-03-12 11:00"), local("2026-03-17 09:00")
    clock = after(petition(), then("pqrs.info_requested", asked), then("pqrs.info_received", came))[
        "legal_term"
    ]

    assert (Pause(since=asked, until=came),) == clock.course.pauses
    # Without the pause 31 March; the 13th, 16th and 17th are not counted, and 2 and 3 April are holidays.
    assert end_of("2026-04-07") == clock.due_at


def test_answer_within_the_term_extended_by_the_pause_is_met() -> None:
    happened = [
        petition(),
        then("pqrs.info_requested", local("2026-03-12 11:00")),
        then("pqrs.info_received", local("2026-03-17 09:00")),
    ]

    assert ClockState.MET is states(*happened, then("pqrs.responded", local("2026-04-07 23:59")))[1]
    assert ClockState.BREACHED is states(*happened, then("pqrs.responded", local("2026-04-08 00:01")))[1]


def test_unrequested_information_moves_no_clock() -> None:
    assert after(petition()) == after(petition(), then("pqrs.info_received"))


@pytest.mark.parametrize("row", VECTORS["extensions"], ids=lambda row: row["received"])
def test_extension_is_a_first_reply_and_at_most_doubles_the_term(row: dict[str, str]) -> None:
    came = local(f"{row['received']} 10:00")
    extended = then("pqrs.term_extended", came + HOUR, new_due_on="2028-01-01")
    clocks = after(petition(came), extended)

    assert ClockState.MET is clocks["first_reply"].state
    assert end_of(row["peticion_max_extended_double"]) == clocks["legal_term"].due_at


def test_extension_ends_on_the_day_announced_to_the_petitioner() -> None:
    clocks = after(petition(), then("pqrs.term_extended", new_due_on="2026-04-15"))

    assert end_of("2026-04-15") == clocks["legal_term"].due_at


def test_an_extension_and_a_pause_add_up() -> None:
    asked, came = local("2026-04-06 11:00"), local("2026-04-09 09:00")
    paused = [then("pqrs.info_requested", asked), then("pqrs.info_received", came)]
    [alone, both] = [
        after(petition(), then("pqrs.term_extended", new_due_on="2028-01-01"), *more)["legal_term"]
        for more in ([], paused)
    ]

    # The 7th, 8th and 9th of April are not counted: three business days more.
    assert POLICY.calendar.legal_due(alone.due_at - HOUR, 3) == both.due_at


def test_transfer_cancels_the_legal_term() -> None:
    assert (ClockState.MET, ClockState.CANCELLED) == states(petition(), then("pqrs.transferred"))


def test_withdrawal_cancels_both_clocks() -> None:
    happened = [petition(), then("pqrs.withdrawn")]

    assert (ClockState.CANCELLED, ClockState.CANCELLED) == states(*happened)
    assert [None, None] == [clock.next_at for clock in after(*happened).values()]


def test_withdrawal_during_a_pause_cancels_the_clock() -> None:
    asked, gone = then("pqrs.info_requested"), then("pqrs.withdrawn", MONDAY + 2 * HOUR)

    assert (ClockState.MET, ClockState.CANCELLED) == states(petition(), asked, gone)


def test_reopened_case_gets_the_whole_term_of_its_kind() -> None:
    reopened_at = local("2026-04-20 10:00")
    clock = after(petition(), then("pqrs.responded"), then("pqrs.reopened", reopened_at))["legal_term"]

    assert (ClockState.OPEN, reopened_at) == (clock.state, clock.started_at)
    assert POLICY.calendar.legal_due(reopened_at, 15) == clock.due_at


def test_a_case_that_was_withdrawn_can_be_reopened() -> None:
    reopened_at = MONDAY + 30 * DAY
    clocks = after(petition(), then("pqrs.withdrawn"), then("pqrs.reopened", reopened_at))

    assert (ClockState.CANCELLED, ClockState.OPEN) == (
        clocks["first_reply"].state,
        clocks["legal_term"].state,
    )


def test_closing_does_not_end_the_legal_term() -> None:
    assert (ClockState.MET, ClockState.OPEN) == states(petition(), then("pqrs.closed"))
