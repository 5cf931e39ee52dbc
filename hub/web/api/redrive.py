"""Sending lost messages again over HTTP."""

from __future__ import annotations

from aiohttp import web

from hub.operations import redrive as redriving
from hub.operations.redrive import RedriveRequest
from hub.ports import RedriveResult
from hub.web.api.messages import message_filter
from hub.web.auth.audit import note
from hub.web.auth.scope import places_of
from hub.web.responses import json_answer
from hub.web.schemas.operations import RedriveBody
from hub.web.services import services


async def redrive(request: web.Request, body: RedriveBody) -> web.Response:
    """Send lost messages again, by filter; safe to repeat."""
    narrowed, deps = message_filter(body, places_of(request)), services(request)
    done = await redriving.redrive(
        RedriveRequest(narrowed=narrowed, also_told=body.also_told, dry_run=body.dry_run),
        store=deps.redrive,
        publisher=deps.publisher,
        limit=body.limit,
        after=body.after,
    )
    if not body.dry_run:
        await note(request, "redrive", f"messages:{body.state}", taken=done.of(RedriveResult.TAKEN))
    return json_answer(redriving.shown(done, dry_run=body.dry_run))
