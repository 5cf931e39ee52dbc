"""Whom an audience means, over HTTP: asked before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from hub.model import Json
from hub.people.audience import asked, parse, write
from hub.ports import HeadcountPage
from hub.web.auth.audit import note
from hub.web.auth.scope import places_of
from hub.web.requests import read_query
from hub.web.responses import json_answer
from hub.web.schemas.people import AudienceQuery, Reach
from hub.web.services import services


async def show_audience(request: web.Request) -> web.Response:
    """Whom these words mean now: how many, how reached, a page of them."""
    query = read_query(request, AudienceQuery, lists=frozenset({"who"}))
    meant = await services(request).headcount.meant(
        asked(query.who), after=query.after, limit=query.limit, places=places_of(request)
    )
    # As for who holds a role: the names are masked, and the question is noted.
    await note(request, "audience.show", "audience", asked=list(query.who), found=len(meant.page.items))
    return json_answer(answer_of(query.who, meant))


def answer_of(words: Iterable[str], meant: HeadcountPage) -> dict[str, Json]:
    """Make the answer: what was asked in full, the counts if they were taken, the page."""
    count = meant.headcount
    return {
        "who": list(dict.fromkeys(write(parse(word)) for word in words)),
        "people": count and count.people,
        "told": count and count.told,
        "reach": count and {name: getattr(count, name) for name in Reach.__struct_fields__},
        "left_out": count and count.left_out,
        "items": meant.page.items,
        "next": meant.page.next,
    }
