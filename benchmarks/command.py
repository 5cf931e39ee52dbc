"""What the benchmarks' commands share: folder, progress, the option --json, exit codes."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from hub.errors import HubError

RUN: Final = Path(__file__).parent.parent / ".run"


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


def parser_of(name: str, description: str | None) -> argparse.ArgumentParser:
    """Make the parser of a benchmark's options, with --json."""
    parser = argparse.ArgumentParser(prog=name, description=description)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all measurements there")
    return parser


def exit_code(measure: Callable[[], int]) -> int:
    """Return the verdict; 2 when nothing could be measured, 130 after Ctrl-C."""
    try:
        return measure()
    except HubError as exc:
        print_line(str(exc))
        return 2
    except KeyboardInterrupt:
        return 130
