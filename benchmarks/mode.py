"""What a mode of the benchmark is, what it gets, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.progress import Progress
from hub.model import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A number that may be given on the command line; `quick` is its value with --quick."""

    name: str
    full: int
    quick: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a mode gets: a folder for its servers, its numbers, who takes part, where it reports."""

    folder: Path
    sizes: Mapping[str, int]
    only: Sequence[str]
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was measured: a table for people, the values of aims by their keys, everything as JSON."""

    table: str
    measured: Mapping[str, float]
    figures: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """`minutes` is how long it takes, in full and with --quick."""

    name: str
    what: str
    minutes: tuple[float, float]
    options: Sequence[Option]
    measure: Callable[[Task], Coroutine[Any, Any, Outcome]]
    choices: Sequence[str] = ()
    """Who may take part; all unless --only names some."""
