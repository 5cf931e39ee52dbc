"""What is wrong with a line of the file, and what to write instead; in Spanish, for whoever mends it."""

from __future__ import annotations

from dataclasses import dataclass

WHOLE_FILE = 0
"""The line of a fault that no single line has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """
    One thing to mend. A warning holds nothing back.

    It never quotes the cell, which is a person's data: line and column say where to look.
    """

    line: int
    column: str
    wrong: str
    write: str
    warning: bool = False


@dataclass(frozen=True, slots=True)
class BadCell:
    """What a cell has instead of a value."""

    wrong: str
    write: str
