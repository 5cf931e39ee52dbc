"""Saved views in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hub.desk.views.rows import SavedViewRow, as_query
from hub.storage.database import Database, beside, encode, read, storable

_SQL: Final = beside(__file__)


async def own_views(db: Database, who: str) -> Sequence[SavedViewRow]:
    """Return the views that somebody has saved, the oldest first."""
    rows = await db.rows(_SQL["own"], storable(who))
    return [read(SavedViewRow, row, query=as_query(row["query"])) for row in rows]


async def save(db: Database, who: str, name: str, asked: dict[str, str], *, most: int) -> bool:
    """Save a view, or replace the one of that name; false if `most` others are saved already."""
    return bool(await db.rows(_SQL["save"], storable(who), storable(name), encode(asked), most))


async def forget(db: Database, who: str, name: str) -> bool:
    return bool(await db.rows(_SQL["forget"], storable(who), storable(name)))
