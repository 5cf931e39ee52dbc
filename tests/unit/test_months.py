"""Months that are made ahead and dropped, and the periods that somebody looks back on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import structlog
from msgspec import structs

from hub.business_time.periods import MOST_WEEKS, Named, named, steps
from hub.errors import StorageConflict, StorageUnavailable
from hub.model.ids import earliest, span, uuid8
from hub.model.months import EPOCH, StoredMonth, gaps, missing, month_of, months_after
from hub.policy import load_policy
from hub.policy.policy import Policy, Retention
from hub.testing import MemoryMonths, SettableClock
from hub.timers import months as keeping
from hub.timers.months import keep_months
from tests.unit.hub_in_memory import memory_hub
from tests.unit.timer_harness import timers_of

NOW = datetime(2027, 1, 31, 23, 59, tzinfo=UTC)


def first(year: int, month: int) -> datetime:
    return datetime(year, month, 1, tzinfo=UTC)


def stored(month: datetime, **fields: Any) -> StoredMonth:
    values: dict[str, Any] = {"name": f"{month:%Y_%m}", "since": month, "until": months_after(month, 1)}
    return StoredMonth(**{**values, **fields})


REST = stored(EPOCH, name="default", until=first(9999, 1), is_rest=True)


def test_a_month_is_one_of_utc() -> None:
    bogota = datetime.fromisoformat("2026-12-31T19:00:00-05:00")

    assert (first(2027, 1), first(2026, 12)) == (month_of(bogota), month_of(bogota - timedelta(seconds=1)))


@pytest.mark.parametrize(
    ("number", "then"), [(0, first(2026, 11)), (2, first(2027, 1)), (-11, first(2025, 12)), (-9999, EPOCH)]
)
def test_months_are_counted_over_the_turn_of_the_year(number: int, then: datetime) -> None:
    assert then == months_after(first(2026, 11), number)


@pytest.mark.parametrize(
    ("day", "number", "then"),
    [
        (datetime(2028, 2, 29, 23, 59, tzinfo=UTC), -60, datetime(2023, 2, 28, 23, 59, tzinfo=UTC)),
        (datetime(2028, 2, 29, tzinfo=UTC), -48, datetime(2024, 2, 29, tzinfo=UTC)),
        (datetime(2026, 8, 31, tzinfo=UTC), -6, datetime(2026, 2, 28, tzinfo=UTC)),
        (datetime(2026, 12, 31, tzinfo=UTC), 6, datetime(2027, 6, 30, tzinfo=UTC)),
    ],
)
def test_a_day_that_the_other_month_does_not_have_is_its_last(
    day: datetime, number: int, then: datetime
) -> None:
    assert then == months_after(day, number)


def test_the_months_after_the_last_one_are_missing() -> None:
    known = [stored(EPOCH, until=first(2026, 12)), stored(first(2026, 12)), REST]

    assert [first(2027, number) for number in (1, 2, 3, 4)] == list(missing(known, NOW, 3))


def test_a_month_that_was_dropped_is_not_missing() -> None:
    known = [stored(first(2026, 1)), stored(first(2027, 4)), REST]

    assert [] == list(missing(known, NOW, 3))


def test_gaps_are_what_was_dropped_before_the_limit() -> None:
    known = [stored(first(2026, 3)), stored(first(2026, 6)), REST]

    assert [(EPOCH, first(2026, 3)), (first(2026, 4), first(2026, 5))] == gaps(known, first(2026, 5))
    assert [] == gaps([stored(EPOCH, until=first(2026, 5)), stored(first(2026, 5))], first(2026, 6))


def test_a_span_has_every_id_of_its_milliseconds_and_no_other() -> None:
    at = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
    millisecond = timedelta(milliseconds=1)
    low, high = span([uuid8(at + millisecond, "b"), uuid8(at, "a")])

    assert low == earliest(at) <= uuid8(at, "x") <= uuid8(at + millisecond, "y") <= high
    assert high < earliest(at + 2 * millisecond)
    assert (earliest(at - timedelta(days=1)), earliest(at + timedelta(days=1, milliseconds=1)).int - 1) == (
        span([uuid8(at, "a")], timedelta(days=1))[0],
        span([uuid8(at, "a")], timedelta(days=1))[1].int,
    )


def test_spans_end_where_ids_end() -> None:
    assert (UUID(int=0), UUID(int=(1 << 80) - 1)) == span([])
    assert UUID(int=(1 << 128) - 1) == span([UUID(int=(1 << 128) - 1)], timedelta(days=31))[1]


def policy_of(months: int) -> Policy:
    return structs.replace(load_policy(), retention=Retention(months=months))


class Digests:
    async def forget(self, before: datetime) -> int:
        return 0 if before < NOW else 1


async def keep(store: MemoryMonths, months: int = 0) -> list[dict[str, Any]]:
    hub = memory_hub(NOW)
    with structlog.testing.capture_logs() as logs:
        timers = timers_of(
            hub, months=store, digests=Digests(), policy=policy_of(months), now=SettableClock(NOW)
        )
        assert not await keep_months(timers)
    return [dict(line) for line in logs]


async def names(store: MemoryMonths) -> list[str]:
    return [month.name for month in await store.months()]


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "PACE", 0)
    monkeypatch.setattr(keeping, "PAUSES", (0,))


async def test_three_months_are_made_ahead() -> None:
    store = MemoryMonths()
    logs = await keep(store)

    assert ["2027_01", "2027_02", "2027_03", "2027_04", "default"] == await names(store)
    assert {"months.made"} == {line["event"] for line in logs}


@pytest.mark.parametrize(
    ("faults", "event", "words"),
    [
        ((StorageConflict(), StorageConflict()), "months.in_use", ""),
        ((StorageUnavailable("(InsufficientPrivilegeError)"),), "months.not_made", "create tables"),
    ],
)
async def test_a_month_that_cannot_be_made_is_said_and_made_later(
    faults: tuple[Exception, ...], event: str, words: str
) -> None:
    store = MemoryMonths()
    store.faults.script("make", *faults)
    logs = await keep(store)

    assert ["default"] == await names(store)
    assert [(event, True)] == [(line["event"], words in line.get("to_do", "")) for line in logs]
    await keep(store)
    assert "2027_04" in await names(store)


OLD = [first(2025, 12), first(2026, 1), first(2026, 2)]


async def test_nothing_is_dropped_by_default() -> None:
    store = MemoryMonths(OLD)
    await keep(store)

    assert {"2025_12", "2026_01", "2026_02"} <= set(await names(store))
    assert store.forgotten == []


async def test_whole_months_are_kept_and_older_ones_dropped() -> None:
    store = MemoryMonths(OLD)
    logs = await keep(store, months=12)

    assert "2025_12" not in await names(store)
    assert {"2026_01", "2026_02"} <= set(await names(store))
    assert [(EPOCH, first(2026, 1))] * 2 == store.forgotten
    assert "months.dropped" in {line["event"] for line in logs}


async def test_a_month_with_something_alive_stays_and_the_log_says_why() -> None:
    store = MemoryMonths(OLD, held={"2025_12": 3})
    logs = await keep(store, months=11)

    assert "2025_12" in await names(store)
    assert "2026_01" not in await names(store)
    assert [("2025_12", 3)] == [(line["month"], line["messages"]) for line in logs if "kept" in line["event"]]


async def test_a_change_is_tried_again_at_once() -> None:
    store = MemoryMonths(OLD[:1])
    store.faults.script("make", StorageConflict())
    store.faults.script("drop", StorageConflict())
    await keep(store, months=12)

    assert ["2026_01"] == (await names(store))[:1]


async def test_a_month_in_use_is_dropped_later() -> None:
    store = MemoryMonths(OLD[:1])
    store.faults.script("drop", StorageConflict(), StorageConflict())
    await keep(store, months=12)
    assert "2025_12" in await names(store)
    await keep(store, months=12)
    assert "2025_12" not in await names(store)


TODAY = date(2026, 3, 11)  # a Wednesday


@pytest.mark.parametrize(
    ("name", "since", "until"),
    [
        ("30d", date(2026, 2, 10), TODAY),
        ("month", date(2026, 3, 1), TODAY),
        ("last", date(2026, 2, 1), date(2026, 2, 28)),
        ("90d", date(2025, 12, 12), TODAY),
        ("year", date(2026, 1, 1), TODAY),
    ],
)
def test_named_period_has_its_days(name: Named, since: date, until: date) -> None:
    assert named(name, TODAY) == (since, until)


def test_short_period_is_cut_into_weeks_from_monday() -> None:
    assert steps(date(2026, 3, 1), date(2026, 3, 11)) == [
        (date(2026, 3, 1), date(2026, 3, 1)),
        (date(2026, 3, 2), date(2026, 3, 8)),
        (date(2026, 3, 9), date(2026, 3, 11)),
    ]


def test_long_period_is_cut_into_months() -> None:
    cut = steps(date(2025, 11, 15), TODAY)

    assert [since for since, _ in cut] == [
        date(2025, 11, 15),
        *(date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)),
    ]
    assert cut[0][1] == date(2025, 11, 30)


@pytest.mark.parametrize("days", [1, 2, 31, 99, 100, 105, 106, 400])
def test_steps_hold_each_day_once_and_are_few(days: int) -> None:
    for offset in range(7):
        since = TODAY + timedelta(days=offset)
        until = since + timedelta(days=days - 1)
        cut = steps(since, until)
        held = [since + timedelta(days=day) for since, last in cut for day in range((last - since).days + 1)]

        assert held == [since + timedelta(days=day) for day in range(days)]
        assert len(cut) <= MOST_WEEKS
