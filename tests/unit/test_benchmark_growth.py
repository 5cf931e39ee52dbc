"""Report of the benchmark of growth, from its rounds."""

from __future__ import annotations

import pytest

from benchmarks.growth import compared, growth_of
from benchmarks.results import Turn


def turn(number: int, cpu: float, contestant: str = "hub") -> Turn:
    return Turn(contestant=contestant, number=number, mails=1000, seconds=1, own_cpu=cpu / 2, all_cpu=cpu)


def test_growth_compares_the_last_rounds_with_the_first() -> None:
    costs = [1.0, 1.1, 0.9, 5.0, 1.2, 1.3, 1.1]

    assert growth_of([turn(n, cpu) for n, cpu in enumerate(costs, 1)]) == pytest.approx(0.2)


def test_two_rounds_are_compared_with_each_other() -> None:
    assert growth_of([turn(1, 2.0), turn(2, 1.0)]) == pytest.approx(-0.5)


def test_what_is_stored_is_compared_with_the_least() -> None:
    turns = [turn(1, 1.0, "1"), turn(1, 1.1, "100"), turn(1, 3.0, "10000")]
    found = compared(turns, "growth_case_")

    assert found == pytest.approx({"growth_case_100": 0.1, "growth_case_10000": 2.0})
