"""The pages of posters: what is to be printed, hangs, and is to be taken down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from aiohttp import web
from msgspec import Meta

from hub.model import Scope
from hub.operations.explain.sentences_es import short_time
from hub.rendering.titles_es import EVENTS
from hub.web.api import posters
from hub.web.auth.caller import places_of, places_with
from hub.web.console.letters import PATH as LETTERS
from hub.web.console.letters import TABS
from hub.web.console.shell import console_page, done, sheet_of, spreadsheet, with_query
from hub.web.requests import ButtonForm, FormQuery, found, read_id
from hub.web.schemas.common import PostersQuery
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
    format: Annotated[Literal["csv"] | None, Meta(description="A sheet instead of the page.")] = None
    done: str = ""


class PosterQuery(FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    done: str = ""


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
        tabs=TABS,
        open=PATH,
        rows=page.items,
        query=query,
        states=STATES,
        events=EVENTS,
        buildings=await services(request).people_list.buildings(places),
        sheet=sheet_of(request),
        next=with_query(request, after=page.next) if page.next else None,
        first=with_query(request, after=None) if query.after else None,
    )


async def show_poster(request: web.Request, query: PosterQuery) -> web.StreamResponse:  # noqa: ARG001
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
        may_act=places_with(request, Scope.OPERATE) != frozenset(),
    )


async def mark_printed(request: web.Request, form: ButtonForm) -> web.StreamResponse:  # noqa: ARG001
    """Record that a poster is printed."""
    await posters.mark_poster_printed(request)
    return done(_here(request), "printed")


async def mark_hung(request: web.Request, form: ButtonForm) -> web.StreamResponse:  # noqa: ARG001
    """Record that a poster hangs."""
    await posters.mark_poster_hung(request)
    return done(_here(request), "hung")


async def mark_taken_down(request: web.Request, form: ButtonForm) -> web.StreamResponse:  # noqa: ARG001
    """Record that a poster hangs no more."""
    await posters.mark_poster_taken_down(request)
    return done(_here(request), "taken_down")


def _line(row: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        short_time(row["created_at"]),
        row["title"] or EVENTS.get(row["event"], row["event"]),
        row["building"] or row["copropiedad_id"],
        ", ".join(row["zones"]),
        short_time(row["holds_until"]) if row["holds_until"] else "",
        STATES.get(row["state"], row["state"]),
    )


def _here(request: web.Request) -> str:
    return f"{PATH}/{request.match_info['id']}"
