"""Notice digests that nobody waits for; tests of digests run on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from hub.model.notice_digests import HeldNotice, NoticeDigest


class MemoryNoticeDigests:
    """The NoticeDigestStore; nothing waits, and `forgotten` has the instant of each call to forget."""

    def __init__(self) -> None:
        self.forgotten: list[datetime] = []

    async def waiting(
        self,
        since: datetime,  # noqa: ARG002 - the port's signature
        until: datetime,  # noqa: ARG002 - the port's signature
        *,
        after: str,  # noqa: ARG002 - the port's signature
        limit: int,  # noqa: ARG002 - the port's signature
    ) -> Sequence[HeldNotice]:
        return []

    async def make(
        self,
        notices: Sequence[HeldNotice],
        compose: Callable[[Sequence[HeldNotice]], NoticeDigest | None],
    ) -> NoticeDigest | None:
        return compose(notices)

    async def release(self, ids: Collection[UUID]) -> int:
        return len(ids)

    async def unpublished(self, limit: int) -> Sequence[NoticeDigest]:  # noqa: ARG002 - the port's signature
        return []

    async def mark_published(self, digest: NoticeDigest) -> None:
        """Do nothing: none is made."""

    async def settle(
        self,
        after: UUID | None,  # noqa: ARG002 - the port's signature
        limit: int,  # noqa: ARG002 - the port's signature
        *,
        sure_after: timedelta,  # noqa: ARG002 - the port's signature
    ) -> tuple[UUID | None, int]:
        return None, 0

    async def forget(self, before: datetime) -> int:
        self.forgotten.append(before)
        return 0
