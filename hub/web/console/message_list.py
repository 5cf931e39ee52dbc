"""The page of messages: newest first, narrowed by a form, page by page, or as a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Final, Literal

import msgspec
from aiohttp import web
from msgspec import Meta

from hub.operations.explain.sentences_es import short_time
from hub.ports import MessageFilter
from hub.rendering import labels_es
from hub.rendering.outcomes_es import described
from hub.rendering.titles_es import EVENTS
from hub.web.auth.caller import places_of
from hub.web.console.shell import console_page, spreadsheet, with_query
from hub.web.requests import FormQuery
from hub.web.schemas.common import MessagesQuery
from hub.web.services import services

PATH: Final = "/messages"
_COLUMNS: Final = ("Cuándo", "Evento", "Persona", "Canal", "Estado", "Qué significa", "Qué hacer")


class MessageListQuery(MessagesQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Annotated[Literal["csv"] | None, Meta(description="A sheet instead of the page.")] = None
    done: str = ""


async def show(request: web.Request, query: MessageListQuery) -> web.StreamResponse:
    """List messages, newest first."""
    known = msgspec.convert(query, MessageFilter, from_attributes=True)
    found = await services(request).log.messages(
        replace(known, places=places_of(request)), after=query.after, limit=query.limit
    )
    rows = [{**row, **described(row["state"], row["reason"])} for row in found.items]
    if query.format is not None:
        return spreadsheet("mensajes", _COLUMNS, map(_line, rows))
    return console_page(
        "console/messages.html",
        request,
        here=PATH,
        live="messages",
        rows=rows,
        query=query,
        events=EVENTS,
        sheet=with_query(request, format="csv"),
        next=with_query(request, after=found.next) if found.next else None,
        first=with_query(request, after=None) if query.after else None,
    )


def _line(row: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        short_time(row["created_at"]),
        EVENTS.get(row["event"], row["event"]),
        row["person"],
        labels_es.CHANNELS.get(row["channel"], row["channel"]),
        labels_es.MESSAGE_STATES.get(row["state"], row["state"]),
        row["means"],
        row["to_do"],
    )
