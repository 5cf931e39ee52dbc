"""
Whether a mail costs the same later: rounds on one database that only grows, in cases that never end.

`--homes 1` puts all events into one case. The exit code says whether the last rounds cost more CPU than the
first ones by more than the limit.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from statistics import mean
from typing import Final

from benchmarks.command import exit_code, open_folder, parser_of, print_line
from benchmarks.conditions import conditions
from benchmarks.contest import WARM_UP, contest, open_field
from benchmarks.contestants import HUB, payment_parcel
from benchmarks.results import Turn

LIMIT: Final = 0.05
"""How much more the last rounds may cost."""
EDGE: Final = 3
"""Rounds at each end that are compared: single rounds vary."""


def main() -> int:
    options = _options()
    return exit_code(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    with open_folder() as folder:
        turns = asyncio.run(_measure(options, folder))
    growth = growth_of(turns)
    print(f"\nThe last {EDGE} rounds cost {growth:+.1%} CPU for each mail, against the first {EDGE}.")
    print(", ".join(f"{name} {value}" for name, value in conditions().items()))
    if options.json:
        found = {"growth": growth, "homes": options.homes, "turns": [asdict(turn) for turn in turns]}
        options.json.write_text(json.dumps(found, indent=2) + "\n")
    return 0 if growth <= options.limit else 1


def growth_of(turns: Sequence[Turn]) -> float:
    """Return how much more CPU a mail costs at the end than at the beginning, as a share."""
    costs = [turn.all_cpu / turn.mails for turn in turns]
    edge = min(EDGE, len(costs) // 2)
    return mean(costs[-edge:]) / mean(costs[:edge]) - 1


async def _measure(options: argparse.Namespace, folder: Path) -> Sequence[Turn]:
    hub = replace(HUB, parcel=lambda number: payment_parcel(number % options.homes))
    turns = []
    print(f"{'stored':>9} {'mails/s':>9} {'own CPU':>9} {'all CPU':>9}   (seconds for 1,000 mails)")
    async with open_field(folder, print_line=print_line) as field:
        async for turn in contest([hub], field, rounds=options.rounds, mails=options.mails):
            turns.append(turn)
            stored = len(turns) * (options.mails + WARM_UP)
            own, everything = (1000 * cpu / turn.mails for cpu in (turn.own_cpu, turn.all_cpu))
            print(f"{stored:9,} {turn.rate:9,.0f} {own:9.2f} {everything:9.2f}", flush=True)
    return turns


def _options() -> argparse.Namespace:
    parser = parser_of("scripts/bench growth", __doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--mails", type=int, default=5_000, help="in each round")
    parser.add_argument("--homes", type=int, default=500, help="cases among which the events are shared out")
    parser.add_argument("--limit", type=float, default=LIMIT, help="how much more a mail may cost at the end")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
