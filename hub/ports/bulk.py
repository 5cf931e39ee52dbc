"""Bulk actions: a batch that was worked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from hub.model import DeadLetter
from hub.model.tickets import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """A batch that was worked: its run, how many rows, and the tickets that are still to be published."""

    run: UUID
    count: int
    tickets: Sequence[Ticket] = ()


Replay = Callable[[DeadLetter], Awaitable[None]]
"""Publishes a dead letter again."""
