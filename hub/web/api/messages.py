"""Messages over HTTP: list, show with attempts, send lost ones again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import msgspec
from aiohttp import web

from hub.model import Json, PropertyScope
from hub.operations import redrive as redriving
from hub.operations.bulk.choose import LISTS, BulkFilter, narrowed
from hub.operations.causes import read_causes
from hub.operations.evidence import row_of
from hub.operations.redrive import RedriveRequest
from hub.ports import MessageFilter, RedriveResult
from hub.rendering.outcomes_es import described
from hub.web.api.masked import look
from hub.web.auth.caller import note, places_of
from hub.web.requests import found, read_id
from hub.web.responses import json_answer
from hub.web.schemas.common import MessagesQuery, RedriveBody, WholeQuery
from hub.web.services import services

_MESSAGE: Final = "message"


async def list_messages(request: web.Request, query: MessagesQuery) -> web.Response:
    """List messages, newest first."""
    asked = _filter(query, places_of(request))
    page = await services(request).log.messages(asked, after=query.after, limit=query.limit)
    return json_answer(replace(page, items=[_in_words(row) for row in page.items]))


async def list_causes(request: web.Request, query: MessagesQuery) -> web.Response:
    """Group the newest lost messages, or what a filter names, by reason and channel."""
    asked = _filter(query, places_of(request))
    if not (asked.state or asked.states):
        asked = replace(asked, states=LISTS["lost"])
    return json_answer(await read_causes(services(request).log, asked))


async def show_message(request: web.Request, query: WholeQuery) -> web.Response:
    """Show a message with its attempts; masked by default."""
    message_id, log = read_id(request, _MESSAGE), services(request).log
    return json_answer(_in_words(await look(request, query, log.message, message_id, noun=_MESSAGE)))


async def show_evidence(request: web.Request) -> web.Response:
    """Make again what a message said, and compare it byte for byte with what left."""
    message_id, deps = read_id(request, _MESSAGE), services(request)
    shown = found(_MESSAGE, await deps.log.message(message_id, places=places_of(request)))
    await note(request, "evidence.show", f"message:{message_id}", person=shown["person"])
    said = await deps.evidence.said(message_id)
    rows = [] if said is None else [row_of(call) for call in await deps.remaker.remake(said)]
    return json_answer({"items": rows, "next": None})


async def redrive(request: web.Request, body: RedriveBody) -> web.Response:
    """Send lost messages again, by filter; safe to repeat."""
    asked, deps = _filter(body, places_of(request)), services(request)
    done = await redriving.redrive(
        RedriveRequest(narrowed=asked, include_notified=body.also_told, dry_run=body.dry_run),
        store=deps.redrive,
        publisher=deps.publisher,
        limit=body.limit,
        after=body.after,
    )
    if not body.dry_run:
        await note(request, "redrive", f"messages:{body.state}", taken=done.of(RedriveResult.TAKEN))
    return json_answer(redriving.shown(done, dry_run=body.dry_run))


def _in_words(row: Mapping[str, Json]) -> dict[str, Json]:
    return {**row, **described(row["state"], row["reason"])}


def _filter(query: MessagesQuery | RedriveBody, places: PropertyScope) -> MessageFilter:
    """Return the filter, whose fields are called as those of the query."""
    return narrowed(msgspec.convert(query, BulkFilter, from_attributes=True), places)
