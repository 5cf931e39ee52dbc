"""Which mutants are tried: of every room some, by its size, chosen by lot with the same lot every time."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.mutants.functions import ROOT, Found
from benchmarks.mutants.mutators import faults
from benchmarks.mutants.table import Mutant

SEED: Final = 47
LEAST: Final = 2
"""Of each room, however small."""


def chosen(functions: Sequence[Found], number: int, root: Path = ROOT) -> list[Mutant]:
    """Choose about that many, each of a function of its own."""
    lines = {room: _lines(root / "hub" / room) for room in sorted({one.room for one in functions})}
    total = sum(lines.values())
    return [
        mutant
        for room, size in lines.items()
        for mutant in _of_room(
            [one for one in functions if one.room == room], max(LEAST, number * size // total)
        )
    ]


def shuffled(mutants: Sequence[Mutant]) -> list[Mutant]:
    """Return them so that all rooms come early: what is stopped half-way has tried some of each."""
    return sorted(mutants, key=lambda mutant: hashlib.sha256(mutant.key.encode()).digest())


def _of_room(functions: Sequence[Found], number: int) -> list[Mutant]:
    lot = random.Random(f"{SEED} {functions[0].room}")  # noqa: S311 - the same lot every time is what is wanted
    able = [one for one in functions if faults(one.node)]
    return [_one_of(function, lot) for function in lot.sample(able, min(number, len(able)))]


def _one_of(function: Found, lot: random.Random) -> Mutant:
    """Choose a kind first: there are more comparisons than all else."""
    possible = faults(function.node)
    kind = lot.choice(sorted({fault.kind for fault in possible}))
    fault = lot.choice([fault for fault in possible if fault.kind == kind])
    return Mutant(
        room=function.room, function=function.name, digest=function.digest, kind=kind, change=fault.change
    )


def _lines(room: Path) -> int:
    files = room.rglob("*.py") if room.is_dir() else [room.with_suffix(".py")]
    return sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files)
