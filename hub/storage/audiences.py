"""Audience records as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from hub.model import AudienceRecord, LeftOut
from hub.model.message_rows import NotifiedPerson
from hub.storage.database import Runner, Store, encode, load, read

_SQL = load("audiences")


async def keep(run: Runner, records: Sequence[AudienceRecord]) -> None:
    """Replace the record of each audience; add the people who are left out."""
    # Sorted by key: two batches that overlap wait for each other instead of deadlocking.
    ordered = sorted(records, key=lambda record: (record.event_key, record.audience))
    rows = [
        (
            record.event_key,
            record.audience,
            record.planned_at,
            record.people,
            record.why,
            encode(record.groups),
        )
        for record in ordered
    ]
    out = [
        (record.event_key, record.audience, left.person, left.reason, left.detail)
        for record in ordered
        for left in sorted(record.left_out, key=lambda left: left.person)
    ]
    columns = zip(*out, strict=True) if out else [[]] * _LEFT_COLUMNS
    await run.rows(_SQL["keep"], *zip(*rows, strict=True), *columns)


_LEFT_COLUMNS = 5


class PostgresRecipients(Store):
    """Reads of one event, by references: neither names nor addresses."""

    async def audiences(self, event_key: UUID) -> Sequence[AudienceRecord]:
        """Return its audiences as they were planned."""
        return [read(AudienceRecord, row) for row in await self.rows(_SQL["audiences"], event_key)]

    async def states(self, event_key: UUID, most: int) -> Mapping[str, int]:
        """Count its messages by state, up to `most` of them."""
        return {row["state"]: row["n"] for row in await self.rows(_SQL["states"], event_key, most)}

    async def notified(self, event_key: UUID, *, after: str, limit: int) -> Sequence[NotifiedPerson]:
        """List people, by reference, with the messages to each."""
        rows = await self.rows(_SQL["messages"], event_key, after, limit)
        return [read(NotifiedPerson, row) for row in rows]

    async def left_out(self, event_key: UUID, *, after: str, limit: int) -> Sequence[LeftOut]:
        """List the people left out, by reference."""
        return [read(LeftOut, row) for row in await self.rows(_SQL["left_out"], event_key, after, limit)]

    async def left_out_reasons(self, event_key: UUID, most: int) -> Mapping[str, int]:
        """Count the people left out by reason, up to `most`."""
        return {row["reason"]: row["n"] for row in await self.rows(_SQL["left_out_reasons"], event_key, most)}
