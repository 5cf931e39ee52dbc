"""The chosen mutants, with what the tests said of them: `benchmarks/mutants.toml`."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.mutants.functions import ROOT, Found
from benchmarks.mutants.mutators import faults

TABLE: Final = ROOT / "benchmarks/mutants.toml"
HEAD: Final = "# Faults that the tests are asked to find. Made by `python -m benchmarks.mutants`.\n"
CAUGHT, SURVIVED, NOT_REACHED, UNDECIDED = "caught", "survived", "not reached", "undecided"
GONE: Final = "gone"
"""Of a function that is no longer there, or no longer has what was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A function of the hub with one fault in it."""

    room: str
    """Where it was when it was chosen."""
    function: str
    digest: str
    kind: str
    change: str
    state: str = UNDECIDED
    by: str = ""
    """The test that caught it."""

    @property
    def place(self) -> str:
        """Name its function, wherever that stands."""
        return f"{self.function} {self.digest}"

    @property
    def key(self) -> str:
        return f"{self.place} {self.change}"


def read(path: Path = TABLE) -> list[Mutant]:
    return [Mutant(**row) for row in tomllib.loads(path.read_text(encoding="utf-8"))["mutants"]]


def write(mutants: Iterable[Mutant], path: Path = TABLE) -> None:
    rows = "".join(f"{_row(mutant)}\n" for mutant in sorted(mutants, key=lambda one: (one.room, one.key)))
    path.write_text(f"{HEAD}mutants = [\n{rows}]\n", encoding="utf-8")


def _row(mutant: Mutant) -> str:
    names = [name for name in Mutant.__slots__ if name != "by" or mutant.by]
    # A text of JSON is one of TOML, too.
    cells = (f"{name} = {json.dumps(getattr(mutant, name), ensure_ascii=False)}" for name in names)
    return f"    {{ {', '.join(cells)} }},"


def found_again(mutant: Mutant, functions: Sequence[Found]) -> Found | None:
    """
    Return its function: that with its source, whatever its name; else that with its name and the same change.

    A function that was edited while it moved has the mutant for as long as it has what the mutant changes.
    """
    same = [one for one in functions if one.digest == mutant.digest]
    edited = [one for one in functions if one.name == mutant.function]
    for several in ([one for one in same if one.name == mutant.function], same, edited):
        fitting = [one for one in several if any(fault.change == mutant.change for fault in faults(one.node))]
        if len(fitting) == 1:
            return fitting[0]
    return None
