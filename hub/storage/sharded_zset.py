"""
Large sorted sets of Redis, split into small ones (shelves). Pure.

Above 128 members a sorted set costs Redis some 125 bytes per member; below, it is packed at 30 bytes.
So a set of up to a million clocks is stored as many small sets, the shelves. An index sorts the shelves by
their lowest score, to find the lowest members of all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from hub.storage.redis_connection import TAG

VERSION: Final = 2
"""Version of the stored data and its keys: a hub that finds another version rebuilds everything from SQL."""
PREFIX: Final = f"{TAG}:{VERSION}:"

MANY: Final = 16_384
"""Shelves of a set for all copropiedades: a million members make some 60 per shelf."""
FEW: Final = 16
"""Shelves of a set for one copropiedad."""


@dataclass(frozen=True, slots=True)
class ShardedZset:
    """A sorted set of ids. Its index is `name`."""

    name: str
    shelves: int = MANY

    @property
    def index(self) -> str:
        return PREFIX + self.name

    def shelf(self, number: int) -> str:
        # The number comes first: a copropiedad's id may end with a number.
        return f"{PREFIX}{number}:{self.name}"

    def number_of(self, member: UUID) -> int:
        """Return the shelf of the id, from its last bytes, which are a hash."""
        return member.int % self.shelves
