"""Reports of the benchmarks: their aims, their output and their files, from the measurements."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.aims import AIMS, findings
from benchmarks.clocks.figures import Findings, Kept, Lateness, as_json, lateness, percentile, table, verdict
from benchmarks.clocks.making import KINDS, Maker
from benchmarks.command import options_of, sizes_of
from benchmarks.mode import Outcome
from benchmarks.modes import MODES
from benchmarks.progress import left_of, words
from benchmarks.report import (
    COMPARED,
    HEAD,
    aims_table,
    compared_table,
    document_of,
    entry,
    judged,
    merged,
    page,
    with_table,
)
from tests.unit.factories import POLICY

CONDITIONS = {"cores": "2"}


def run(**measured: float) -> Mapping[str, object]:
    outcome = Outcome(table="a table", measured=measured, figures={"all": 1})
    return document_of({"+".join(measured): entry(outcome, {"mails": 5_000})}, {}, CONDITIONS)


def test_a_limit_itself_is_met_and_nothing_beyond_it() -> None:
    met = {
        row.work: row.met for row in findings({"celery": 6.0, "floor": 0.84, "start": 1.5, "backup": 0.051})
    }

    assert [True, False, True, False] == [
        met[aim.work] for key in ("celery", "floor", "start", "backup") for aim in AIMS if aim.key == key
    ]


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    rows = findings({})

    assert {None} == {row.met for row in rows}
    assert {"–"} == {row.measured for row in rows}


def test_what_never_came_is_not_met() -> None:
    assert not any(aim.met_by(math.nan) for aim in AIMS)


def test_every_aim_is_named_once() -> None:
    assert len(AIMS) == len({aim.key for aim in AIMS}) == len({aim.work for aim in AIMS})


def test_runs_of_several_modes_become_one_page() -> None:
    both = merged([json.loads(json.dumps(run(celery=5.0))), json.loads(json.dumps(run(start=0.5)))])
    text = page(both)

    assert "≥ 6.00 × | 5.00 × | **no** |" in text
    assert "≤ 1.50 s | 0.50 s | yes |" in text
    assert "## celery\n\nmails 5,000\n\n```\na table\n```" in text
    assert "* cores: 2" in text


def test_the_table_of_a_page_is_replaced_and_nothing_else() -> None:
    before = f"# A page\n\n{aims_table(findings({}))}\nMore.\n"
    found = run(start=0.5)

    assert f"# A page\n\n{aims_table(judged(found))}\nMore.\n" == with_table(
        before, aims_table(judged(found))
    )


def test_a_page_without_the_table_stays_as_it_is() -> None:
    assert f"{HEAD[:-1]}\n" == with_table(f"{HEAD[:-1]}\n", aims_table(findings({})))


def test_what_a_reader_compares_is_the_measured_value_of_an_aim() -> None:
    table = compared_table(findings({"celery": 3.117, "start": 0.97}))

    assert f"| {COMPARED['celery']} | 3.12 × |" in table
    assert f"| {COMPARED['start']} | 0.97 s |" in table
    assert f"| {COMPARED['memory_idle']} | – |" in table


def test_without_a_mode_all_are_chosen() -> None:
    assert list(MODES) == options_of([]).modes
    assert ["growth"] == [mode.name for mode in options_of(["growth"]).modes]


@pytest.mark.parametrize("arguments", [["--quick", "growth"], ["growth", "--quick"]])
def test_quick_may_stand_before_or_after_the_mode(arguments: list[str]) -> None:
    options = options_of(arguments)
    (growth,) = options.modes

    assert {option.name: option.quick for option in growth.options} == sizes_of(growth, options)


def test_a_given_number_counts() -> None:
    options = options_of(["growth", "--mails", "7"])
    (growth,) = options.modes

    assert 7 == sizes_of(growth, options)["mails"]
    assert 10 == sizes_of(growth, options)["rounds"]


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_what_is_no_number_is_refused(number: str) -> None:
    with pytest.raises(SystemExit):
        options_of(["growth", "--mails", number])


def test_all_modes_together_are_quick_in_ten_minutes() -> None:
    assert 10 >= math.fsum(mode.minutes[1] for mode in MODES)


def test_the_estimate_goes_from_what_is_usual_to_the_own_pace() -> None:
    assert 0.25 * 30 + 0.75 * 90 == left_of(10, 1, 4, 100)
    assert 30 == left_of(10, 1, 4, None)
    assert 0.0 == left_of(10, 4, 4, 100)
    assert ["", "45 s left", "2 min left"] == [words(0.2), words(45), words(120)]


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
