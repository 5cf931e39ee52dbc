"""Posters in PostgreSQL: rows that staff moves on; a look-up says whether they still hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from asyncpg import Record

from hub.messages.planning.posters import in_places
from hub.model import Brand, PropertyScope
from hub.model.ids import poster_id
from hub.model.posters import (
    HungPoster,
    PosterNotice,
    PosterPage,
    PosterRequest,
    PosterSource,
)
from hub.people.brands import brand_of
from hub.storage.database import Runner, encode, load, read, write
from hub.storage.filters import listed

_RAW: Final = load("posters")
_EVIDENCE: Final = load("evidence")
SEEN: Final = _RAW["seen"]
_SQL: Final = {name: statement.replace("{seen}", SEEN) for name, statement in _RAW.items()}


async def brand_named(run: Runner, digest: bytes | None) -> Brand | None:
    """Return the identity of a copropiedad by its digest; None of one without its own."""
    found = await run.rows(_EVIDENCE["versions"], [digest]) if digest else []
    return next((brand_of(row["digest"], row["sources"]) for row in found), None)


async def source(run: Runner, poster_id: UUID, places: PropertyScope = None) -> PosterSource | None:
    """Return the sources of a poster, and its page if it was made before."""
    rows = await run.rows(_SQL["source"], poster_id, listed(places))
    if not rows:
        return None
    row = rows[0]
    brand = await brand_named(run, row["brand"])
    return read(PosterSource, row, brand=brand, page=_page(row))


async def keep_page(run: Runner, poster_id: UUID, page: PosterPage) -> PosterPage:
    """Store the page, and return the stored one: the first stays."""
    [row] = await run.rows(_SQL["keep_page"], poster_id, page.title, page.html, page.sha256)
    return read(PosterPage, row)


async def of_batch(run: Runner, batch_id: UUID) -> Sequence[UUID]:
    """Return the posters of a batch of letters that still hold, in the order of printing."""
    return [row["id"] for row in await run.rows(_SQL["of_batch"], batch_id)]


async def notice(run: Runner, poster_id: UUID) -> PosterNotice | None:
    """Return the page behind the code of a poster; None if it was never made."""
    rows = await run.rows(_SQL["source"], poster_id, None)
    page = _page(rows[0]) if rows else None
    return None if page is None else read(PosterNotice, rows[0], page=page)


def _page(row: Record) -> PosterPage | None:
    return None if row["html"] is None else read(PosterPage, row)


async def of_event(run: Runner, event_key: UUID, places: PropertyScope = None) -> list[HungPoster]:
    """Return the posters of an event, by copropiedad."""
    return [read(HungPoster, row) for row in await run.rows(_SQL["of_event"], event_key, listed(places))]


async def take(run: Runner, batch_id: UUID, copropiedad_id: str | None) -> None:
    """Let a batch of letters begin with the posters to print for the boards of its copropiedad."""
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
