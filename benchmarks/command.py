"""The command line of the benchmark: a command for each mode, none for all of them."""

from __future__ import annotations

import argparse
from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.mode import Mode
from benchmarks.modes import MODES

ABOUT: Final = """\
Measure how fast the hub is on this machine, and whether it stays so. Without MODE everything is measured.
All servers are started for it and end with it; each mode has new ones."""

EXAMPLES: Final = """\
examples:
  scripts/bench --quick                        everything, small, in ten minutes
  scripts/bench                                everything, in full; writes benchmarks/results.md
  scripts/bench throughput --quick             one of them
  scripts/bench throughput --only hub floor    two contestants; --help of a mode has its numbers
  scripts/bench growth --json growth.json      all that was measured
  scripts/bench table growth.json more.json    what these runs have measured, as one table

It exits with 0; 1 when an aim is not met, 2 when something could not be measured. Aims are for the full
numbers, on two cores that do nothing else. docs/benchmark.md says how it is measured and how to read it."""


def options_of(arguments: Sequence[str] | None = None) -> Namespace:
    """Read the command line; `modes` are the chosen ones."""
    found = _parser().parse_args(arguments)
    found.modes = [mode for mode in MODES if found.mode in {None, mode.name}]
    return found


def sizes_of(mode: Mode, options: Namespace) -> dict[str, int]:
    """Answer the numbers of a mode: those that were given, the others as --quick says."""
    usual = {option.name: option.quick if options.quick else option.full for option in mode.options}
    return {name: getattr(options, name, None) or number for name, number in usual.items()}


def _parser() -> ArgumentParser:
    shape = argparse.RawDescriptionHelpFormatter
    parser = ArgumentParser("scripts/bench", description=ABOUT, epilog=EXAMPLES, formatter_class=shape)
    _add_common(parser, quick=False, path=None)
    commands = parser.add_subparsers(dest="mode", metavar="MODE", title="modes")
    for mode in MODES:
        full, quick = mode.minutes
        what = f"{mode.what} ({full:g} minutes; {quick:g} with --quick)"
        _add_mode(commands.add_parser(mode.name, help=what, description=what), mode)
    table = commands.add_parser("table", help="make one table of runs that were written with --json")
    table.add_argument("files", nargs="+", type=Path, metavar="FILE")
    table.add_argument("--results", type=Path, metavar="FILE", default=SUPPRESS, help="write it there")
    return parser


def _add_common(parser: ArgumentParser, *, quick: object, path: object) -> None:
    parser.add_argument("--quick", action="store_true", default=quick, help="smaller numbers")
    parser.add_argument("--json", type=Path, metavar="FILE", default=path, help="write all that was measured")
    parser.add_argument("--results", type=Path, metavar="FILE", default=path, help="write the table of aims")


def _add_mode(parser: ArgumentParser, mode: Mode) -> None:
    # Without defaults of their own: those would undo what stands before the mode.
    _add_common(parser, quick=SUPPRESS, path=SUPPRESS)
    for option in mode.options:
        what = f"{option.what} ({option.full:,}; {option.quick:,} with --quick)"
        parser.add_argument(f"--{option.name}", type=_number, metavar="N", help=what)
    if mode.choices:
        parser.add_argument("--only", nargs="+", choices=mode.choices, help="leave out the others")


def _number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number
