"""
Large sorted sets of Redis, laid on shelves. Pure.

A sorted set of more than 128 members costs Redis some 125 bytes for each. Up to there it is packed, at 30.
So what may hold a million clocks is many small sets, the shelves, and an index of them by their lowest
score, by which the lowest members of all are found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

VERSION: Final = 2
"""Of what is kept, and under which keys: a hub that finds another one makes all of it anew from SQL."""
PREFIX: Final = f"{{hub}}:{VERSION}:"
"""The hash tag keeps all keys on one node of a cluster."""

MANY: Final = 16_384
"""Shelves of a set in which all may lie: a million lie some 60 on each."""
FEW: Final = 16
"""Shelves of a set of one copropiedad."""


@dataclass(frozen=True, slots=True)
class ShardedZset:
    """A sorted set of ids. Its index is `name`."""

    name: str
    shelves: int = MANY

    @property
    def index(self) -> str:
        return PREFIX + self.name

    def shelf(self, number: int) -> str:
        # In front: a copropiedad's own name may end with a number.
        return f"{PREFIX}{number}:{self.name}"

    def number_of(self, one: UUID) -> int:
        """Answer on which shelf the id lies: by its end, which is a hash."""
        return one.int % self.shelves
