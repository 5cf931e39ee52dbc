"""Posters: list, show, print, and record where they are."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import msgspec

from hub.desk.posters import queries
from hub.desk.posters.rows import PosterRecorded, PosterRow, PostersQuery, PosterWhole
from hub.doors.act import File
from hub.doors.operator import Operator, found
from hub.model.pages import Rows
from hub.model.posters import PosterPage, PosterState, PosterStep

POSTER: Final = "poster"


async def list_posters(by: Operator, query: PostersQuery) -> Rows[PosterRow]:
    """List posters of notice boards, newest first."""
    return await queries.posters(by.db, query, by.places)


async def show_poster(by: Operator, poster_id: UUID) -> PosterWhole:
    """Show a poster with its page, which is made and stored when somebody first asks for it."""
    page = await _page(by, poster_id)
    row = await _poster(by, poster_id)
    return PosterWhole(**msgspec.structs.asdict(row), html=page.html, sha256=page.sha256.hex())


async def print_poster(by: Operator, poster_id: UUID) -> File:
    """Make the PDF of a poster, on the company's paper."""
    return File(await by.stores.poster_pages.pdf(await _page(by, poster_id)), f"cartel-{poster_id}.pdf")


async def mark_poster_printed(by: Operator, poster_id: UUID) -> PosterRecorded:
    """Record that a poster is printed; safe to repeat."""
    return await _record(by, poster_id, PosterStep.PRINTED)


async def mark_poster_hung(by: Operator, poster_id: UUID) -> PosterRecorded:
    """Record that a poster hangs on its board; safe to repeat."""
    return await _record(by, poster_id, PosterStep.HUNG)


async def mark_poster_taken_down(by: Operator, poster_id: UUID) -> PosterRecorded:
    """Record that a poster hangs no more; safe to repeat."""
    return await _record(by, poster_id, PosterStep.TAKEN_DOWN)


async def newest_of_each_state(by: Operator) -> object:
    """Return a value that differs once a poster has moved on."""
    return [await queries.posters(by.db, PostersQuery(state=state)) for state in PosterState]


async def _record(by: Operator, poster_id: UUID, step: PosterStep) -> PosterRecorded:
    poster = await _poster(by, poster_id)
    await by.audit(f"poster.{step}", f"poster:{poster_id}")
    if step is not PosterStep.TAKEN_DOWN:
        # A poster on paper has its page: a later reader sees the words that hung.
        await _page(by, poster_id)
    changed = await queries.record(by.db, poster, step, by=by.who)
    return PosterRecorded(id=poster_id, changed=changed, state=(await _poster(by, poster_id)).state)


async def _poster(by: Operator, poster_id: UUID) -> PosterRow:
    return found(POSTER, await queries.poster(by.db, poster_id, by.places))


async def _page(by: Operator, poster_id: UUID) -> PosterPage:
    return found(POSTER, await by.stores.poster_pages.page(poster_id, by.places))
