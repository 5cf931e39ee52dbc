"""A case as one thread, over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final, Literal

from aiohttp import web
from msgspec import Meta, Struct

from hub.access.sight import Duty
from hub.business_time.dates import day_start, next_day_start
from hub.model import Word
from hub.model.casework import CaseKind
from hub.model.looks import WholeQuery
from hub.model.pages import Cursor, Limit, Rows
from hub.operations.cases import listing, lookup
from hub.operations.cases.listing import CaseRow
from hub.operations.cases.lookup import HOW_KEYS_LOOK
from hub.operations.cases.schemas import CaseThreadAnswer
from hub.operations.cases.thread import ThreadPage
from hub.ports.cases import KnownCase
from hub.ports.casework import CaseFilter
from hub.web.auth.caller import actor_of, caller_of, places_of, sight_of
from hub.web.responses import Refusal, json_answer
from hub.web.services import services

_NO_CASE: Final = "No hay un caso con esa clave."


class CaseQuery(WholeQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    whole: Annotated[
        bool,
        Meta(description="Names, addresses and texts as they are; needs the scope `privacy` there."),
    ] = False
    after: Cursor | None = None
    # Texts are rendered in one go: more would keep other requests waiting.
    limit: Annotated[int, Meta(ge=1, le=100, description="How many at most.")] = 100


class CasesQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: Annotated[Literal["open", "closed"], Meta(description="Whether a promise runs.")] | None = None
    kind: Annotated[CaseKind, Meta(description="How its key begins.")] | None = None
    copropiedad: Annotated[Word, Meta(description="Of this copropiedad.")] | None = None
    mine: Annotated[bool, Meta(description="Those that the caller has taken.")] = False
    since: (
        Annotated[date, Meta(description="Something happened on this day in Colombia or later.")] | None
    ) = None
    until: Annotated[date, Meta(description="Nothing has happened after this day.")] | None = None
    after: Cursor | None = None
    limit: Limit = 50


async def list_cases(request: web.Request, query: CasesQuery) -> web.Response:
    """List cases, the one in which something happened last first."""
    return json_answer(await listed_cases(request, query))


async def listed_cases(request: web.Request, query: CasesQuery) -> Rows[CaseRow]:
    """Return the cases that the query selects and the caller may see."""
    asked = CaseFilter(
        is_open=None if query.state is None else query.state == "open",
        kind=query.kind,
        assignee=caller_of(request).who if query.mine else None,
        since=None if query.since is None else day_start(query.since),
        until=None if query.until is None else next_day_start(query.until),
    )
    return await listing.list_cases(
        services(request).casework,
        asked,
        after=query.after,
        limit=query.limit,
        places=places_of(request),
        copropiedad=query.copropiedad,
    )


async def show_case(request: web.Request, query: CaseQuery) -> web.Response:
    """
    Show a case as one thread: events, messages, replies, promises and letters in time order, in words.

    The key is the case's own, a radicado, or the id of anything in it.
    """
    found = await cases_of(request)
    if len(found) > 1:
        return json_answer(lookup.choices(found), status=300)
    return json_answer(await seen(request, found[0], query))


async def cases_of(request: web.Request) -> Sequence[KnownCase]:
    """Return the cases that the key in the path may mean to this caller. Raises Refusal (404) for none."""
    key = request.match_info["key"]
    found = await lookup.find(services(request).cases, key, places=places_of(request))
    if not found:
        raise Refusal(404, _NO_CASE, HOW_KEYS_LOOK)
    return found


async def seen(request: web.Request, case: KnownCase, query: CaseQuery) -> CaseThreadAnswer:
    """
    Return a page of the case as the caller may see it.

    Raises PrivacyNeeded if the caller asks for the whole case without the scope.
    """
    sight = sight_of(request)
    answers = await services(request).cases.known([case.case], places=sight.with_duty(Duty.ANSWER))
    asked = ThreadPage(after=query.after, limit=query.limit, whole=query.whole, notes=bool(answers))
    return await services(request).threads.look(actor_of(request), case, asked, sight=sight)
