"""Which tests start which of the functions, and which of these tests are asked about a mutant."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from benchmarks.mutants.functions import ROOT, Found
from benchmarks.mutants.runs import Orders, run
from benchmarks.mutants.table import Mutant, found_again

MAP: Final = ROOT / ".run/mutants/map.json"
SUITES: Final = ("tests/unit", "tests/contract", "tests/lawful", "tests/integration")
"""The first ones are asked first. Those of acceptance and chaos run the hub in other processes."""
LEFT_OUT: Final = (
    "tests/integration/test_hands.py",
    "tests/integration/test_web_accessible.py",
    "tests/integration/test_web_browser*",
    "tests/integration/test_web_console*",
    "tests/integration/*speed*",
    "tests/unit/test_benchmark*",
)
"""They need a browser, or judge time, which other work on the machine changes."""
SLOW: Final = 10.0
"""Seconds of a test that is not asked."""

FEW: Final = 12
MANY: Final = 60
TOGETHER: Final = 3
"""Tests of a file: to read a file takes longer than most of its tests."""

Map = Mapping[str, Mapping[str, Any]]
"""Test → its seconds, and the places that it starts."""


def make(
    mutants: Sequence[Mutant], functions: Sequence[Found], paths: Sequence[str], words: Sequence[str]
) -> int:
    """Run the tests of these paths, and note in the map what they start; return how many tests were noted."""
    watched: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for mutant in mutants:
        if function := found_again(mutant, functions):
            watched[function.module][function.name] = mutant.place
    ignored = [f"--ignore-glob={ROOT / pattern}" for pattern in LEFT_OUT]
    answer = run(Orders(watched=watched), [*words, *ignored, *(paths or SUITES)])
    # What fails without a fault says nothing about one.
    noted = {test: told for test, told in answer.tests.items() if test and test not in answer.failed}
    MAP.parent.mkdir(parents=True, exist_ok=True)
    MAP.write_text(json.dumps({**_known(), **noted}, indent=0), encoding="utf-8")
    return len(noted)


def read() -> Map:
    """Return what is known of tests whose file is still there."""
    return {test: told for test, told in _known().items() if (ROOT / test.partition("::")[0]).exists()}


def batches(known: Map, mutant: Mutant) -> list[list[str]]:
    """
    Return the tests that are asked about a mutant, the one that caught it before first.

    Then by suite; of each file first some, then more; those that start few functions know more of each.
    The last batch is asked only where much depends on it.
    """
    able = [test for test, told in known.items() if mutant.place in told["starts"] and told["seconds"] < SLOW]
    able.sort(key=lambda test: (_suite(test), len(known[test]["starts"]), known[test]["seconds"]))
    nth: Counter[str] = Counter()
    turn: dict[str, int] = {}
    for test in able:
        file = test.partition("::")[0]
        turn[test] = nth[file] // TOGETHER
        nth[file] += 1
    able.sort(key=lambda test: (test != mutant.by, _suite(test), turn[test]))
    light = [test for test in able if not _needs_servers(test)]
    heavy = [test for test in able if _needs_servers(test)]
    several = [light[:FEW], light[FEW:MANY], heavy[:FEW], [*light[MANY:], *heavy[FEW:]]]
    return [batch for batch in several[:-1] if batch] + several[-1:]


def _known() -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = json.loads(MAP.read_text(encoding="utf-8")) if MAP.exists() else {}
    return found


def _suite(test: str) -> int:
    return next((number for number, suite in enumerate(SUITES) if test.startswith(f"{suite}/")), len(SUITES))


def _needs_servers(test: str) -> bool:
    return test.startswith(SUITES[-1])
