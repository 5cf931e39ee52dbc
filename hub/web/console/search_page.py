"""The search: one box, and below it all that was found, by kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final
from urllib.parse import quote

from aiohttp import web
from msgspec import Meta

from hub.desk.search.acts import find
from hub.desk.search.items_es import GROUPS
from hub.desk.search.recognise import LONGEST
from hub.desk.search.rows import FEW, MOST, ItemKind, SearchGroup, SearchQuery
from hub.doors.act import READ
from hub.doors.api import operator_of
from hub.web.console.shell import console_page, with_query
from hub.web.requests import FormQuery

PATH: Final = "/search"
_PATHS: Final[Mapping[ItemKind, str]] = {
    "person": "/people/{}",
    "unit": "/people?unit={}",
    "copropiedad": "/messages?copropiedad={}",
    "case": "/cases/{}",
    "communication": "/communications/{}",
    "event_type": "/messages?event={}",
    "event": "/events/{}",
    "message": "/messages/{}",
}
"""The page of a thing, by reference or id, or the list of things that have no page."""


class SearchPageQuery(SearchQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    q: Annotated[str, Meta(max_length=LONGEST)] = ""
    limit: Annotated[int, Meta(ge=1, le=MOST)] = FEW


async def show(request: web.Request, query: SearchPageQuery) -> web.StreamResponse:
    """Show the answer of a search; without words only the help, and nothing is audited."""
    answer = await find(operator_of(request, READ), query) if query.q.strip() else None
    return console_page(
        "desk/search/page.html",
        request,
        here=PATH,
        query=query,
        sought=query.q,
        answer=answer,
        groups=[_group(request, group, query) for group in answer.groups] if answer else [],
        count=sum(len(group.items) for group in answer.groups) if answer else 0,
        may_unmask=answer is not None and (answer.may_unmask or query.whole),
        unmask=with_query(request, whole=None if query.whole else "true"),
    )


def _group(request: web.Request, group: SearchGroup, query: SearchPageQuery) -> dict[str, Any]:
    widened = with_query(request, limit=str(MOST)) if query.limit < MOST else None
    return {
        "kind": group.kind,
        "title": GROUPS[group.kind],
        "items": [(item, _PATHS[item.kind].format(quote(item.id, safe=""))) for item in group.items],
        "more": group.more,
        "widened": widened,
    }
