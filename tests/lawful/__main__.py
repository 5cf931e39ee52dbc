"""
Run the year for many people, and say what providers accepted that the law forbids.

    scripts/lawful_year --people 2000
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial

from tests.lawful.town import DAYS
from tests.lawful.year import Findings, live_through, verdict

PER_BUILDING = 20


def main() -> int:
    """Return 1 if any contact was unlawful."""
    given = _arguments()
    buildings = -(-given.people // PER_BUILDING)
    live = partial(live_through, people=PER_BUILDING, seed=given.seed, days=given.days)
    findings = _run(live, buildings, processes=given.processes)
    sys.stdout.write(verdict(findings) + "\n")
    return 1 if findings.rules or findings.withheld or findings.miscounted else 0


def _run(live: Callable[[int], Findings], buildings: int, *, processes: int) -> Findings:
    findings, began = Findings(), time.monotonic()
    with ProcessPoolExecutor(processes) as pool:
        for done, future in enumerate(
            as_completed([pool.submit(live, number) for number in range(buildings)]), 1
        ):
            findings.add(future.result())
            _show(done, buildings, findings, time.monotonic() - began)
    return findings


def _show(done: int, buildings: int, findings: Findings, took: float) -> None:
    left = took / done * (buildings - done)
    sys.stderr.write(
        f"{done:4}/{buildings} buildings, {findings.contacts.total()} contacts,"
        f" {findings.rules.total()} breaches, {took:.0f} s, some {left:.0f} s left\n"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/lawful_year", description=__doc__)
    parser.add_argument("--people", type=int, default=2000, help="rounded up to whole buildings of 20")
    parser.add_argument("--seed", type=int, default=2300, help="the same seed makes the same year")
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
