"""A mutant is tried by the tests that start its function, until one of them fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from typing import Final

from benchmarks.mutants import mapping
from benchmarks.mutants.functions import Found
from benchmarks.mutants.runs import NO_TESTS, TOO_LONG, Orders, run
from benchmarks.mutants.table import CAUGHT, GONE, NOT_REACHED, SURVIVED, UNDECIDED, Mutant, found_again

LONGEST: Final = 600.0
"""Seconds of a run: a machine that does much else needs minutes for one of ten seconds."""
ONE_BY_ONE: Final = ("-n", "0", "-x", "-o", f"timeout={TOO_LONG}")
IMPORTED: Final = "import"
"""What caught a mutant with which no test could be read."""


def tried(
    mutants: Sequence[Mutant], functions: Sequence[Found], known: mapping.Map, jobs: int
) -> Iterator[Mutant]:
    """Yield each with its state as it is found, some at a time."""
    with ThreadPoolExecutor(jobs) as pool:
        running = [pool.submit(_tried, mutant, functions, known) for mutant in mutants]
        try:
            for done in as_completed(running):
                yield done.result()
        finally:
            for one in running:
                one.cancel()


def unmade(mutants: Sequence[Mutant]) -> list[Mutant]:
    """
    Run what has caught mutants once more, with no fault in the hub.

    A test that fails by itself, or in another order than usual, has caught nothing.
    """
    tests = sorted({mutant.by for mutant in mutants if "::" in mutant.by})
    failed = set(run(Orders(tests=tests), ["-n", "0"]).failed) if tests else set()
    return [replace(mutant, state=UNDECIDED, by="") for mutant in mutants if mutant.by in failed]


def _tried(mutant: Mutant, functions: Sequence[Found], known: mapping.Map) -> Mutant:
    function = found_again(mutant, functions)
    if function is None:
        return replace(mutant, state=GONE, by="")
    *first, last = mapping.batches(known, mutant)
    # It was caught once: whether it really survives, all tests are asked.
    found = replace(mutant, state=NOT_REACHED, by="")
    for tests in [*first, last] if mutant.state == CAUGHT else first:
        if tests:
            found = _asked(mutant, function, tests)
        if found.state not in {NOT_REACHED, SURVIVED}:
            break
    return found


def _asked(mutant: Mutant, function: Found, tests: Sequence[str]) -> Mutant:
    fault = {"module": function.module, "function": function.name, "change": mutant.change}
    answer = run(Orders(fault=fault, tests=tests), ONE_BY_ONE, seconds=LONGEST)
    if answer.code == NO_TESTS:
        return replace(mutant, state=UNDECIDED, by="")
    if answer.code:
        return replace(mutant, state=CAUGHT, by=next(iter(answer.failed), IMPORTED))
    return replace(mutant, state=SURVIVED, by="")
