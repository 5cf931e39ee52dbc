"""A reply as a page: its words, the message that it answers, and the acts of staff."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from hub.desk.cases.answering import conversation_of_reply
from hub.desk.cases.replies import REPLY, colleagues_at, look_at_reply, read_reply
from hub.desk.cases.rows import WrittenBody
from hub.doors.act import OPERATE, READ
from hub.doors.api import operator_of
from hub.doors.console import AGAIN, ONCE, status_of
from hub.model.casework import ReplyState, case_of_thread
from hub.model.reply_rows import ReplyWhole
from hub.rendering import case_words_es
from hub.rendering.page_links import CASES
from hub.rendering.titles_es import EVENTS
from hub.web.auth.caller import caller_of, places_of
from hub.web.bodies import words_of
from hub.web.console.composer import composer_of
from hub.web.console.contact import contacts_of
from hub.web.console.list_filter import buildings_of
from hub.web.console.shell import console_page
from hub.web.console.staff import staff_names
from hub.web.requests import FormQuery, found, read_id
from hub.web.services import services

PATH: Final = "/replies"


async def show(request: web.Request, query: FormQuery) -> web.StreamResponse:  # noqa: ARG001 - others are refused
    """Show a reply; its words to a caller who may read them there, which is audited."""
    reply, words_shown = await _reply(request)
    again, around = request.get(AGAIN, ONCE), await _around(request, reply)
    may_write = around["may_act"] and reply.state == ReplyState.OPEN and around["may_answer"]
    said = again["form"] if isinstance(again["form"], WrittenBody) else None
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
        status=status_of(again["wrong"]),
        refused=None if said else again["wrong"],
        wrong=again["wrong"] if said else None,
        said=said,
        lost=words_of(request) if said and not may_write else (),
        **around,
    )


async def _reply(request: web.Request) -> tuple[ReplyWhole, bool]:
    """Return the reply, and whether this caller may read its words."""
    by, reply_id = operator_of(request, READ), read_id(request, REPLY)
    if (reply := await read_reply(by, reply_id)) is not None:
        return reply, True
    return found(REPLY, await look_at_reply(by, reply_id)), False


async def _around(request: web.Request, reply: ReplyWhole) -> dict[str, Any]:
    """Return its surroundings: the answered message, the accounts that may take it, the caller's acts."""
    deps, by, message = services(request), operator_of(request, OPERATE), reply.message_id
    may = await deps.contacts.reply(reply.id, by.places) is not None
    talk = await conversation_of_reply(by, reply) if may else None
    return {
        **(composer_of(talk, deps.now(), came_by=reply.channel) if talk else {}),
        "talk": talk,
        "answered": await deps.log.message(message, places=places_of(request)) if message else None,
        "accounts": await colleagues_at(by, reply.copropiedad) if may else (),
        "may_act": may,
        "buildings": await buildings_of(request),
        "staff": await staff_names(request),
        "me": caller_of(request).who,
        "contacts": await contacts_of(request, reply.person),
    }
