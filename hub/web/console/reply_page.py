"""A reply as a page: its words, the message that it answers, and the acts of staff."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from aiohttp import web

from hub.desk.cases.answering import conversation_of_reply
from hub.doors.act import OPERATE
from hub.doors.api import operator_of
from hub.doors.console import AGAIN, ONCE
from hub.model import Scope
from hub.model.casework import case_of_thread
from hub.model.reply_rows import ReplyWhole
from hub.operations.cases.replies import look_at_reply
from hub.rendering import case_words_es
from hub.rendering.page_links import CASES
from hub.rendering.titles_es import EVENTS
from hub.web.api.replies import assigned, read_reply, settled
from hub.web.auth.caller import actor_of, caller_of, places_of, places_with
from hub.web.console.composer import composer_of
from hub.web.console.contact import contacts_of
from hub.web.console.list_filter import buildings_of
from hub.web.console.shell import console_page, done
from hub.web.console.staff import staff_names
from hub.web.requests import FormQuery, found, read_id
from hub.web.schemas.people import AssignBody, SettleReplyBody
from hub.web.services import services

PATH: Final = "/replies"
_REPLY: Final = "reply"


async def show(request: web.Request, query: FormQuery) -> web.StreamResponse:  # noqa: ARG001 - others are refused
    """Show a reply; its words to a caller who may read them there, which is audited."""
    reply, words_shown = await _reply(request)
    again = request.get(AGAIN, ONCE)
    return console_page(
        "console/reply.html",
        request,
        here=CASES,
        reply=reply,
        words_shown=words_shown,
        path=f"{PATH}/{reply.id}",
        thread=case_of_thread(reply.thread),
        events=EVENTS,
        case_words=case_words_es,
        status=200 if again["wrong"] is None else again["wrong"].status,
        wrong=again["wrong"],
        said=again["form"],
        **await _around(request, reply),
    )


async def assign(request: web.Request, form: AssignBody) -> web.StreamResponse:
    """Give the reply to somebody."""
    return _back((await assigned(request, form)).id, "assigned")


async def close(request: web.Request, form: SettleReplyBody) -> web.StreamResponse:
    """Say that the reply is answered, or needs no answer."""
    return _back((await settled(request, form)).id, "settled")


def _back(reply_id: UUID, what: str) -> web.StreamResponse:
    return done(f"{PATH}/{reply_id}", what)


async def _reply(request: web.Request) -> tuple[ReplyWhole, bool]:
    """Return the reply, and whether this caller may read its words."""
    if (reply := await read_reply(request)) is not None:
        return reply, True
    contacts, reply_id = services(request).contacts, read_id(request, _REPLY)
    return found(_REPLY, await look_at_reply(actor_of(request), contacts, reply_id)), False


async def _around(request: web.Request, reply: ReplyWhole) -> dict[str, Any]:
    """Return its surroundings: the answered message, the accounts that may take it, the caller's acts."""
    deps, reply_id = services(request), read_id(request, _REPLY)
    may = await deps.contacts.reply(reply_id, places_with(request, Scope.OPERATE)) is not None
    message = reply.message_id
    talk = await conversation_of_reply(operator_of(request, OPERATE), reply) if may else None
    return {
        **(composer_of(talk, deps.now(), came_by=reply.channel) if talk else {}),
        "talk": talk,
        "answered": await deps.log.message(message, places=places_of(request)) if message else None,
        "accounts": await deps.reply_acts.may_take(reply) if may else (),
        "may_act": may,
        "buildings": await buildings_of(request),
        "staff": await staff_names(request),
        "me": caller_of(request).who,
        "contacts": await contacts_of(request, reply.person),
    }
