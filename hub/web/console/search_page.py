"""The search: one box, and below it all that was found, by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from aiohttp import web
from msgspec import Meta

from hub.model import Scope
from hub.operations.search.items_es import GROUPS
from hub.operations.search.recognise import LONGEST
from hub.operations.search.schemas import ItemKind, SearchGroup, SearchItem
from hub.operations.search.search import MOST
from hub.rendering.page_links import case_path
from hub.web.api.search import SearchQuery, searched
from hub.web.auth.caller import places_with
from hub.web.console.shell import console_page, list_path, page_path, with_query
from hub.web.requests import FormQuery

PATH: Final = "/search"
FEW: Final = 5
_PAGES: Final[Mapping[ItemKind, str]] = {"person": "/people", "event": "/events", "message": "/messages"}
"""What has a page of its own, by reference or id."""
_LISTS: Final[Mapping[ItemKind, Sequence[tuple[str, str]]]] = {
    "person": (("/messages", "person"),),
    "unit": (("/people", "unit"), ("/messages", "unit")),
    "copropiedad": (("/messages", "copropiedad"), ("/people", "copropiedad")),
    "event_type": (("/messages", "event"),),
    "event": (("/messages", "event_id"),),
}
"""Where the rows of a thing are that has no page; the first that the hub has."""


class SearchPageQuery(SearchQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    q: Annotated[str, Meta(max_length=LONGEST)] = ""
    limit: Annotated[int, Meta(ge=1, le=MOST)] = FEW


async def show(request: web.Request, query: SearchPageQuery) -> web.StreamResponse:
    """Show what was found; without words only what may be typed, and nothing is audited."""
    answer = await searched(request, query) if query.q.strip() else None
    private = places_with(request, Scope.PRIVACY) != frozenset()
    return console_page(
        "console/search.html",
        request,
        here=PATH,
        query=query,
        sought=query.q,
        answer=answer,
        groups=[_group(request, group, query) for group in answer.groups] if answer else [],
        count=sum(len(group.items) for group in answer.groups) if answer else 0,
        may_unmask=private,
        unmask=with_query(request, whole=None if query.whole else "true"),
    )


def _group(request: web.Request, group: SearchGroup, query: SearchPageQuery) -> dict[str, Any]:
    widened = with_query(request, limit=str(MOST)) if query.limit < MOST else None
    return {
        "kind": group.kind,
        "title": GROUPS[group.kind],
        "items": [(item, _path(request, item)) for item in group.items],
        "more": group.more,
        "widened": widened,
    }


def _path(request: web.Request, item: SearchItem) -> str | None:
    if item.kind == "case":
        return case_path(item.id) if page_path(request, "/cases", item.id) else None
    page = page_path(request, _PAGES[item.kind], item.id) if item.kind in _PAGES else None
    return page or _rows(request, item)


def _rows(request: web.Request, item: SearchItem) -> str | None:
    for path, field in _LISTS.get(item.kind, ()):
        if found := list_path(request, path, {field: item.id}):
            return found
    return None
