"""Faults of a line of the file, with the correction to write; in Spanish, for the person who corrects it."""

from __future__ import annotations

from dataclasses import dataclass, field

WHOLE_FILE = 0
"""The line of a fault of the whole file."""


@dataclass(frozen=True, slots=True)
class Fault:
    """
    One thing to correct. A warning blocks nothing.

    It never quotes the cell, which is personal data: line and column show where to look.
    """

    line: int
    column: str
    wrong: str
    write: str
    warning: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class BadCell:
    """Why a cell has no valid value."""

    wrong: str
    write: str
