"""How far something long is: a bar for a person, a line now and then for a log."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import typer
from rich.console import Console
from rich.progress import Progress

_LINES: Final = 10
"""How many lines a log gets of something long."""


@contextmanager
def progress(words: str, *, shown: bool) -> Iterator[Callable[[int, int], None]]:
    """Yield what is told how much is done, and of how much. All of it goes to stderr."""
    if not shown:
        yield lambda _, __: None
    elif not sys.stderr.isatty():
        yield _lines(words)
    else:
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(words, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)


def _lines(words: str) -> Callable[[int, int], None]:
    told = 0

    def step(done: int, total: int) -> None:
        nonlocal told
        tenth = done * _LINES // total
        at_once = told == 0 and done == total
        if tenth > told and not at_once:
            told = tenth
            typer.echo(f"{words}: {done} / {total}", err=True)

    return step
