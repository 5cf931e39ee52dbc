"""Erasing people, step by step; every step may be repeated."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.model.erasures import Counts, Duties, Erased, Erasure


class ErasureStore(Protocol):
    async def knows(self, person: str) -> bool:
        """Return whether the directory or a message has this person."""

    async def duties(self, person: str) -> Duties:
        """Return why this person's data must be kept; nothing if it may be erased."""

    async def counts(self, person: str, legal_since: datetime) -> Counts:
        """Count the rows of each kind that an erasure concerns, and those that the law keeps (`kept_…`)."""

    async def begin(self, person: str, *, by: str, reason: str) -> bool:
        """
        Enter the erasure, close the directory to the person and the addresses to everybody, at once.

        Return whether the hub knows this person at all. A repeated request goes through all of it again.
        """

    async def erasure(self, person: str) -> Erasure | None:
        """Return an erasure that was begun."""

    async def erased_since(self, since: datetime) -> Sequence[Erased]:
        """Return whose erasure was asked for since then, the first one first."""

    async def due(self) -> Sequence[Erasure]:
        """Return those to look at now: which are not over, and those that are, from time to time."""

    async def left(self, erasure: Erasure, legal_since: datetime) -> bool:
        """Return whether anything of the person is left; a message that is being sent is."""

    async def messages(self, person: str, after: UUID, limit: int) -> Sequence[UUID]:
        """Return a page of the person's messages, by id."""

    async def erase_messages(self, ids: Collection[UUID], legal_since: datetime) -> int:
        """Erase these, with attempts, inbox entries and letters, except messages that are being sent."""

    async def erase_rest(self, erasure: Erasure) -> None:
        """Erase replies, directory versions, copies for webhooks, and dead letters."""

    async def erase_events(self, erasure: Erasure, limit: int, legal_since: datetime) -> bool:
        """Erase the person from the next page of events and all about them; return whether more follow."""

    async def sweep(self, limit: int, legal_since: datetime) -> None:
        """Erase all erased people from the events that have come since the last sweep."""

    async def finish(self, erasure: Erasure, *, is_over: bool) -> None:
        """Note that somebody looked; once it is over, the words to look for are forgotten."""
