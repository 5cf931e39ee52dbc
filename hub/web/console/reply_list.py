"""Replies as a list: newest first, answers to emergencies on top."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from hub.model.casework import ReplyView
from hub.model.reply_rows import ReplyRow
from hub.operations.explain.sentences_es import short_time
from hub.ports.casework import ReplyFilter
from hub.rendering import case_words_es, labels_es
from hub.rendering.actors_es import who_es
from hub.web.api.replies import replies_of
from hub.web.auth.caller import caller_of, places_of
from hub.web.console.list_filter import buildings_of
from hub.web.console.shell import console_page, paged, sheet_of, spreadsheet
from hub.web.console.staff import staff_names
from hub.web.requests import FormQuery, Sheet
from hub.web.schemas.people import RepliesQuery
from hub.web.services import services

PATH: Final = "/replies"
_URGENT: Final = 20
"""Unsettled answers to emergencies that are shown on top."""
_COLUMNS: Final = ("Cuándo", "Clase", "Canal", "Persona", "Caso", "Copropiedad", "Estado", "Encargado")
_CHANNELS: Final = tuple((name, labels_es.CHANNELS[name]) for name in ("email", "sms", "whatsapp"))


class ReplyListQuery(RepliesQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Sheet | None = None


async def show(request: web.Request, query: ReplyListQuery) -> web.StreamResponse:
    """List the replies of people, without their words."""
    found = await replies_of(request, query)
    if query.format is not None:
        staff, places = await staff_names(request), await buildings_of(request)
        return spreadsheet("respuestas", _COLUMNS, (_line(row, staff, places) for row in found.items))
    urgent = ReplyFilter(view=ReplyView.EMERGENCY, places=places_of(request))
    return console_page(
        "console/replies.html",
        request,
        here=PATH,
        rows=found.items,
        urgent=(await services(request).contacts.replies(urgent, after=None, limit=_URGENT)).items,
        query=query,
        channels=_CHANNELS,
        buildings=await buildings_of(request),
        staff=await staff_names(request),
        me=caller_of(request).who,
        case_words=case_words_es,
        sheet=sheet_of(request),
        **paged(request, query.after, found.next),
    )


def _line(row: ReplyRow, staff: Mapping[str, str], places: Mapping[str, str]) -> tuple[object, ...]:
    return (
        short_time(row.received_at),
        case_words_es.REPLY_KINDS.get(row.kind, row.kind),
        labels_es.CHANNELS.get(row.channel, row.channel),
        row.person or "",
        row.case or row.thread,
        places.get(row.copropiedad or "", row.copropiedad or ""),
        case_words_es.REPLY_STATES[row.state],
        who_es(row.assignee, staff),
    )
