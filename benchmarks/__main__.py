"""Measure what was chosen, print it, and say with the exit code whether all aims are met."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from benchmarks.command import options_of, sizes_of
from benchmarks.conditions import conditions
from benchmarks.mode import Mode, Outcome, Task
from benchmarks.progress import Progress, words
from benchmarks.report import (
    RESULTS,
    aims_table,
    document_of,
    entry,
    judged,
    merged,
    write_json,
    write_results,
)
from hub.errors import HubError

RUN: Final = Path(__file__).parent.parent / ".run"


def main() -> int:
    """Answer 0; 1 when an aim is not met; 2 when something could not be measured; 130 after Ctrl-C."""
    options = options_of()
    try:
        if options.mode == "table":
            document = merged([json.loads(file.read_text(encoding="utf-8")) for file in options.files])
        else:
            document = _measured(options)
    except KeyboardInterrupt:
        return 130
    _print(document)
    if options.results:
        write_results(options.results, document)
    return _exit_code(document)


def _measured(options: Namespace) -> dict[str, Any]:
    """Measure the modes one after another. What is done is written after each: the next one may fail."""
    found = {**conditions(), "load before": f"{os.getloadavg()[0]:.1f}"}
    if options.mode is None and not options.quick:
        options.results = options.results or RESULTS
        options.json = options.json or RUN / "bench.json"
    modes: dict[str, Any] = {}
    failed: dict[str, str] = {}
    for number, mode in enumerate(options.modes, start=1):
        _announce(options, number, mode)
        try:
            modes[mode.name] = entry(_run(mode, options), sizes_of(mode, options))
        except HubError as exc:
            failed[mode.name] = str(exc)
            print_line(str(exc))
        document = document_of(modes, failed, found)
        if options.json:
            write_json(options.json, document)
    return document


def _announce(options: Namespace, number: int, mode: Mode) -> None:
    print_line(f"\n[{number}/{len(options.modes)}] {mode.name}: {mode.what}")
    minutes = [_minutes(each, options) or 0 for each in options.modes[number - 1 :]]
    if minutes[0]:
        print_line(f"about {words(60 * minutes[0])}, {words(60 * sum(minutes))} in all")


def _run(mode: Mode, options: Namespace) -> Outcome:
    with open_folder() as folder:
        task = Task(
            folder=folder,
            sizes=sizes_of(mode, options),
            only=getattr(options, "only", None) or mode.choices,
            progress=Progress(print_line, _minutes(mode, options)),
        )
        return asyncio.run(mode.measure(task))


def _minutes(mode: Mode, options: Namespace) -> float | None:
    """Answer how long a mode usually takes; None with other numbers than the usual ones."""
    if any(getattr(options, option.name, None) for option in mode.options):
        return None
    return mode.minutes[1 if options.quick else 0]


@contextmanager
def open_folder() -> Iterator[Path]:
    """In the checkout: a temporary folder may lie in memory, where flushing costs nothing."""
    RUN.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=RUN) as folder:
        # PostgreSQL's unprivileged user passes through on the way to its data.
        Path(folder).chmod(0o711)
        yield Path(folder)


def print_line(line: str) -> None:
    """Print progress, apart from the results."""
    print(line, file=sys.stderr, flush=True)


def _print(document: Mapping[str, Any]) -> None:
    for name, found in document["modes"].items():
        print(f"\n── {name}\n\n{found['table']}")
    if rows := [row for row in judged(document) if row.met is not None]:
        print(f"\n{aims_table(rows)}")
    print(", ".join(f"{name} {value}" for name, value in document["conditions"].items()))


def _exit_code(document: Mapping[str, Any]) -> int:
    for name, reason in document["failed"].items():
        print_line(f"\n{name} could not be measured: {reason}")
    if document["failed"]:
        return 2
    return 1 if any(row.met is False for row in judged(document)) else 0


if __name__ == "__main__":
    sys.exit(main())
