"""Dead letters in PostgreSQL, as staff reads them; `hub.storage.dead_letters` finds and settles one."""

from __future__ import annotations

from typing import Final, get_args

from hub.desk.dead_letters.rows import DeadQuery, DeadRow, DeadState
from hub.model import type_of
from hub.model.pages import Rows
from hub.storage.database import Database, beside
from hub.storage.paging import rows_of

_SQL: Final = beside(__file__)
_STATES: Final = get_args(DeadState)


async def dead_letters(db: Database, query: DeadQuery) -> Rows[DeadRow]:
    """List dead letters, newest first."""
    states = _STATES if query.state is None else (query.state,)
    kind = None if query.event is None else type_of(query.event)
    return await rows_of(DeadRow, db, _SQL["dead"], query, list(states), query.reason, kind, by="received_at")


async def open_letters(db: Database) -> object:
    """Return a value that differs once a letter waits for somebody, or no longer does."""
    return [tuple(row) for row in await db.rows(_SQL["open"])]
