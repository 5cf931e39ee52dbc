"""
The names of units in texts for people, and their order. Pure.

Two towers may have a unit with the same label (`Apto 101`, `101`). So the name includes the tower, unless
the label has it already (`Torre 1, apartamento 101`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

_BARE: Final = re.compile(r"\d+|\w")
"""A tower whose name is only a number or letter: `1`, `B`."""
_FIGURES: Final = re.compile(r"(\d+)")
_NUMBER: Final = re.compile(r"\d+[A-Za-z]?$")
"""The number of a unit, which ends its label."""
_TOWER: Final = re.compile(r"(?:torre\s+)?(\d+|\w)", re.IGNORECASE)
_KIND: Final = re.compile(
    r"^(?:conjunto|unidad|agrupaci[óo]n|urbanizaci[óo]n)\s+"
    r"(?:(?:residencial|cerrado|multifamiliar|campestre|de vivienda)\s+)?(?=\S)",
    re.IGNORECASE,
)
"""What a building is, before its own name."""
_REGIME: Final = re.compile(r" P\.? ?H\.?$")
"""*Propiedad horizontal*, behind it."""


def unit_name(tower: str | None, label: str) -> str:
    """`Torre 1 Apto 101`: no comma, because a comma separates the units of a list."""
    label = " ".join(label.split())
    tower = " ".join((tower or "").split())
    if not tower:
        return label
    named = tower_name(tower)
    return label if _whole_word(named).search(label) else f"{named} {label}"


def tower_name(tower: str) -> str:
    """`Torre 3` for a tower named by a number or letter; else its own name, `Bloque A`."""
    return f"Torre {tower}" if _BARE.fullmatch(tower) else tower


def short_name(tower: str | None, label: str) -> str:
    """`T1-302` of `Torre 1`, `Apto 302`; as `unit_name` where a tower has a name, or a label no number."""
    number, block = _NUMBER.search(label), _TOWER.fullmatch(tower or "")
    if number is None or (tower and block is None):
        return unit_name(tower, label)
    return f"T{block[1]}-{number[0]}" if block else unit_name(tower, label)


def own_name(building: str) -> str:
    """`Altos del Rosal` of `Conjunto Residencial Altos del Rosal`: its kind distinguishes no building."""
    bare = _REGIME.sub("", _KIND.sub("", building)).strip()
    return bare or building


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Sort in natural order, without duplicates: `Apto 101` before `Apto 1001`."""
    found = set(names)
    return tuple(sorted(found, key=natural)) if len(found) > 1 else tuple(found)


@lru_cache(maxsize=1024)
def _whole_word(tower: str) -> re.Pattern[str]:
    """Compile once per tower: the cache of `re` takes longer than the search."""
    return re.compile(rf"\b{re.escape(tower)}\b", re.IGNORECASE)


def natural(name: str) -> tuple[list[tuple[bool, int, str]], str]:
    """Return the key of the natural order: numbers by value and before words, equal keys by the text."""
    parts = [part for part in _FIGURES.split(name.casefold()) if part.strip()]
    return [(False, int(part), "") if part.isdecimal() else (True, 0, part) for part in parts], name
