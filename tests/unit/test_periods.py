"""The periods that somebody looks back on, and how they are cut."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hub.business_time.periods import MOST_WEEKS, Named, named, steps

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
