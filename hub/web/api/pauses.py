"""Channels over HTTP; pausing channels and events."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from hub.operations import channels
from hub.operations import pause as pausing
from hub.web.auth.caller import acting_person, note
from hub.web.paging import page_by
from hub.web.responses import json_answer
from hub.web.schemas.common import ListQuery, PauseBody
from hub.web.services import services

AT_MOST: Final = 10_000
"""Most messages that one request releases."""


async def list_channels(request: web.Request, query: ListQuery) -> web.Response:
    """List the channels: providers, pauses, waiting messages."""
    deps = services(request)
    depths = await channels.read_depths(deps.publisher)
    items = await channels.read_channels(deps.pauses, depths, deps.incidents, deps.settings)
    return json_answer(page_by(items, query, key=lambda row: (row.name,)))


async def list_pauses(request: web.Request, query: ListQuery) -> web.Response:
    """List the paused channels and events."""
    rows = await services(request).pauses.pauses()
    return json_answer(page_by(rows, query, key=lambda row: (str(row["subject"]),)))


async def pause(request: web.Request, body: PauseBody) -> web.Response:
    """Pause a channel (`sms`) or an event (`pqrs.received`), emergencies too; safe to repeat."""
    subject = pausing.subject_of(request.match_info["name"])
    by = acting_person(request, body.by)
    store = services(request).pauses
    done = await pausing.pause(subject, by=by, reason=body.reason, ends_at=body.ends_at, store=store)
    await note(request, "pause", subject, changed=done.changed)
    return json_answer(done)


async def resume(request: web.Request) -> web.Response:
    """End a pause and release the messages it held; safe to repeat."""
    deps, subject = services(request), pausing.subject_of(request.match_info["name"])
    done = await pausing.resume(subject, store=deps.pauses, publisher=deps.publisher, at_most=AT_MOST)
    await note(request, "resume", done.subject, changed=done.changed, released=done.released)
    return json_answer(done)
