"""Duty at an instant: the weekly rota and the delegates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.business_time.dates import ZONE, instant, query_instant
from hub.model import Json
from hub.people.rota import on_shift, standing_in

NIGHTS: Mapping[str, Json] = {"days": ["mon", "sun"], "from": "22:00", "to": "06:00", "person_id": "night"}
DAY: Mapping[str, Json] = {"days": ["mon"], "from": "06:00", "to": "22:00", "person_id": "day"}
WHOLE: Mapping[str, Json] = {"days": ["sat"], "from": "00:00", "to": "24:00", "person_id": "whole"}


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-03-09T05:59", ["night"]),  # Monday, of Sunday's night
        ("2026-03-09T06:00", ["day"]),
        ("2026-03-09T21:59", ["day"]),
        ("2026-03-09T22:00", ["night"]),
        ("2026-03-10T05:59", ["night"]),  # Tuesday, of Monday's night
        ("2026-03-10T06:00", []),
        ("2026-03-10T22:00", []),
        ("2026-03-14T00:00", ["whole"]),
        ("2026-03-14T23:59", ["whole"]),
        ("2026-03-15T00:00", []),
    ],
)
def test_a_shift_is_of_the_wall_clock_of_bogota(local: str, expected: list[str]) -> None:
    at = datetime.fromisoformat(f"{local}:00-05:00")

    assert expected == on_shift([NIGHTS, DAY, WHOLE], at)


def test_all_of_overlapping_shifts_are_called() -> None:
    other = {**DAY, "person_id": "also"}

    assert ["also", "day"] == on_shift([DAY, other, DAY], datetime(2026, 3, 9, 12, tzinfo=ZONE))


@given(st.datetimes(timezones=st.just(ZONE)))
def test_a_week_of_whole_days_has_no_gap(at: datetime) -> None:
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    halves: list[Mapping[str, Json]] = [
        {"days": days, "from": "18:00", "to": "06:00", "person_id": "n"},
        {"days": days, "from": "06:00", "to": "18:00", "person_id": "d"},
    ]

    assert 1 == len(on_shift(halves, at))


@pytest.mark.parametrize(
    ("away", "expected"),
    [
        ({}, ["a", "b"]),
        ({"a": ["c"]}, ["b", "c"]),
        ({"a": []}, ["b"]),
        ({"a": [], "b": []}, ["a", "b"]),  # nobody were left
        ({"a": ["c"], "c": ["d"]}, ["b", "d"]),
        ({"a": ["b"], "b": ["a"]}, ["a", "b"]),  # each stands in for the other
        ({"a": ["c"], "c": [], "b": []}, ["a", "b"]),
    ],
    ids=["all here", "delegate", "no delegate", "all away", "delegate's delegate", "circle", "dead end"],
)
def test_person_on_leave_is_replaced(away: dict[str, list[str]], expected: list[str]) -> None:
    assert expected == standing_in(["a", "b"], away)


@given(
    st.sets(st.sampled_from("abcd"), min_size=1),
    st.dictionaries(st.sampled_from("abcd"), st.sets(st.sampled_from("abcd"))),
)
def test_somebody_is_always_notified(refs: set[str], away: dict[str, set[str]]) -> None:
    assert standing_in(refs, away)


def test_query_date_means_its_end_and_term_date_its_start() -> None:
    assert datetime(2026, 3, 9, tzinfo=ZONE) == instant("2026-03-09")
    assert instant("2026-03-10") - timedelta(microseconds=1) == query_instant("2026-03-09")
    assert instant("2026-03-09T13:00:00Z") == query_instant("2026-03-09T08:00:00-05:00")
