"""
What a unit is called in what people read, and in which order several are told. Pure.

Its label is a name among neighbours (`Apto 101`, `101`), and two towers may have the same one. So the
tower is said wherever the unit has one, unless the label says it already (`Torre 1, apartamento 101`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

_BARE: Final = re.compile(r"\d+|\w")
"""A tower that is only numbered or lettered: `1`, `B`."""
_FIGURES: Final = re.compile(r"(\d+)")


def unit_name(tower: str | None, label: str) -> str:
    """`Torre 1 Apto 101`: no comma, for a comma parts the units of a list."""
    label = " ".join(label.split())
    tower = " ".join((tower or "").split())
    if not tower:
        return label
    named = tower_name(tower)
    return label if _says(label, named) else f"{named} {label}"


def tower_name(tower: str) -> str:
    """`Torre 3` for one that is only numbered or lettered; else what it is called, `Bloque A`."""
    return f"Torre {tower}" if _BARE.fullmatch(tower) else tower


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Sort as people count, each once: `Apto 101` before `Apto 1001`."""
    return tuple(sorted(set(names), key=_natural))


def _says(label: str, tower: str) -> bool:
    return _word(tower).search(label) is not None


@lru_cache(maxsize=1024)
def _word(tower: str) -> re.Pattern[str]:
    """Few towers, many people: to ask the cache of `re` each time takes longer than the search."""
    return re.compile(rf"\b{re.escape(tower)}\b", re.IGNORECASE)


def _natural(name: str) -> tuple[list[tuple[bool, int, str]], str]:
    """Figures count by their value and come before words; equals stay apart by their letters."""
    parts = [part for part in _FIGURES.split(name.casefold()) if part.strip()]
    return [(False, int(part), "") if part.isdecimal() else (True, 0, part) for part in parts], name
