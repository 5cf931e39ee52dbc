"""Digests of service messages in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hub.model.ids import span
from hub.model.notice_digests import HeldNotice, NoticeDigest, digest_id
from hub.storage.database import Runner, Store, encode, load, read

_SQL = load("notice_digests")
_START: Final = UUID(int=0)


async def of_messages(run: Runner, person: str, ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Return the event of the digest that has each of these messages of one person."""
    rows = await run.rows(_SQL["of_messages"], person, sorted(ids)) if ids else []
    return {item: digest_id(person, row["due_at"]) for row in rows for item in row["messages"]}


class PostgresNoticeDigests(Store):
    async def waiting(
        self, since: datetime, until: datetime, *, after: str, limit: int
    ) -> Sequence[HeldNotice]:
        """Return notices that wait for a digest until an instant of this range, by person, after `after`."""
        rows = await self.rows(_SQL["waiting"], since, until, after, limit)
        return [read(HeldNotice, row) for row in rows]

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
        ids = sorted(notice.id for notice in notices)
        async with self._database.transaction() as run:
            left = {row["id"] for row in await run.rows(_SQL["still_waiting"], ids, *span(ids))}
            digest = compose([notice for notice in notices if notice.id in left])
            if digest is None:
                return None
            its = digest.person, digest.due_at, list(digest.messages), encode(digest.data)
            if not await run.rows(_SQL["make"], digest.key, *its):
                return None
            await run.rows(_SQL["take"], list(digest.messages), *span(digest.messages))
        return digest

    async def release(self, ids: Collection[UUID]) -> int:
        """Let those of these leave by themselves that still wait for a digest; return how many."""
        return len(await self.rows(_SQL["release"], sorted(ids), *span(ids)))

    async def unpublished(self, limit: int) -> Sequence[NoticeDigest]:
        """Return digests that are made and perhaps not published, the oldest first."""
        return [read(NoticeDigest, row) for row in await self.rows(_SQL["unpublished"], limit)]

    async def mark_published(self, digest: NoticeDigest) -> None:
        """Store that its event is with the broker, and forget its words: the event has them."""
        await self.rows(_SQL["mark_published"], digest.key)

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
        [row] = await self.rows(_SQL["settle"], after or _START, limit, sure_after)
        return (row["last"] if row["looked"] == limit else None), row["freed"]

    async def forget(self, before: datetime) -> int:
        """Delete settled digests that were made before this; return how many."""
        return len(await self.rows(_SQL["forget"], before))
