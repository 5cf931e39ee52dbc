"""Whom audiences meant, as rows."""

from __future__ import annotations

from collections.abc import Sequence

from hub.model import AudienceRecord
from hub.storage.database import Runner, encode, load

_SQL = load("audiences")


async def keep(run: Runner, records: Sequence[AudienceRecord]) -> None:
    """Replace what is known of each audience; add who is left out."""
    # Sorted by key: two batches that overlap wait for each other instead of deadlocking.
    ordered = sorted(records, key=lambda one: (one.event_key, one.audience))
    rows = [
        (one.event_key, one.audience, one.planned_at, one.people, one.why, encode(one.groups))
        for one in ordered
    ]
    out = [
        (one.event_key, one.audience, left.person, left.reason, left.detail)
        for one in ordered
        for left in sorted(one.left_out, key=lambda left: left.person)
    ]
    columns = zip(*out, strict=True) if out else [[]] * _LEFT_COLUMNS
    await run.rows(_SQL["keep"], *zip(*rows, strict=True), *columns)


_LEFT_COLUMNS = 5
