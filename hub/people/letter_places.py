"""The place of each letter's handover, and the order in which a building's letters are printed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

from hub.model.letters import Home, OpenLetter, PlacedLetter
from hub.people.units import natural, tower_name, unit_name

_Order: TypeAlias = tuple[object, ...]


def in_printing_order(
    letters: Iterable[OpenLetter], homes: Mapping[UUID, Sequence[Home]]
) -> Sequence[PlacedLetter]:
    """Put letters in the order of a walk through the building: tower, unit; people without a unit last."""
    placed = ((letter, home_of(homes.get(letter.id, ()))) for letter in letters)
    ordered = sorted(placed, key=lambda found: (found[1] is None, (found[1] and _order(found[1])) or ()))
    return [PlacedLetter(id=letter.id, place=place_of(home), large=letter.large) for letter, home in ordered]


def home_of(homes: Iterable[Home]) -> Home | None:
    """
    Return the unit to which a letter goes; None if none is known.

    The person's own unit that the event names; else the person's home; else another unit of the person.
    Somebody without a unit gets the unit that the event names.
    """
    return min(homes, key=lambda home: (_preference(home), _order(home)), default=None)


def place_of(home: Home | None) -> str:
    """`Torre 1 Apto 101`; nothing without a unit."""
    return "" if home is None else unit_name(home.tower, home.label)


def _preference(home: Home) -> tuple[bool, bool, bool]:
    return not home.own, not home.named, not home.lives


def _order(home: Home) -> _Order:
    return natural(tower_name(home.tower) if home.tower else ""), natural(place_of(home))
