"""Audience records as rows."""

from __future__ import annotations

from collections.abc import Sequence

from hub.model import AudienceRecord
from hub.storage.database import Runner, encode, load

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
