"""The command line of the mutants."""

from __future__ import annotations

import argparse
import json
import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from benchmarks.mutants import __doc__ as about
from benchmarks.mutants import mapping, report, table
from benchmarks.mutants.choice import chosen, shuffled
from benchmarks.mutants.functions import ROOT, functions
from benchmarks.mutants.table import CAUGHT, UNDECIDED, Mutant
from benchmarks.mutants.trials import tried, unmade

FOUND: Final = ROOT / ".run/mutants/found.toml"
"""What was found since the table was written; each mutant is there as soon as it is decided."""
USUAL: Final = 260


def main() -> int:
    """Answer 0; 1 when a mutant is not caught any more."""
    options = _parser().parse_args()
    answer: int = COMMANDS[options.command](options)
    return answer


def _choose(options: Namespace) -> int:
    mutants = chosen(functions(), options.number)
    table.write(mutants)
    FOUND.unlink(missing_ok=True)
    print(report.by_room(mutants))
    return 0


def _map(options: Namespace) -> int:
    count = mapping.make(table.read(), functions(), options.paths, ["-n", str(options.jobs)])
    print(f"{count} tests are in the map.")
    return 0


def _run(options: Namespace) -> int:
    known = mapping.read()
    if not known:
        _map(Namespace(paths=[], jobs=options.jobs))
        known = mapping.read()
    found = {mutant.key: mutant for mutant in _found()} if options.only else {}
    decided = {key for key, mutant in found.items() if mutant.state != UNDECIDED}
    if options.only == "not-caught":
        decided = {key for key in decided if found[key].state == CAUGHT}
    left = shuffled([mutant for mutant in table.read() if mutant.key not in decided])
    for number, mutant in enumerate(tried(left, functions(), known, options.jobs), start=1):
        print(f"[{number}/{len(left)}] {report.line(mutant)}", file=sys.stderr, flush=True)
        found[mutant.key] = mutant
        table.write(found.values(), FOUND)
    found |= {mutant.key: mutant for mutant in unmade([found[mutant.key] for mutant in left])}
    table.write(found.values(), FOUND)
    _print(list(found.values()), as_json=options.json)
    return 0


def _compare(options: Namespace) -> int:
    now = _found()
    lost = report.lost(table.read(), now)
    _print(now if not options.json else lost, as_json=options.json)
    if not options.json:
        for mutant in lost:
            print(f"It was caught, and is not any more: {report.line(mutant)}")
    return 1 if lost else 0


def _record(_: Namespace) -> int:
    found = {mutant.key: mutant for mutant in _found()}
    table.write(found.get(mutant.key, mutant) for mutant in table.read())
    return 0


def _found() -> list[Mutant]:
    return table.read(FOUND) if FOUND.exists() else []


def _print(mutants: Sequence[Mutant], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps([asdict(mutant) for mutant in mutants], ensure_ascii=False, indent=2))
    else:
        print(f"{report.by_room(mutants)}\n\n{report.total(mutants)}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.mutants",
        description=about,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    choose = commands.add_parser("choose", help="write the table anew")
    choose.add_argument("--number", type=int, default=USUAL)
    mapped = commands.add_parser("map", help="note which tests start which of the functions")
    mapped.add_argument("paths", nargs="*", help=f"other tests than {' '.join(mapping.SUITES)}")
    run = commands.add_parser("run", help="try the mutants; the first time it makes the map, too")
    run.add_argument(
        "--only", choices=["not-decided", "not-caught"], help="keep what an earlier run has found"
    )
    for one in (mapped, run):
        one.add_argument("--jobs", type=int, default=2, metavar="N", help="how many at a time")
    compare = commands.add_parser("compare", help="exit with 1 when one that was caught is not any more")
    for one in (run, compare):
        one.add_argument("--json", action="store_true", help="print all that was found")
    commands.add_parser("record", help="write what was found into the table")
    return parser


COMMANDS: Final = {"choose": _choose, "map": _map, "run": _run, "compare": _compare, "record": _record}


if __name__ == "__main__":
    sys.exit(main())
