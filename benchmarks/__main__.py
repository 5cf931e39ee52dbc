"""Run the contest, print the table; the exit code says whether the hub keeps its distance."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.conditions import conditions
from benchmarks.contest import contest, open_field
from benchmarks.contestants import CONTESTANTS
from benchmarks.results import Turn, as_json, standings, table
from hub.errors import HubError

LEAST: Final = 3.0
"""How many times as fast as Celery the hub must be."""


def main() -> int:
    options = _options()
    try:
        turns = asyncio.run(_measure(options))
    except HubError as exc:
        _tell(str(exc))
        return 2
    found = conditions()
    rows = standings(turns)
    print(f"\nmails a second over {options.rounds} rounds of {options.mails:,} mails\n")
    print(table(rows))
    print("\nratio: to celery, median of the rounds. CPU: seconds for 1,000 mails, of a contestant's")
    print("own processes, and with RabbitMQ, PostgreSQL, Redis and smtp-sink.\n")
    print("\n".join(f"{each.name:<8}{each.what}" for each in CONTESTANTS))
    print("\n" + ", ".join(f"{name} {value}" for name, value in found.items()))
    if options.json:
        options.json.write_text(json.dumps(as_json(turns, found), indent=2) + "\n")
    return _verdict({row.contestant: row.ratio for row in rows}, options.least)


async def _measure(options: argparse.Namespace) -> Sequence[Turn]:
    turns = []
    chosen = [each for each in CONTESTANTS if each.name in options.only]
    async with open_field(options.folder, _tell) as field:
        async for turn in contest(chosen, field, rounds=options.rounds, mails=options.mails):
            _tell(f"round {turn.number}  {turn.contestant:<8}{turn.rate:7,.0f} mails/s")
            turns.append(turn)
    return turns


def _verdict(ratios: dict[str, float], least: float) -> int:
    if "hub" not in ratios or "celery" not in ratios or ratios["hub"] >= least:
        return 0
    _tell(f"\nThe hub is {ratios['hub']:.2f} times as fast as Celery; at least {least:g} times is wanted.")
    return 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="3 rounds of 4,000 mails instead of 7 of 10,000")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--mails", type=int, help="in each turn")
    parser.add_argument("--only", nargs="+", default=[each.name for each in CONTESTANTS], metavar="NAME")
    parser.add_argument("--least", type=float, default=LEAST, help="ratio to Celery to insist on; 0 is none")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all measurements there")
    parser.add_argument("--folder", type=Path, help="where the servers' data goes meanwhile; its disk counts")
    options = parser.parse_args()
    options.rounds = options.rounds or (3 if options.quick else 7)
    options.mails = options.mails or (4_000 if options.quick else 10_000)
    options.folder = options.folder or Path(tempfile.gettempdir(), "x")
    return options


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
