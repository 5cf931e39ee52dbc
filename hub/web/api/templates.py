"""The texts of the hub over HTTP: which there are, and how each looks."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from aiohttp import web
from msgspec import Meta, Struct

from hub.model import Brand, Word
from hub.model.pages import ListQuery, rows_by
from hub.operations.gallery import Gallery, TemplatePreview, Wanted
from hub.rendering.templates import DEFAULT_LOCALE
from hub.web.auth.caller import places_of
from hub.web.requests import unknown
from hub.web.responses import json_answer
from hub.web.services import services


class TextQuery(Struct, frozen=True, kw_only=True):
    """The text of an event to show, and the values that fill it."""

    audience: Annotated[Word, Meta(description="Whose text: `staff`; else the main one.")] | None = None
    language: Literal["es", "en"] = DEFAULT_LOCALE
    example: Annotated[int, Meta(ge=0, le=99, description="Which example of the event's schema.")] = 0
    copropiedad: Annotated[Word, Meta(description="Its id: with its name and look.")] | None = None


class TemplateQuery(TextQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


async def list_templates(request: web.Request, query: ListQuery) -> web.Response:
    """List the texts of all events by audience, channel and language, with those that are missing."""
    rows = (await gallery(request)).rows
    return json_answer(
        rows_by(rows, query, key=lambda row: (row.event, row.audience or "", row.channel, row.language))
    )


async def show_template(request: web.Request, query: TemplateQuery) -> web.Response:
    """Show a text as an invented person gets it, with its cost and its faults."""
    path = request.match_info
    return json_answer(await preview(request, path["event"], path["channel"], query))


async def gallery(request: web.Request) -> Gallery:
    """Return the texts; the first time their files are read, beside the other requests."""
    return await asyncio.to_thread(services(request).gallery)


async def preview(request: web.Request, event: str, channel: str, query: TextQuery) -> TemplatePreview:
    """Render a text, beside the other requests. Raises UnknownName."""
    building, brand = await _look_of(request, query.copropiedad)
    wanted = Wanted(event, channel, query.audience, query.language, query.example)
    texts = await gallery(request)
    return await asyncio.to_thread(texts.preview, wanted, brand, building)


async def _look_of(request: web.Request, place: str | None) -> tuple[str | None, Brand | None]:
    """
    Return the name and the look of a copropiedad; without one, nothing.

    Raises Refusal (404) for one that the caller does not reach.
    """
    if place is None:
        return None, None
    deps, places = services(request), places_of(request)
    names = await deps.directory.place_names(frozenset({place}) if places is None else places & {place})
    if place not in names:
        raise unknown("copropiedad")
    return names[place], await deps.constancias.store.brand_of(place)
