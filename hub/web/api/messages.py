"""Messages over HTTP: list, show with attempts."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from hub.model import PropertyScope
from hub.ports import MessageFilter
from hub.web.api.masked import Looked, look
from hub.web.auth.audit import note
from hub.web.auth.scope import places_of
from hub.web.requests import read_id, read_query
from hub.web.responses import json_answer, page_answer
from hub.web.schemas.common import MessagesQuery
from hub.web.services import services

_MESSAGE: Final = "message"


async def list_messages(request: web.Request) -> web.Response:
    """List messages, newest first."""
    query = read_query(request, MessagesQuery)
    message_filter = MessageFilter(
        state=query.state,
        channel=query.channel,
        event=query.event,
        event_id=query.event_id,
        person=query.person,
        since=query.since,
        places=places_of(request),
    )
    return page_answer(
        await services(request).log.messages(message_filter, after=query.after, limit=query.limit)
    )


async def show_message(request: web.Request) -> web.Response:
    """Show a message with its attempts; masked by default."""
    message_id, log = read_id(request, _MESSAGE), services(request).log

    async def read(places: PropertyScope, *, whole: bool) -> Looked:
        return await log.message(message_id, places=places, whole=whole)

    message = await look(request, read, noun=_MESSAGE)
    whole = not message["masked"]
    await note(request, "message.show", f"message:{message_id}", person=message["person"], whole=whole)
    return json_answer(message)
