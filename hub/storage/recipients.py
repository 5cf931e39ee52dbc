"""Recipients of an event, as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from hub.model import AudienceRecord, LeftOut
from hub.model.message_rows import NotifiedPerson
from hub.storage.database import Store, load, read

_SQL = load("recipients")


class PostgresRecipients(Store):
    """The RecipientStore."""

    async def audiences(self, event_key: UUID) -> Sequence[AudienceRecord]:
        return [read(AudienceRecord, row) for row in await self.rows(_SQL["audiences"], event_key)]

    async def states(self, event_key: UUID, most: int) -> Mapping[str, int]:
        return {row["state"]: row["n"] for row in await self.rows(_SQL["states"], event_key, most)}

    async def notified(self, event_key: UUID, *, after: str, limit: int) -> Sequence[NotifiedPerson]:
        rows = await self.rows(_SQL["messages"], event_key, after, limit)
        return [read(NotifiedPerson, row) for row in rows]

    async def left_out(self, event_key: UUID, *, after: str, limit: int) -> Sequence[LeftOut]:
        return [read(LeftOut, row) for row in await self.rows(_SQL["left_out"], event_key, after, limit)]

    async def left_out_reasons(self, event_key: UUID, most: int) -> Mapping[str, int]:
        return {row["reason"]: row["n"] for row in await self.rows(_SQL["left_out_reasons"], event_key, most)}
