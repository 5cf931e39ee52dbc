"""Progress of a long task: a bar on a terminal, a few lines in a log."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import typer
from rich.console import Console
from rich.progress import Progress

_LINES: Final = 10
"""The most lines that a log gets of one task."""


def silent(_progress: object) -> None:
    """Report no progress."""


@contextmanager
def progress(words: str, *, shown: bool) -> Iterator[Callable[[int, int], None]]:
    """Yield a function to call with (done, total). All output goes to stderr."""
    if not shown:
        yield lambda _, __: None
    elif not sys.stderr.isatty():
        yield _lines(words)
    else:
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(words, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)


def _lines(words: str) -> Callable[[int, int], None]:
    printed = 0

    def step(done: int, total: int) -> None:
        nonlocal printed
        tenth = done * _LINES // total
        at_once = printed == 0 and done == total
        if tenth > printed and not at_once:
            printed = tenth
            typer.echo(f"{words}: {done} / {total}", err=True)

    return step
