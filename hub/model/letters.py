"""Letters on their way to people: printed in batches, posted, delivered."""

from __future__ import annotations

from enum import StrEnum
from typing import Final
from uuid import UUID

from msgspec import Struct


class PaperSize(StrEnum):
    """The size of paper in an office's printers; Colombian offices have carta."""

    LETTER = "letter"
    A4 = "a4"


POSTED: Final = "posted"
"""The code of the attempt that records that a letter was posted; its reference is the guide."""
LEFT: Final = frozenset({POSTED, "handed_over"})
"""The reasons of the results of letters that have left the office."""


class LetterState(StrEnum):
    """How far a letter has come."""

    OPEN = "open"
    """Nobody has printed it."""
    BATCHED = "batched"
    """In a batch that is not printed yet."""
    PRINTED = "printed"
    POSTED = "posted"
    """On its way by certified post."""
    DELIVERED = "delivered"


def states_of(state: str | None, handed_over: bool | None) -> list[LetterState]:
    """Return the states of the letters of a filter; None does not narrow it."""
    return [
        one
        for one in LetterState
        if state in (None, one) and handed_over in (None, one is LetterState.DELIVERED)
    ]


class Home(Struct, frozen=True, kw_only=True):
    """A unit where a letter may go. `named`: its event names it; `own`: the person belongs there."""

    tower: str | None
    label: str
    named: bool
    own: bool
    lives: bool


class OpenLetter(Struct, frozen=True, kw_only=True):
    """A letter that is to be printed. `large`: its person wants large print."""

    id: UUID
    large: bool


class PlacedLetter(Struct, frozen=True, kw_only=True):
    """A letter with its place in a batch; an empty place is no unit."""

    id: UUID
    place: str
    large: bool


class HandedOver(Struct, kw_only=True, frozen=True):
    """`changed` is false if it was marked before, or nothing was open."""

    id: UUID
    changed: bool
