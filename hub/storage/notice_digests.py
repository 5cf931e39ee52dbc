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
    """The NoticeDigestStore."""

    async def waiting(
        self, since: datetime, until: datetime, *, after: str, limit: int
    ) -> Sequence[HeldNotice]:
        rows = await self.rows(_SQL["waiting"], since, until, after, limit)
        return [read(HeldNotice, row) for row in rows]

    async def make(
        self,
        notices: Sequence[HeldNotice],
        compose: Callable[[Sequence[HeldNotice]], NoticeDigest | None],
    ) -> NoticeDigest | None:
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
        return len(await self.rows(_SQL["release"], sorted(ids), *span(ids)))

    async def unpublished(self, limit: int) -> Sequence[NoticeDigest]:
        return [read(NoticeDigest, row) for row in await self.rows(_SQL["unpublished"], limit)]

    async def mark_published(self, digest: NoticeDigest) -> None:
        await self.rows(_SQL["mark_published"], digest.key)

    async def settle(
        self, after: UUID | None, limit: int, *, sure_after: timedelta
    ) -> tuple[UUID | None, int]:
        [row] = await self.rows(_SQL["settle"], after or _START, limit, sure_after)
        return (row["last"] if row["looked"] == limit else None), row["freed"]

    async def forget(self, before: datetime) -> int:
        return len(await self.rows(_SQL["forget"], before))
