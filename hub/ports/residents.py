"""Reads of the residents' page."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from hub.model import Clock


class LevelStore(Protocol):
    async def held_levels(self, clock: Clock, levels: Collection[int]) -> Collection[int]:
        """Return which of these levels somebody holds now in the clock's place."""
