"""Posters of notice boards over HTTP: list, show, print, and record where they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from aiohttp import web

from hub.model import Json
from hub.model.posters import PosterStep
from hub.operations.posters import FILE
from hub.web.auth.caller import caller_of, note, places_of
from hub.web.requests import found, read_id
from hub.web.responses import json_answer, pdf_answer
from hub.web.schemas.letters import PosterRecorded, PostersQuery
from hub.web.services import services

_POSTER: Final = "poster"


async def list_posters(request: web.Request, query: PostersQuery) -> web.Response:
    """List posters of notice boards, newest first."""
    page = await services(request).posters.store.posters(
        state=query.state,
        building=query.copropiedad,
        after=query.after,
        limit=query.limit,
        places=places_of(request),
    )
    return json_answer(page)


async def show_poster(request: web.Request) -> web.Response:
    """Show a poster with its page, which is made and stored when somebody first asks for it."""
    poster_id, places, posters = read_id(request, _POSTER), places_of(request), services(request).posters
    page = found(_POSTER, await posters.page(poster_id, places))
    poster = await _poster(request, poster_id)
    return json_answer({**poster, "html": page.html, "sha256": page.sha256.hex()})


async def print_poster(request: web.Request) -> web.Response:
    """Make the PDF of a poster, on the company's paper."""
    poster_id = read_id(request, _POSTER)
    pdf = found(_POSTER, await services(request).posters.pdf(poster_id, places_of(request)))
    return pdf_answer(pdf, FILE.format(id=poster_id))


async def mark_poster_printed(request: web.Request) -> web.Response:
    """Record that a poster is printed; safe to repeat."""
    return await _record(request, PosterStep.PRINTED)


async def mark_poster_hung(request: web.Request) -> web.Response:
    """Record that a poster hangs on its board; safe to repeat."""
    return await _record(request, PosterStep.HUNG)


async def mark_poster_taken_down(request: web.Request) -> web.Response:
    """Record that a poster hangs no more; safe to repeat."""
    return await _record(request, PosterStep.TAKEN_DOWN)


async def _record(request: web.Request, step: PosterStep) -> web.Response:
    poster_id = read_id(request, _POSTER)
    await _poster(request, poster_id)
    await note(request, f"poster.{step}", f"poster:{poster_id}")
    changed = await services(request).posters.record(
        poster_id, step, by=caller_of(request).who, places=places_of(request)
    )
    state = (await _poster(request, poster_id))["state"]
    return json_answer(PosterRecorded(id=poster_id, changed=bool(changed), state=state))


async def _poster(request: web.Request, poster_id: UUID) -> Mapping[str, Json]:
    store = services(request).posters.store
    return found(_POSTER, await store.poster(poster_id, places_of(request)))
