"""Measure and print; the exit code says whether the hub keeps what it promises of clocks."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys

from benchmarks.clocks.figures import as_json, table, verdict
from benchmarks.clocks.measuring import measure
from benchmarks.command import exit_code, open_folder, parser_of, print_line
from benchmarks.conditions import conditions


def main() -> int:
    """Answer 0; 1 when it is too much or too late; 2 when nothing could be measured."""
    options = _options()
    return exit_code(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    found = {**conditions(), "load before": f"{os.getloadavg()[0]:.1f}"}
    with open_folder() as folder:
        measured = asyncio.run(
            measure(
                folder,
                clocks=options.clocks,
                rate=options.rate,
                seconds=options.seconds,
                print_line=print_line,
            )
        )
    print(f"\n{options.rate:,} steps a second for {options.seconds} s, two timer processes\n")
    print(table(measured))
    print("\n" + ", ".join(f"{name} {value}" for name, value in found.items()))
    if options.json:
        options.json.write_text(json.dumps(as_json(measured, found), indent=2) + "\n")
    failures = verdict(measured)
    print_line("".join(f"\nNot as promised: {failure}" for failure in failures))
    return 1 if failures else 0


def _options() -> argparse.Namespace:
    parser = parser_of("scripts/bench clocks", __doc__)
    parser.add_argument("--clocks", type=int, default=1_000_000, help="that are open and wait")
    parser.add_argument("--rate", type=int, default=2_000, help="steps that fall due in each second")
    parser.add_argument("--seconds", type=int, default=30, help="for so long")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
