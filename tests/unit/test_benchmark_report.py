"""Report of the benchmark: its aims, its output and its file, from its measurements."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

import pytest

from benchmarks.aims import AIMS, findings
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
