"""Erasures, in memory: nobody has asked for one."""
# ruff: noqa: ARG002 - the port's signatures

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from hub.model.erasures import Counts, Duties, Erased, Erasure


class MemoryErasures:
    """The ErasureStore of a hub that has erased nobody; erasures are tested against PostgreSQL."""

    async def knows(self, person: str) -> bool:
        return False

    async def duties(self, person: str) -> Duties:
        return ()

    async def counts(self, person: str, legal_since: datetime) -> Counts:
        return {}

    async def begin(self, person: str, *, by: str, reason: str) -> bool:
        return False

    async def erasure(self, person: str) -> Erasure | None:
        return None

    async def erased_since(self, since: datetime) -> Sequence[Erased]:
        return ()

    async def due(self) -> Sequence[Erasure]:
        return ()

    async def left(self, erasure: Erasure, legal_since: datetime) -> bool:
        return False

    async def messages(self, person: str, after: UUID, limit: int) -> Sequence[UUID]:
        return ()

    async def erase_messages(self, ids: Collection[UUID], legal_since: datetime) -> int:
        return 0

    async def erase_rest(self, erasure: Erasure) -> None:
        """Do nothing."""

    async def erase_events(self, erasure: Erasure, limit: int, legal_since: datetime) -> bool:
        return False

    async def sweep(self, limit: int, legal_since: datetime) -> None:
        """Do nothing."""

    async def finish(self, erasure: Erasure, *, is_over: bool) -> None:
        """Do nothing."""
