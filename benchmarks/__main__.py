"""Run the contest and print the table; the exit code says whether the hub keeps its distance."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks.command import exit_code, open_folder, parser_of, print_line
from benchmarks.conditions import conditions
from benchmarks.contest import contest, open_field
from benchmarks.contestants import CONTESTANTS
from benchmarks.results import Turn, as_json, ratio_of, standings, table

LEAST: Final = 3.0
"""How many times as fast as Celery the hub must be."""

FOOTNOTE: Final = """\
min, median, max: mails a second, over the rounds. ratio: to celery, median of the rounds.
CPU: seconds for 1,000 mails, of the contestant's own processes, and of all (with RabbitMQ,
PostgreSQL, Redis and smtp-sink).
"""


def main() -> int:
    """Answer 0; 1 when the hub is too slow; 2 when nothing could be measured."""
    options = _options()
    return exit_code(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    found = {**conditions(), "load before": f"{os.getloadavg()[0]:.1f}"}
    with open_folder() as folder:
        turns = asyncio.run(_measure(options, folder))
    _print(options, turns, found)
    if options.json:
        options.json.write_text(json.dumps(as_json(turns, found), indent=2) + "\n")
    return _verdict(turns, options.least)


async def _measure(options: argparse.Namespace, folder: Path) -> Sequence[Turn]:
    turns = []
    chosen = [contestant for contestant in CONTESTANTS if contestant.name in options.only]
    async with open_field(folder, print_line=print_line) as field:
        async for turn in contest(chosen, field, rounds=options.rounds, mails=options.mails):
            print_line(f"round {turn.number}  {turn.contestant:<8}{turn.rate:7,.0f} mails/s")
            turns.append(turn)
    return turns


def _print(options: argparse.Namespace, turns: Sequence[Turn], found: Mapping[str, str]) -> None:
    print(f"\n{options.rounds} rounds, interleaved, of {options.mails:,} mails each\n")
    print(table(standings(turns)))
    print(f"\n{FOOTNOTE}")
    for contestant in CONTESTANTS:
        print(f"{contestant.name:<8}{contestant.what}")
    print("\n" + ", ".join(f"{name} {value}" for name, value in found.items()))


def _verdict(turns: Sequence[Turn], least: float) -> int:
    ratio = ratio_of("hub", turns)
    if ratio is None or ratio >= least:
        return 0
    print_line(f"\nThe hub is {ratio:.2f} times as fast as Celery; at least {least:g} times is wanted.")
    return 1


def _options() -> argparse.Namespace:
    names = [contestant.name for contestant in CONTESTANTS]
    parser = parser_of("scripts/bench", __doc__)
    parser.add_argument("--quick", action="store_true", help="3 rounds of 5,000 mails instead of 7 of 20,000")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--mails", type=int, help="in each turn")
    parser.add_argument("--only", nargs="+", default=names, choices=names, help="leave out the others")
    parser.add_argument(
        "--least", type=float, default=LEAST, help="the ratio to insist on; 0 switches it off"
    )
    options = parser.parse_args()
    options.rounds = options.rounds or (3 if options.quick else 7)
    options.mails = options.mails or (5_000 if options.quick else 20_000)
    return options


if __name__ == "__main__":
    sys.exit(main())
