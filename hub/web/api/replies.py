"""Replies and suppressions over HTTP."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from hub.operations.suppressions import read_suppressions, with_end
from hub.people.audience import written_as
from hub.web.api.masked import look
from hub.web.auth.caller import acting_person, note, places_of
from hub.web.requests import found, read_id
from hub.web.responses import json_answer
from hub.web.schemas.common import PageQuery, WholeQuery
from hub.web.schemas.people import LiftBody, Lifted, RepliesQuery
from hub.web.services import services

_REPLY: Final = "reply"
_SUPPRESSION: Final = "suppression"


async def list_replies(request: web.Request, query: RepliesQuery) -> web.Response:
    """List replies, newest first, without their text."""
    page = await services(request).contacts.replies(
        kind=query.kind, after=query.after, limit=query.limit, places=places_of(request)
    )
    return json_answer(page)


async def show_reply(request: web.Request) -> web.Response:
    """Show a reply with its text."""
    reply_id, contacts = read_id(request, _REPLY), services(request).contacts
    reply = found(_REPLY, await contacts.reply(reply_id, places_of(request)))
    await note(request, "reply.show", f"reply:{reply['id']}", person=reply["person"])
    return json_answer(reply)


async def list_suppressions(request: web.Request, query: PageQuery) -> web.Response:
    """List suppressed contact points, newest first."""
    page = await read_suppressions(
        services(request).contacts,
        services(request).policy,
        after=query.after,
        limit=query.limit,
        places=places_of(request),
    )
    return json_answer(page)


async def show_suppression(request: web.Request, query: WholeQuery) -> web.Response:
    """Show a suppressed contact point; masked by default."""
    row_id, deps = read_id(request, _SUPPRESSION), services(request)
    row = await look(request, query, deps.contacts.suppression, row_id, noun=_SUPPRESSION)
    return json_answer(with_end(row, deps.policy))


async def lift_suppression(request: web.Request, body: LiftBody) -> web.Response:
    """Lift a suppression; safe to repeat."""
    named = written_as(body.address) or body.address
    lifted = await services(request).contacts.lift_suppression(
        named, by=acting_person(request, body.by), places=places_of(request)
    )
    await note(request, "suppression.lift", "suppression", lifted=lifted)
    return json_answer(Lifted(lifted=lifted))
