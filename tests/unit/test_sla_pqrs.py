"""The events of a PQRS, by the real catalogue: each moves its clocks as the law and the policy require."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from hub import sla
from hub.catalog import BY_NAME
from hub.model import Clock, ClockState, Event, Pause
from tests.unit.factories import HOUR, MONDAY, POLICY, event, local

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


def received(at: datetime = MONDAY) -> Event:
    return event("pqrs.received", at=at)


def then(name: str, at: datetime = MONDAY + HOUR, **data: Any) -> Event:
    return event(name, data, at=at, id=f"{name} {at}")


def end_of(day: str) -> datetime:
    """Return the end of a day in Colombia: a term in days lasts until then."""
    return local(f"{day} 00:00") + DAY


def test_assignment_is_not_an_answer() -> None:
    assert after(received()) == after(received(), then("pqrs.assigned"))


def test_request_for_information_is_a_first_reply_and_pauses_the_legal_term() -> None:
    clocks = after(received(), then("pqrs.info_requested"))

    assert ClockState.MET is clocks["first_reply"].state
    assert (ClockState.OPEN, None) == (clocks["legal_term"].state, clocks["legal_term"].next_at)


def test_days_of_waiting_for_information_do_not_count() -> None:
    asked, came = local("2026-03-12 11:00"), local("2026-03-17 09:00")
    clock = after(received(), then("pqrs.info_requested", asked), then("pqrs.info_received", came))[
        "legal_term"
    ]

    assert (Pause(since=asked, until=came),) == clock.course.pauses
    # Without the pause 31 March; the 13th, 16th and 17th are not counted, and 2 and 3 April are holidays.
    assert end_of("2026-04-07") == clock.due_at


def test_answer_within_the_term_extended_by_the_pause_is_met() -> None:
    happened = [
        received(),
        then("pqrs.info_requested", local("2026-03-12 11:00")),
        then("pqrs.info_received", local("2026-03-17 09:00")),
    ]

    assert ClockState.MET is states(*happened, then("pqrs.responded", local("2026-04-07 23:59")))[1]
    assert ClockState.BREACHED is states(*happened, then("pqrs.responded", local("2026-04-08 00:01")))[1]


def test_unrequested_information_moves_no_clock() -> None:
    assert after(received()) == after(received(), then("pqrs.info_received"))


@pytest.mark.parametrize("row", VECTORS["extensions"], ids=lambda row: row["received"])
def test_extension_is_a_first_reply_and_at_most_doubles_the_term(row: dict[str, str]) -> None:
    came = local(f"{row['received']} 10:00")
    extended = then("pqrs.term_extended", came + HOUR, new_due_on="2028-01-01")
    clocks = after(received(came), extended)

    assert ClockState.MET is clocks["first_reply"].state
    assert end_of(row["peticion_max_extended_double"]) == clocks["legal_term"].due_at


def test_extension_ends_on_the_day_announced_to_the_petitioner() -> None:
    clocks = after(received(), then("pqrs.term_extended", new_due_on="2026-04-15"))

    assert end_of("2026-04-15") == clocks["legal_term"].due_at


def test_an_extension_and_a_pause_add_up() -> None:
    asked, came = local("2026-04-06 11:00"), local("2026-04-09 09:00")
    paused = [then("pqrs.info_requested", asked), then("pqrs.info_received", came)]
    [alone, both] = [
        after(received(), then("pqrs.term_extended", new_due_on="2028-01-01"), *more)["legal_term"]
        for more in ([], paused)
    ]

    # The 7th, 8th and 9th of April are not counted: three business days more.
    assert POLICY.calendar.legal_due(alone.due_at - HOUR, 3) == both.due_at


def test_transfer_cancels_the_legal_term() -> None:
    assert (ClockState.MET, ClockState.CANCELLED) == states(received(), then("pqrs.transferred"))


def test_withdrawal_cancels_both_clocks() -> None:
    happened = [received(), then("pqrs.withdrawn")]

    assert (ClockState.CANCELLED, ClockState.CANCELLED) == states(*happened)
    assert [None, None] == [clock.next_at for clock in after(*happened).values()]


def test_withdrawal_during_a_pause_cancels_the_clock() -> None:
    asked, gone = then("pqrs.info_requested"), then("pqrs.withdrawn", MONDAY + 2 * HOUR)

    assert (ClockState.MET, ClockState.CANCELLED) == states(received(), asked, gone)


def test_reopened_case_gets_the_whole_term_of_its_kind() -> None:
    reopened_at = local("2026-04-20 10:00")
    clock = after(received(), then("pqrs.responded"), then("pqrs.reopened", reopened_at))["legal_term"]

    assert (ClockState.OPEN, reopened_at) == (clock.state, clock.started_at)
    assert POLICY.calendar.legal_due(reopened_at, 15) == clock.due_at


def test_a_case_that_was_withdrawn_can_be_reopened() -> None:
    reopened_at = MONDAY + 30 * DAY
    clocks = after(received(), then("pqrs.withdrawn"), then("pqrs.reopened", reopened_at))

    assert (ClockState.CANCELLED, ClockState.OPEN) == (
        clocks["first_reply"].state,
        clocks["legal_term"].state,
    )


def test_closing_does_not_end_the_legal_term() -> None:
    assert (ClockState.MET, ClockState.OPEN) == states(received(), then("pqrs.closed"))
