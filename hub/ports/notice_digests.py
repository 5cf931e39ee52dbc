"""The database as the digests of service messages need it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from hub.model.notice_digests import HeldNotice, NoticeDigest


class NoticeDigestStore(Protocol):
    async def waiting(
        self, since: datetime, until: datetime, *, after: str, limit: int
    ) -> Sequence[HeldNotice]:
        """Return notices that wait for a digest until an instant of this range, by person, after `after`."""

    async def make(
        self,
        notices: Sequence[HeldNotice],
        compose: Callable[[Sequence[HeldNotice]], NoticeDigest | None],
    ) -> NoticeDigest | None:
        """
        Make the digest of one person from those of these notices that still wait; the messages are then part
        of it.

        In one transaction: of two processes one makes it. None if there is one for that instant already, or
        if `compose` makes none of the remaining notices.
        """

    async def release(self, ids: Collection[UUID]) -> int:
        """Let those of these leave by themselves that still wait for a digest; return how many."""

    async def unpublished(self, limit: int) -> Sequence[NoticeDigest]:
        """Return digests that are made and perhaps not published, the oldest first."""

    async def mark_published(self, digest: NoticeDigest) -> None:
        """Store that its event is with the broker, and forget its words: the event has them."""

    async def settle(
        self, after: UUID | None, limit: int, *, sure_after: timedelta
    ) -> tuple[UUID | None, int]:
        """
        Settle a page of published digests, by event.

        The notices of a digest that reached its person end `cancelled`, `in_digest`: it was delivered or
        read, or sent for `sure_after` without a failure. The notices of one that is lost for good, or that
        has not come to intake within that time, leave by themselves. Return the cursor of the next page, and
        the number of messages given back.
        """

    async def forget(self, before: datetime) -> int:
        """Delete settled digests that were made before this; return how many."""
