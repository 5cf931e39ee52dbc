"""Posters in PostgreSQL, as staff reads and moves them; `hub.storage.posters` has the way's half."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from hub.desk.posters.rows import PosterRow, PostersQuery
from hub.model import PropertyScope
from hub.model.pages import Rows
from hub.model.posters import PosterState, PosterStep
from hub.storage.database import Database, beside, read, storable
from hub.storage.filters import listed
from hub.storage.paging import rows_of
from hub.storage.posters import SEEN

_FIELDS: Final = ", ".join(PosterRow.__struct_fields__)
_SQL: Final = {
    name: statement.replace("{seen}", SEEN).replace("{fields}", _FIELDS)
    for name, statement in beside(__file__).items()
}
_NARROWED: Final = {
    PosterState.TO_PRINT: _SQL["unprinted"],
    **dict.fromkeys(
        (PosterState.PRINTED, PosterState.HUNG, PosterState.TO_TAKE_DOWN),
        _SQL["on_paper"],
    ),
}
"""The condition that all posters in a state fulfil, in the words of an index."""
_MAY: Final[Mapping[PosterStep, frozenset[PosterState]]] = {
    PosterStep.PRINTED: frozenset({PosterState.TO_PRINT}),
    PosterStep.HUNG: frozenset({PosterState.TO_PRINT, PosterState.PRINTED}),
    PosterStep.TAKEN_DOWN: frozenset({PosterState.PRINTED, PosterState.HUNG, PosterState.TO_TAKE_DOWN}),
}
"""Step → the states in which it changes something."""


async def posters(db: Database, query: PostersQuery, places: PropertyScope = None) -> Rows[PosterRow]:
    """List posters, newest first."""
    asked = listed(places), storable(query.copropiedad), query.state
    statement = statement_of(query.state)
    return await rows_of(PosterRow, db, statement, query, *asked, by="created_at")


async def poster(db: Database, poster_id: UUID, places: PropertyScope = None) -> PosterRow | None:
    rows = await db.rows(_SQL["show"], poster_id, listed(places))
    return read(PosterRow, rows[0]) if rows else None


async def record(db: Database, poster: PosterRow, step: PosterStep, *, by: str) -> bool:
    """Record a step; false if it was recorded before, or the poster no longer holds."""
    if poster.state not in _MAY[step]:
        return False
    return bool(await db.rows(_SQL[step], poster.id, storable(by)))


async def count(db: Database, state: PosterState, places: PropertyScope, *, most: int) -> int:
    """Count the posters in a state, up to `most`."""
    return len((await posters(db, PostersQuery(state=state, limit=most), places)).items)


def statement_of(state: PosterState | None) -> str:
    """Return the statement that lists the posters in a state, or all."""
    return _SQL["every"].replace("{narrowed}", "" if state is None else _NARROWED.get(state, ""))
