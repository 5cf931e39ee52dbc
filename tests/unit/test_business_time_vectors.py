"""The vectors of business time cover every calendar, mode and kind of legal term."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hub.business_time import Mode
from tests.unit.test_business_time import CALENDAR, LEGAL, SLA, at, calendar_of, end_of

SECOND_CALLS = [case for case in LEGAL["assembly"] if "first_call" in case]
WITHOUT_A_CALL = [case for case in LEGAL["assembly"] if "fiscal_year_end" in case]
"""The rest of them, the time ahead of an assembly's call, is tried in test_sla_dated.py."""


@pytest.mark.parametrize("name", SLA["calendars"])
def test_each_calendar_of_the_vectors_has_the_holidays_that_it_says(name: str) -> None:
    days = (date(2026, 1, 1) + timedelta(days=n) for n in range(366 * 2))

    assert SLA["calendars"][name]["n_holidays"] == sum(day in calendar_of(name).holidays for day in days)


def test_every_calendar_has_a_vector_except_the_one_before_the_new_law() -> None:
    tried = {case["calendar"] for kind in ("due", "pause", "elapsed", "breach") for case in SLA[kind]}
    before, since = (calendar_of(name) for name in ("LV_0800_1700_holidays_before_ley2578", "LV_0800_1700"))
    friday, day = at("2026-07-10 16:00"), timedelta(hours=9)

    assert {"LV_0800_1700_holidays_before_ley2578"} == SLA["calendars"].keys() - tried
    assert (at("2026-07-13 16:00"), at("2026-07-14 16:00")) == (
        before.due(friday, day),
        since.due(friday, day),
    )


def test_every_mode_has_its_vectors() -> None:
    assert set(Mode) == {mode for case in SLA["due"] for mode in Mode if f"due_{mode}_local" in case}


@pytest.mark.parametrize("case", SECOND_CALLS, ids=lambda case: case["first_call"])
def test_a_second_call_is_for_the_third_business_day(case: dict[str, str]) -> None:
    second = case["second_call_third_business_day_20h"]

    assert CALENDAR.legal_due(at(case["first_call"]), 3) == end_of(second[:10])


@pytest.mark.parametrize("case", WITHOUT_A_CALL, ids=lambda case: case["fiscal_year_end"])
def test_uncalled_assembly_meets_on_the_first_business_day_of_month_four(
    case: dict[str, str],
) -> None:
    meets, last_of_march = case["derecho_propio_art40"], at(f"{int(case['fiscal_year_end'][:4]) + 1}-03-31")

    assert CALENDAR.legal_due(last_of_march, 1) == end_of(meets[:10])
