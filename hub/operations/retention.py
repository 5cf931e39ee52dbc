"""Retention: erase old data, kind by kind, in batches that may stop anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Final

from hub.access.actor import Actor
from hub.model.retention import DataKind, RetentionRow, limit_of
from hub.storage import PostgresRetention

BATCH: Final = 500
"""Rows that one transaction looks at."""
_SUBJECT: Final = "retention"
PACE: Final = 0.05
"""Seconds between batches: messages go out meanwhile."""

Months = Mapping[DataKind, int]
"""Kind → the months for which it is kept; 0 is for ever."""


async def report(store: PostgresRetention, months: Months, now: datetime) -> list[RetentionRow]:
    """Count the rows of each kind that are too old; it changes nothing."""
    rows = []
    for kind in DataKind:
        before = limit_of(now, months[kind])
        count = await store.count(kind, before) if before is not None else 0
        rows.append(RetentionRow(kind=kind, months=months[kind], before=before, rows=count))
    return rows


async def apply(
    store: PostgresRetention, months: Months, now: datetime, *, pace: float = PACE
) -> list[RetentionRow]:
    """Erase all that is too old."""
    rows = []
    for kind in DataKind:
        before, done = limit_of(now, months[kind]), 0
        if before is not None:
            async for erased in _batches(store, kind, before):
                done += erased
                await asyncio.sleep(pace)
        rows.append(RetentionRow(kind=kind, months=months[kind], before=before, rows=done))
    return rows


async def erase_old(by: Actor, store: PostgresRetention, months: Months) -> list[RetentionRow]:
    """Erase all that is too old at an operator's command, and audit that before and after."""
    await by.note("retention.run", _SUBJECT)
    rows = await apply(store, months, by.now)
    await by.note("retention.run", _SUBJECT, rows=sum(row.rows for row in rows))
    return rows


async def _batches(store: PostgresRetention, kind: DataKind, before: datetime) -> AsyncIterator[int]:
    after: str | None = ""
    while after is not None:
        erased, after = await store.erase(kind, before, after, BATCH)
        yield erased
