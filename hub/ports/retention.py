"""Data that has become too old."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from hub.model.retention import DataKind


class RetentionStore(Protocol):
    async def count(self, kind: DataKind, before: datetime) -> int:
        """Count the rows of the kind that are too old, without those that an open case or a duty needs."""

    async def erase(self, kind: DataKind, before: datetime, after: str, limit: int) -> tuple[int, str | None]:
        """
        Erase the old ones of the next `limit` rows after a cursor; '' is the beginning.

        Return their number, and the next cursor; None at the end. May be repeated.
        """
