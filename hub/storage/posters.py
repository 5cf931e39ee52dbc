"""Posters in PostgreSQL: rows that staff moves on; whether they still hold is looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from asyncpg import Record

from hub.messages.planning.posters import in_places
from hub.model import Json, PropertyScope
from hub.model.ids import poster_id
from hub.model.posters import (
    PosterNotice,
    PosterPage,
    PosterRequest,
    PosterSource,
    PosterState,
    PosterStep,
)
from hub.people.brands import brand_of
from hub.ports import Page
from hub.storage.database import Runner, Store, encode, load, read, storable, write
from hub.storage.filters import listed
from hub.storage.paging import paged, shown

_RAW: Final = load("posters")
_EVIDENCE: Final = load("evidence")
_FIELDS: Final = (
    "id, created_at, state, event, event_id, title, building, copropiedad_id, zones, urgent, holds_until, "
    "ended_by, printed_at, printed_by, hung_at, hung_by, taken_down_at, taken_down_by"
)
_SQL: Final = {
    name: statement.replace("{seen}", _RAW["seen"]).replace("{fields}", _FIELDS)
    for name, statement in _RAW.items()
}
_NARROWED: Final = {
    PosterState.TO_PRINT: _SQL["unprinted"],
    **dict.fromkeys(
        (PosterState.PRINTED, PosterState.HUNG, PosterState.TO_TAKE_DOWN),
        _SQL["on_paper"],
    ),
}
"""What all posters in a state have in common, as an index has it."""
_MAY: Final[Mapping[PosterStep, frozenset[PosterState]]] = {
    PosterStep.PRINTED: frozenset({PosterState.TO_PRINT}),
    PosterStep.HUNG: frozenset({PosterState.TO_PRINT, PosterState.PRINTED}),
    PosterStep.TAKEN_DOWN: frozenset({PosterState.PRINTED, PosterState.HUNG, PosterState.TO_TAKE_DOWN}),
}
"""Step → the states in which it changes something."""


class PostgresPosters(Store):
    """The PosterStore."""

    async def posters(
        self,
        *,
        state: PosterState | None,
        building: str | None,
        after: str | None,
        limit: int,
        places: PropertyScope = None,
    ) -> Page:
        asked = listed(places), storable(building), state
        return await paged(self, statement_of(state), after, limit, *asked, by="created_at")

    async def poster(self, poster_id: UUID, places: PropertyScope = None) -> Mapping[str, Json] | None:
        rows = await self.rows(_SQL["show"], poster_id, listed(places))
        return shown(rows[0]) if rows else None

    async def of_event(self, event_key: UUID, places: PropertyScope = None) -> list[Mapping[str, Json]]:
        return await of_event(self, event_key, places)

    async def source(self, poster_id: UUID, places: PropertyScope = None) -> PosterSource | None:
        rows = await self.rows(_SQL["source"], poster_id, listed(places))
        if not rows:
            return None
        row = rows[0]
        brands = await self.rows(_EVIDENCE["versions"], [row["brand"]]) if row["brand"] else []
        brand = next((brand_of(found["digest"], found["sources"]) for found in brands), None)
        return read(PosterSource, row, brand=brand, page=_page(row))

    async def keep_page(self, poster_id: UUID, page: PosterPage) -> PosterPage:
        [row] = await self.rows(_SQL["keep_page"], poster_id, page.title, page.html, page.sha256)
        return read(PosterPage, row)

    async def record(
        self, poster_id: UUID, step: PosterStep, *, by: str, places: PropertyScope = None
    ) -> bool | None:
        poster = await self.poster(poster_id, places)
        if poster is None:
            return None
        if poster["state"] not in _MAY[step]:
            return False
        return bool(await self.rows(_SQL[step], poster_id, storable(by)))

    async def of_batch(self, batch_id: UUID) -> Sequence[UUID]:
        return [row["id"] for row in await self.rows(_SQL["of_batch"], batch_id)]

    async def notice(self, poster_id: UUID) -> PosterNotice | None:
        rows = await self.rows(_SQL["source"], poster_id, None)
        page = _page(rows[0]) if rows else None
        if page is None:
            return None
        return read(PosterNotice, rows[0], page=page)


def statement_of(state: PosterState | None) -> str:
    """Return what lists the posters in a state, or all."""
    return _SQL["every"].replace("{narrowed}", "" if state is None else _NARROWED.get(state, ""))


def _page(row: Record) -> PosterPage | None:
    return None if row["html"] is None else read(PosterPage, row)


async def of_event(run: Runner, event_key: UUID, places: PropertyScope = None) -> list[Mapping[str, Json]]:
    """Return the posters of an event, by copropiedad."""
    return [shown(row) for row in await run.rows(_SQL["of_event"], event_key, listed(places))]


async def take(run: Runner, batch_id: UUID, copropiedad_id: str | None) -> None:
    """Let a batch of letters begin with what is to be printed for the boards of its copropiedad."""
    await run.rows(_SQL["take"], copropiedad_id, batch_id)


async def batch_printed(run: Runner, batch_id: UUID) -> None:
    await run.rows(_SQL["batch_printed"], batch_id)


async def leave_batch(run: Runner, batch_id: UUID) -> None:
    await run.rows(_SQL["leave_batch"], batch_id)


async def ask(run: Runner, posters: Sequence[PosterRequest]) -> None:
    """Ask for posters; one without a copropiedad in each that the directory has."""
    everywhere = any(poster.copropiedad_id is None for poster in posters)
    places = [row["id"] for row in await run.rows(_SQL["places"])] if everywhere else []
    rows = [_row(poster) for given in posters for poster in in_places(given, places)]
    await write(run, _SQL["ask"], sorted(rows))


def _row(poster: PosterRequest) -> tuple[object, ...]:
    place = poster.copropiedad_id or ""
    return (
        poster_id(poster.event_key, poster.audience, place),
        poster.event_key,
        poster.event,
        poster.audience,
        place,
        encode(poster.zones),
        poster.urgent,
        poster.hangs_until,
        encode(poster.ended_by),
    )
