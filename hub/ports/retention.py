"""Data that has become too old."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from hub.model.retention import DataKind


class RetentionStore(Protocol):
    async def count(self, kind: DataKind, before: datetime) -> int:
        """Return how many rows of the kind are too old; what an open case or a duty needs is none of them."""

    async def erase(self, kind: DataKind, before: datetime, after: str, limit: int) -> tuple[int, str | None]:
        """
        Erase what is too old in the next `limit` rows after a cursor; '' is the beginning.

        Return how many, and where to go on; None at the end. May be repeated.
        """
