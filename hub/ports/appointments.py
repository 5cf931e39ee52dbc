"""What must happen later, in Redis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.model import Clock, Lane

Later = tuple[UUID, Lane, datetime]
"""A message that waits, and until when."""


class Appointments(Protocol):
    """
    What must happen later, and the live boards of clocks. Redis may be away: callers go on without.

    Members are `m:<uuid>` for a message and `c:<uuid>` for a clock.
    """

    async def arm_messages(self, items: Sequence[Later]) -> None:
        """Set when each message wants to be looked at again."""

    async def track_clocks(self, clocks: Sequence[Clock]) -> None:
        """Put each clock on its board and arm its next step; an ended one leaves all boards."""

    async def claim(self, limit: int) -> Sequence[tuple[str, float]]:
        """Take due members, urgent first; their scores go 30 s ahead, so that a crash repeats them."""

    async def done(self, claimed: Sequence[tuple[str, float]]) -> None:
        """Remove members whose score is still the claimed one."""

    async def board(self, state: str, limit: int) -> Sequence[tuple[UUID, datetime]]:
        """Answer the clocks on the board `open`, `at_risk` or `breached`, soonest due first."""

    async def intact(self) -> bool:
        """Tell whether the epoch key is there; false after a flush or on an empty server."""

    async def begin_epoch(self) -> None:
        """Say that everything has been armed again."""
