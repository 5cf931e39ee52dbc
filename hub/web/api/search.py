"""The search over HTTP."""

from __future__ import annotations

from typing import Annotated, Final

from aiohttp import web
from msgspec import Meta

from hub.errors import PrivacyNeeded
from hub.model import Scope
from hub.model.looks import WholeQuery
from hub.operations.search.recognise import LONGEST
from hub.operations.search.schemas import SearchAnswer
from hub.operations.search.search import MOST, SearchRequest, audited, search
from hub.web.auth.caller import note, places_of, places_with
from hub.web.responses import json_answer
from hub.web.services import services

SUBJECT: Final = "search"
"""What a note of the audit is about: never the words, which may be a name."""


class SearchQuery(WholeQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    q: Annotated[
        str,
        Meta(
            max_length=LONGEST,
            description="A name, address, telephone number, unit, building, case, event, id, or words of a "
            "subject.",
        ),
    ]
    limit: Annotated[int, Meta(ge=1, le=MOST, description="How many of each kind at most.")] = 5


async def find(request: web.Request, query: SearchQuery) -> web.Response:
    """Find people, units, buildings, cases, events and messages by whatever somebody knows of them."""
    return json_answer(await searched(request, query))


async def searched(request: web.Request, query: SearchQuery) -> SearchAnswer:
    """Search within the caller's reach, and audit it. Raises PrivacyNeeded."""
    private = places_with(request, Scope.PRIVACY)
    if query.whole and private == frozenset():
        raise PrivacyNeeded
    asked = SearchRequest(
        typed=query.q,
        limit=query.limit,
        whole=query.whole,
        places=places_of(request),
        private=private,
    )
    found = await search(services(request).search_deps, asked)
    for person, detail in audited(found):
        await note(request, "search", SUBJECT, person=person, **detail)
    return found.answer
