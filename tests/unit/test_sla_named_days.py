"""Promises due on a day that the event names: an accounting report, and the fee of a unit."""

from __future__ import annotations

import pytest

from hub import sla
from hub.catalog import BY_NAME
from hub.model import Clock, ClockState, Event, StepKind
from tests.unit.clock_factory import instants
from tests.unit.factories import MONDAY, POLICY, event, local
from tests.unit.hub_in_memory import memory_hub

REPORT = {"engagement_id": "e-1", "due_on": "2026-03-20"}
FEE = {"unit_id": "u-1", "due_on": "2026-03-20"}
DUE = local("2026-03-21 00:00")


def after(*happened: Event) -> Clock:
    case = "engagement_id:e-1" if happened[0].name.startswith("accounting.") else "unit_id:u-1"
    [clock] = sla.replay(case, happened, BY_NAME, POLICY)
    return clock


def accounting(name: str, at: str) -> Event:
    return event(f"accounting.{name}", {"engagement_id": "e-1"}, at=local(at))


def promised() -> Event:
    return event("accounting.delivery.committed", REPORT)


def test_report_is_due_at_the_end_of_its_day_with_a_warning_three_days_before() -> None:
    clock = after(promised())

    assert ("accounting_delivery", DUE) == (clock.name, clock.due_at)
    assert [local("2026-03-17 00:00")] == instants(clock, StepKind.AT_RISK)


@pytest.mark.parametrize(
    ("delivered", "state"),
    [("2026-03-20 23:59", ClockState.MET), ("2026-03-21 00:01", ClockState.BREACHED)],
)
def test_report_delivered_on_its_day_meets_the_promise(delivered: str, state: ClockState) -> None:
    assert state is after(promised(), accounting("report.delivered", delivered)).state


def test_days_of_waiting_for_the_client_do_not_count() -> None:
    asked = accounting("documents.requested", "2026-03-10 09:00")
    waiting = after(promised(), asked)
    clock = after(promised(), asked, accounting("documents.received", "2026-03-12 09:00"))

    assert waiting.next_at is None
    assert local("2026-03-23 00:00") == clock.due_at


def test_dunning_clock_notifies_nobody() -> None:
    clock = after(event("admin.invoice.issued", FEE))

    assert ("dunning", DUE, True) == (clock.name, clock.due_at, clock.promise.silent)


@pytest.mark.parametrize("paid", ["2026-03-10 09:00", "2026-03-25 09:00"])
def test_a_payment_ends_the_dunning_of_its_unit(paid: str) -> None:
    clock = after(
        event("admin.invoice.issued", FEE),
        event("admin.payment.received", {"unit_id": "u-1"}, at=local(paid)),
    )

    assert local(paid) == clock.ended_at


async def test_a_payment_of_another_unit_ends_nothing() -> None:
    hub = memory_hub(MONDAY)
    await hub.take_in(event("admin.invoice.issued", FEE), event("admin.payment.received", {"unit_id": "u-2"}))

    assert [ClockState.OPEN] == hub.states("dunning")


@pytest.mark.parametrize(
    ("name", "field", "day"),
    [
        ("admin.invoice.issued", "due_on", "9999-12-31"),
        ("quality.audit.finding", "action_due_on", "0001-01-02"),
        ("pqrs.term_extended", "new_due_on", "9999-12-31"),
    ],
)
async def test_day_beyond_all_calendars_is_rejected_with_a_reason(name: str, field: str, day: str) -> None:
    hub = memory_hub()
    await hub.take_in(event(name, {field: day}))

    [letter] = hub.letters
    assert (f"data.{field}", True) == (letter.letter.field, "from 1900 to 9998" in letter.letter.reason)
