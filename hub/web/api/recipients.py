"""Recipients of an event, notified or left out, over HTTP."""

from __future__ import annotations

from typing import Annotated, Final

from aiohttp import web
from msgspec import Meta, Struct

from hub.model.pages import Limit
from hub.operations.recipients import RecipientPage, Recipients, event_named, read_recipients
from hub.web.auth.caller import places_of
from hub.web.requests import found
from hub.web.responses import json_answer
from hub.web.services import services

_EVENT: Final = "event"


class RecipientsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    after: Annotated[str, Meta(max_length=200, description="`next_notified` of the page before.")] = ""
    left_after: Annotated[str, Meta(max_length=200, description="`next_left_out` of the page before.")] = ""
    limit: Limit = 50


async def list_recipients(request: web.Request, query: RecipientsQuery) -> web.StreamResponse:
    """List the people notified of an event, and those left out with the reason."""
    return json_answer(await recipients_of(request, query))


async def recipients_of(request: web.Request, query: RecipientsQuery) -> Recipients:
    """Return a page for the event in the path. Raises Refusal (404) if the caller reaches none."""
    deps = services(request)
    of = found(_EVENT, await event_named(deps.explain, request.match_info["key"], places_of(request)))
    page = RecipientPage(notified_after=query.after, left_out_after=query.left_after, limit=query.limit)
    return await read_recipients(deps.recipients, of, page)
