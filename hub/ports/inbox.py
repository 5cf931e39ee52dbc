"""The inbox of each person: its entries, the unread ones, and those that have just come."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol
from uuid import UUID

from hub.model import InboxArrivals
from hub.model.inbox import InboxEntry
from hub.model.pages import Rows


class InboxStore(Protocol):
    """Entries are of one person each; every question names whose."""

    async def knows(self, person: str) -> bool:
        """Return whether the directory has this person."""

    async def items(
        self, person: str, *, after: str | None, limit: int, unread: bool = False
    ) -> Rows[InboxEntry]:
        """List the person's entries, newest first; with `unread`, those alone."""

    async def item(self, person: str, item_id: UUID) -> InboxEntry | None:
        """Return an entry; None if there is none, or if it is another person's."""

    async def unread(self, person: str) -> int:
        """Count the unread entries."""

    async def unread_until(self, person: str, item_id: UUID, limit: int) -> Sequence[UUID]:
        """Return unread entries up to this one, itself included."""

    async def mark_read(self, person: str, ids: Collection[UUID]) -> None:
        """Mark these entries as read now; those that were read stay as they are."""

    async def arrivals(self, place: int | None, people: Collection[str]) -> InboxArrivals:
        """Return the arrivals of these people after a place; with None only the newest place of all."""
