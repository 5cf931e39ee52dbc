"""Appointments in Redis: scheduled messages and the next steps of clocks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.model import Clock, Lane, LiveClock

Later = tuple[UUID, Lane, datetime]
"""A scheduled message: its id, lane and instant."""


class Appointments(Protocol):
    """
    Appointments, and the live boards of clocks. Redis may be away: callers work without it.

    Members are `m:<uuid>` for a message and `c:<uuid>` for a clock.
    """

    async def arm_messages(self, items: Sequence[Later]) -> None:
        """Set the instant at which each message is due again."""

    async def track_clocks(self, clocks: Sequence[Clock]) -> None:
        """Put each clock on its board and arm its next step; remove an ended clock from all boards."""

    async def restore_clocks(self, clocks: Sequence[LiveClock]) -> None:
        """Do what `track_clocks` does, from rows of SQL."""

    async def claim(self, limit: int) -> Sequence[tuple[str, float]]:
        """Claim due members, urgent first; their scores move 30 s ahead, so they repeat after a crash."""

    async def done(self, claimed: Sequence[tuple[str, float]]) -> None:
        """Remove members whose score is still the claimed one."""

    async def board(self, state: str, limit: int) -> Sequence[tuple[UUID, datetime]]:
        """Return the clocks on the board `open`, `at_risk` or `breached`, soonest due first."""

    async def intact(self) -> bool:
        """Return whether the epoch key exists; false after a flush or on an empty server."""

    async def begin_filling(self) -> bool:
        """Reserve the filling of an empty Redis for a few seconds; False while another process fills it."""

    async def continue_filling(self) -> bool:
        """Extend the reservation. False after a flush, or when another process has taken over."""

    async def begin_epoch(self) -> None:
        """Set the epoch key, once everything has been armed again."""
