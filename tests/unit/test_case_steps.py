"""A case replayed in steps has the clocks of one replayed at once, and costs only its new events."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from prometheus_client import REGISTRY

from hub import sla
from hub.business_time import BusinessDays
from hub.catalog import BY_NAME
from hub.intake.cases import replay_cases
from hub.intake.decode import IntakeContext
from hub.model import HUB_SOURCE, Clock, ClockState, Event, StoredEvent
from hub.model.ids import clock_id, event_key
from hub.policy.clocks import ClockPolicy
from hub.testing.tables import Tables
from hub.testing.transaction import MemoryTransaction
from tests.unit.factories import DESK, MONDAY, POLICY, RULES, SCHEMAS, SOURCE, event
from tests.unit.test_sla_histories import NAMES, PQRS

DAY = timedelta(days=1)
UNIT = event("admin.invoice.issued").data["unit_id"]
KEYS = {"pqrs_id": PQRS, "unit_id": UNIT}
PQRS_TYPES = (*NAMES, "support.replied")
UNIT_TYPES = ("admin.invoice.issued", "admin.payment.received", "admin.payment.received")


class CountingTransaction(MemoryTransaction):
    """Counts the events that intake reads of cases."""

    read = 0

    async def case_events(self, cases: Mapping[str, datetime | None]) -> Mapping[str, Sequence[StoredEvent]]:
        found = await super().case_events(cases)
        CountingTransaction.read += sum(map(len, found.values()))
        return found


def happened(name: str, days: int, number: int, case: str) -> Event:
    field = case.partition(":")[0]
    about = {"about": "pqrs.responded", "about_id": f"e-{number - 1}"} if "notification" in name else {}
    source = HUB_SOURCE if BY_NAME[name].hub_emitted else SOURCE
    data: dict[str, Any] = {field: KEYS[field], **about}
    if BY_NAME[name].hub_emitted:
        data = {**data, "thread_id": case}
    return event(name, data, at=MONDAY + days * DAY, id=f"e-{number}", source=source)


def histories(names: Sequence[str], case: str) -> st.SearchStrategy[list[Event]]:
    drawn = st.lists(st.tuples(st.sampled_from(names), st.integers(0, 12)), min_size=1, max_size=9)
    return drawn.map(lambda pairs: [happened(name, days, n, case) for n, (name, days) in enumerate(pairs)])


@st.composite
def arrivals(draw: st.DrawFn, names: Sequence[str], case: str) -> list[list[Event]]:
    """A history in any order, in batches; some events come twice."""
    history = draw(histories(names, case))
    order = draw(st.permutations([*history, *draw(st.lists(st.sampled_from(history), max_size=3))]))
    cuts = sorted(draw(st.lists(st.integers(0, len(order)), max_size=4)))
    return [order[since:until] for since, until in zip([0, *cuts], [*cuts, len(order)], strict=True)]


async def receive(
    tables: Tables, batch: Sequence[Event], case: str, context: IntakeContext = DESK
) -> list[Clock]:
    transaction = CountingTransaction(tables, MONDAY, ())
    stored = [
        StoredEvent(key=event_key(one), event=one, case=case) for one in {e.id: e for e in batch}.values()
    ]
    new = await transaction.add_events(stored)
    return await replay_cases(transaction, stored, new, context=context, now=MONDAY)


async def live_through(batches: Sequence[Sequence[Event]], case: str) -> Tables:
    tables = Tables()
    for batch in batches:
        await receive(tables, batch, case)
    return tables


def facts(clocks: Sequence[Clock]) -> Mapping[Any, object]:
    """The facts of clocks, without those that an earlier start has replaced."""
    return {
        clock.id: (clock.name, clock.ended_at and clock.state, clock.due_at, clock.ended_at, clock.course)
        for clock in clocks
        if not (clock.state is ClockState.CANCELLED and clock.ended_at == clock.started_at)
    }


def lived(batches: Sequence[Sequence[Event]], case: str) -> Mapping[Any, object]:
    return facts([*asyncio.run(live_through(batches, case)).clocks.values()])


def at_once(batches: Sequence[Sequence[Event]], case: str) -> Mapping[Any, object]:
    events = {one.id: one for batch in batches for one in batch}
    return facts(sla.replay(case, events.values(), BY_NAME, POLICY))


@settings(max_examples=150, deadline=None)
@given(batches=arrivals(PQRS_TYPES, f"pqrs_id:{PQRS}"))
def test_any_order_of_arrival_gives_the_clocks_of_a_replay_at_once(batches: list[list[Event]]) -> None:
    case = f"pqrs_id:{PQRS}"

    assert lived(batches, case) == at_once(batches, case)


@settings(max_examples=150, deadline=None)
@given(batches=arrivals(UNIT_TYPES, f"unit_id:{UNIT}"))
def test_skipped_payments_count_when_an_earlier_invoice_arrives(batches: list[list[Event]]) -> None:
    case = f"unit_id:{UNIT}"

    assert lived(batches, case) == at_once(batches, case)


async def paid_for(months: int) -> Tables:
    case = f"unit_id:{UNIT}"
    pairs = [
        [
            happened("admin.invoice.issued", 30 * n, 2 * n, case),
            happened("admin.payment.received", 30 * n + 5, 2 * n + 1, case),
        ]
        for n in range(months)
    ]
    return await live_through([[one] for pair in pairs for one in pair], case)


@pytest.mark.parametrize("months", [2, 60])
async def test_a_case_that_never_ends_costs_only_what_is_new(months: int) -> None:
    case = f"unit_id:{UNIT}"
    tables = await paid_for(months)
    CountingTransaction.read = 0

    issued = await receive(tables, [happened("admin.invoice.issued", 30 * months, 2 * months, case)], case)
    paid = await receive(tables, [happened("admin.payment.received", 30 * months + 1, 9999, case)], case)

    assert CountingTransaction.read == 2, "each reads itself and no earlier event"
    assert ([clock.state for clock in issued], [clock.state for clock in paid]) == (
        [ClockState.OPEN],
        [ClockState.CANCELLED],
    )


async def test_a_payment_without_an_invoice_reads_and_writes_nothing_of_its_case() -> None:
    case = f"unit_id:{UNIT}"
    tables = Tables()
    CountingTransaction.read = 0

    clocks = await receive(tables, [happened("admin.payment.received", 1, 1, case)], case)

    assert (clocks, CountingTransaction.read, tables.case_states) == ([], 0, {})


def restarts() -> float:
    """Return how many replays from the first event the metric counts."""
    return REGISTRY.get_sample_value("hub_case_replays_total", {"how": "restart"}) or 0.0


async def test_an_event_older_than_the_last_one_replays_the_case_as_a_whole() -> None:
    case = f"unit_id:{UNIT}"
    tables = await paid_for(3)
    before = restarts()
    CountingTransaction.read = 0

    await receive(tables, [happened("admin.payment.received", 2, 999, case)], case)

    assert CountingTransaction.read == 7
    assert restarts() == before + 1
    first = min(tables.clocks.values(), key=lambda clock: clock.started_at)
    assert first.ended_at == MONDAY + 2 * DAY


async def test_a_duplicate_returns_the_clocks_to_track_and_changes_nothing() -> None:
    case = f"pqrs_id:{PQRS}"
    tables = Tables()
    opening = happened("pqrs.received", 0, 1, case)
    first = await receive(tables, [opening], case)

    again = await receive(tables, [opening], case)

    assert {clock.id for clock in again} == {clock.id for clock in first}
    assert clock_id(case, "first_reply", opening) in {clock.id for clock in again}


async def test_a_duplicate_beside_a_new_event_returns_all_clocks_to_track() -> None:
    case = f"pqrs_id:{PQRS}"
    tables = Tables()
    opening, reply = happened("pqrs.received", 0, 1, case), happened("pqrs.replied", 1, 2, case)
    await receive(tables, [opening], case)

    again = await receive(tables, [opening, reply], case)

    assert sorted((clock.name, clock.ended_at) for clock in again) == [
        ("first_reply", reply.time),
        ("legal_term", None),
    ]


async def test_a_duplicate_of_an_event_that_only_ends_clocks_returns_them_to_track() -> None:
    case = f"unit_id:{UNIT}"
    tables = Tables()
    payment = happened("admin.payment.received", 1, 2, case)
    await receive(tables, [happened("admin.invoice.issued", 0, 1, case)], case)
    first = await receive(tables, [payment], case)

    again = await receive(tables, [payment], case)

    assert {clock.id for clock in again} == {clock.id for clock in first}


@pytest.mark.parametrize(
    "changed",
    [
        {"hub_emitted": True},
        {"ends_reminders": True},
        {"reminders": BY_NAME["concierge.package.received"].reminders},
    ],
)
def test_all_that_a_replay_reads_of_the_catalogue_is_in_its_version(changed: Mapping[str, Any]) -> None:
    kind = BY_NAME["pqrs.received"]
    before, after = ({"pqrs.received": one} for one in (kind, replace(kind, **changed)))

    assert sla.version_of(before, POLICY) != sla.version_of(after, POLICY)


async def test_a_restarted_term_has_the_policy_of_the_last_replay() -> None:
    case = f"pqrs_id:{PQRS}"
    events = [
        happened("pqrs.received", 0, 1, case),
        happened("pqrs.replied", 1, 2, case),
        happened("pqrs.responded", 2, 3, case),
        happened("pqrs.reopened", 3, 4, case),
    ]
    tables = Tables()
    await receive(tables, events[:1], case)
    terms = {**POLICY.clocks, "legal_term": ClockPolicy(target=BusinessDays(40))}
    policy = structs.replace(POLICY, clocks=terms)
    changed = IntakeContext(schemas=SCHEMAS, catalog=BY_NAME, rules=replace(RULES, policy=policy))
    for later in events[1:]:
        await receive(tables, [later], case, changed)

    at_once = {clock.id: clock.promise for clock in sla.replay(case, events, BY_NAME, policy)}
    last = max(tables.clocks.values(), key=lambda clock: clock.started_at)
    assert last.promise == at_once[last.id]


OLD: Any = {name: replace(BY_NAME[name], clocks=()) for name in ("pqrs.replied", "admin.invoice.issued")}
"""Types as a hub knew them before their events moved clocks."""


@pytest.mark.parametrize(
    ("case", "before", "after"),
    [
        (f"pqrs_id:{PQRS}", [("pqrs.replied", 2)], [("pqrs.received", 0)]),
        (
            f"unit_id:{UNIT}",
            [("admin.invoice.issued", 0)],
            [("admin.payment.received", 1), ("admin.invoice.issued", 30)],
        ),
    ],
)
async def test_moves_that_a_type_gains_count_for_the_events_stored_before(
    case: str, before: list[tuple[str, int]], after: list[tuple[str, int]]
) -> None:
    old = IntakeContext(schemas=SCHEMAS, catalog={**BY_NAME, **OLD}, rules=RULES)
    events = [happened(name, days, n, case) for n, (name, days) in enumerate([*before, *after])]
    tables = Tables()
    for number, received in enumerate(events):
        await receive(tables, [received], case, old if number < len(before) else DESK)

    assert facts([*tables.clocks.values()]) == at_once([events], case)
