"""Report of the benchmark of clocks, from its receipts and findings."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.clocks.figures import Findings, Kept, Lateness, as_json, lateness, percentile, table, verdict
from benchmarks.clocks.making import KINDS, Maker
from tests.unit.factories import POLICY

NOW = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)
DUE = {"a": 100.0, "b": 101.0, "c": 102.0}
FINE = Findings(
    clocks=1_000_000,
    load=1.0,
    rebuild=2.0,
    bytes_each=160.0,
    kept=[Kept(name="due:urgent:c", keys=2, members=1000, bytes=40_000)],
    lateness=Lateness(steps=3, missing=0, early=0, again=0, p50=0.05, p90=0.08, p99=0.1, longest=0.2),
    cpu={"timers": 1.5},
    disagreements=[],
)


def test_a_step_is_as_late_as_its_event_first_comes() -> None:
    found = lateness(DUE, [("b", 101.5), ("a", 100.25), ("a", 109.0), ("another's", 1.0), ("c", 102.5)])

    assert (3, 0, 0, 1) == (found.steps, found.missing, found.early, found.again)
    assert (0.5, 0.5) == (found.p50, found.longest)


def test_absent_event_is_missing_and_event_before_its_time_is_early() -> None:
    found = lateness(DUE, [("a", 99.5)])

    assert (2, 1) == (found.missing, found.early)


def test_without_arrivals_no_lateness_is_reported() -> None:
    found = lateness(DUE, [])

    assert math.isnan(found.p99)
    assert ["p99 of nan ms", "3 steps were not published"] == verdict(replace(FINE, lateness=found))


@pytest.mark.parametrize(("percent", "expected"), [(1, 1), (50, 50), (99, 99), (100, 100)])
def test_a_percentile_is_what_so_many_do_not_exceed(percent: int, expected: int) -> None:
    assert expected == percentile(range(1, 101), percent)
    assert 7 == percentile([7], percent)


def test_what_is_promised_is_judged() -> None:
    late = replace(FINE.lateness, p99=0.25)

    assert [] == verdict(FINE)
    assert ["250 bytes each", "p99 of 250 ms"] == verdict(replace(FINE, bytes_each=250.0, lateness=late))
    assert [] == verdict(replace(FINE, clocks=1000, bytes_each=250.0))
    assert ["open: 1 in Redis, 2 in SQL"] == verdict(
        replace(FINE, disagreements=["open: 1 in Redis, 2 in SQL"])
    )


def test_all_measurements_are_reported() -> None:
    document = json.loads(json.dumps(as_json(FINE)))

    assert [] == document["failures"]
    assert 0.1 == document["lateness"]["p99"]
    assert "p50 50 ms, p90 80 ms, p99 100 ms, most 200 ms" in table(FINE)


def test_a_made_clock_has_its_next_step_at_its_instant_and_no_other_with_it() -> None:
    maker = Maker(POLICY)
    clocks = [maker.clock(number, NOW) for number in range(10)]

    assert {NOW} == {clock.next_at for clock in clocks}
    assert {1} == {sum(step.at == NOW for step in one.steps) for one in clocks}
    assert {(kind.promise, kind.fired): kind.share for kind in KINDS} == Counter(
        (one.name, one.fired) for one in clocks
    )
    assert 10 == len({one.id for one in clocks})
    assert {POLICY.calendar_version} == {one.calendar for one in clocks}


def test_a_million_clocks_wait_for_twenty_days() -> None:
    maker = Maker(POLICY)
    instants = [maker.waiting(number, NOW).next_at for number in (0, 1, 2, 999_999)]

    assert instants == sorted(set(instants), key=str)
    assert NOW + timedelta(hours=1) == instants[0]
    assert NOW + timedelta(days=20, hours=1, milliseconds=-1_728) == instants[-1]
