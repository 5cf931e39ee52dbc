"""A case as one thread, over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from aiohttp import web
from msgspec import Meta

from hub.access.sight import Duty
from hub.model.looks import WholeQuery
from hub.model.pages import Cursor
from hub.operations.cases import lookup
from hub.operations.cases.lookup import HOW_KEYS_LOOK
from hub.operations.cases.schemas import CaseThreadAnswer
from hub.operations.cases.thread import ThreadPage
from hub.ports.cases import KnownCase
from hub.web.auth.caller import actor_of, places_of, sight_of
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
