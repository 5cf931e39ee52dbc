"""The retention in memory: nothing is old."""

from __future__ import annotations

from datetime import datetime

from hub.model.retention import DataKind


class MemoryRetention:
    """The RetentionStore; `old` are the numbers of rows of each kind that are too old."""

    def __init__(self, old: dict[DataKind, int] | None = None) -> None:
        self.old = old or {}

    async def count(self, kind: DataKind, before: datetime) -> int:  # noqa: ARG002 - the port's signature
        return self.old.get(kind, 0)

    async def erase(
        self,
        kind: DataKind,
        before: datetime,  # noqa: ARG002 - the port's signature
        after: str,  # noqa: ARG002 - the same
        limit: int,
    ) -> tuple[int, str | None]:
        done = min(self.old.get(kind, 0), limit)
        self.old[kind] = self.old.get(kind, 0) - done
        return done, "more" if self.old[kind] else None
