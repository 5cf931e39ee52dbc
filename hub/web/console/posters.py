"""The pages of posters: what is to be printed, hangs, and is to be taken down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from hub.model import Scope
from hub.operations.explain.sentences_es import short_time
from hub.rendering.titles_es import EVENTS
from hub.web.api import posters
from hub.web.auth.caller import may_there, places_of
from hub.web.console.letters import PATH as LETTERS
from hub.web.console.letters import TABS
from hub.web.console.list_filter import buildings_of
from hub.web.console.shell import console_page, paged, pressed, sheet_of, spreadsheet
from hub.web.requests import FormQuery, Sheet, found, read_id
from hub.web.schemas.letters import PostersQuery
from hub.web.services import services

PATH: Final = "/posters"
_COLUMNS: Final = ("Hecho", "Qué", "Copropiedad", "Zonas", "Vale hasta", "Estado")
STATES: Final = {
    "to_print": "Por imprimir",
    "printed": "Impreso",
    "hung": "Colgado",
    "to_take_down": "Hay que retirarlo",
    "taken_down": "Retirado",
    "obsolete": "Ya no hace falta",
}
ENDS: Final = {
    "recalled": "su sistema lo retiró",
    "replaced": "otro aviso más nuevo lo reemplaza",
    "over": "ya pasó",
}


class PosterListQuery(PostersQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Sheet | None = None


async def show(request: web.Request, query: PosterListQuery) -> web.StreamResponse:
    """List posters, newest first."""
    places = places_of(request)
    page = await services(request).posters.store.posters(
        state=query.state,
        building=query.copropiedad,
        after=query.after,
        limit=query.limit,
        places=places,
    )
    if query.format is not None:
        return spreadsheet("carteles", _COLUMNS, map(_line, page.items))
    return console_page(
        "console/posters.html",
        request,
        here=LETTERS,
        live="posters",
        tabs=TABS,
        open=PATH,
        rows=page.items,
        query=query,
        states=STATES,
        events=EVENTS,
        buildings=await buildings_of(request),
        sheet=sheet_of(request),
        **paged(request, query.after, page.next),
    )


async def show_poster(request: web.Request, query: FormQuery) -> web.StreamResponse:  # noqa: ARG001 - others are refused
    """Show a poster: where it is, until when it holds, and what is to be done with it."""
    store, poster_id = services(request).posters.store, read_id(request, "poster")
    poster = found("poster", await store.poster(poster_id, places_of(request)))
    return console_page(
        "console/poster.html",
        request,
        here=LETTERS,
        poster=poster,
        path=f"{PATH}/{poster_id}",
        states=STATES,
        ends=ENDS,
        event=EVENTS.get(poster["event"], poster["event"]),
        may_act=may_there(request, Scope.OPERATE),
    )


mark_printed = pressed(posters.mark_poster_printed, f"{PATH}/{{id}}", "printed")
mark_hung = pressed(posters.mark_poster_hung, f"{PATH}/{{id}}", "hung")
mark_taken_down = pressed(posters.mark_poster_taken_down, f"{PATH}/{{id}}", "taken_down")


def _line(row: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        short_time(row["created_at"]),
        row["title"] or EVENTS.get(row["event"], row["event"]),
        row["building"] or row["copropiedad_id"],
        ", ".join(row["zones"]),
        short_time(row["holds_until"]) if row["holds_until"] else "",
        STATES.get(row["state"], row["state"]),
    )
