"""Replies over HTTP."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from hub.business_time.dates import day_start, next_day_start
from hub.model import within
from hub.model.pages import Rows
from hub.model.reply_rows import ReplyRow, ReplyWhole
from hub.operations.cases import replies as reading
from hub.operations.cases.replies import ReplyTask
from hub.ports.casework import ReplyFilter
from hub.web.auth.caller import actor_of, caller_of, places_of, sight_of
from hub.web.requests import found, read_id
from hub.web.responses import json_answer
from hub.web.schemas.people import AssignBody, RepliesQuery, SettleReplyBody
from hub.web.services import services

_REPLY: Final = "reply"


async def list_replies(request: web.Request, query: RepliesQuery) -> web.Response:
    """List replies, newest first, without their text."""
    return json_answer(await replies_of(request, query))


async def replies_of(request: web.Request, query: RepliesQuery) -> Rows[ReplyRow]:
    """Return the replies that the query selects and the caller may see."""
    asked = ReplyFilter(
        kind=query.kind,
        view=query.view,
        who=caller_of(request).who,
        channel=query.channel,
        since=None if query.since is None else day_start(query.since),
        until=None if query.until is None else next_day_start(query.until),
        places=within(places_of(request), query.copropiedad),
    )
    return await services(request).contacts.replies(
        asked, after=query.after, limit=query.limit, plain=sight_of(request).names
    )


async def show_reply(request: web.Request) -> web.Response:
    """Show a reply with its text, to whoever must answer it or has `privacy` there."""
    return json_answer(found(_REPLY, await read_reply(request)))


async def read_reply(request: web.Request) -> ReplyWhole | None:
    """Return the reply of the path with its text, if the caller sees its words; staff has read it then."""
    by, reply_id, deps = actor_of(request), read_id(request, _REPLY), services(request)
    return await reading.read_reply(by, deps.contacts, deps.casework, reply_id, sight=sight_of(request))


async def assign_reply(request: web.Request, body: AssignBody) -> web.Response:
    """Give a reply to an account, to the caller, or to nobody; safe to repeat."""
    return json_answer(await assigned(request, body))


async def assigned(request: web.Request, body: AssignBody) -> ReplyTask:
    """Give the reply of the path to somebody."""
    who = caller_of(request).who
    given = None if body.nobody else body.account or who
    acts, reply_id = services(request).reply_acts, read_id(request, _REPLY)
    return found(_REPLY, await acts.assign(reply_id, given, who=who, places=places_of(request)))


async def close_reply(request: web.Request, body: SettleReplyBody) -> web.Response:
    """Say that a reply is answered or needs no answer; safe to repeat."""
    return json_answer(await settled(request, body))


async def settled(request: web.Request, body: SettleReplyBody) -> ReplyTask:
    """Settle the reply of the path."""
    deps, reply_id = services(request), read_id(request, _REPLY)
    done = await deps.reply_acts.settle(
        reply_id, body.state, who=caller_of(request).who, now=deps.now(), places=places_of(request)
    )
    return found(_REPLY, done)
