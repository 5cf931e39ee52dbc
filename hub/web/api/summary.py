"""What an operator sees first: counts, the hub's own incidents, events that do not reach everybody."""

from __future__ import annotations

from aiohttp import web

from hub.operations.incidents import read_incidents
from hub.web.auth.caller import places_of
from hub.web.responses import json_answer
from hub.web.schemas.common import IncidentsQuery, PageQuery, Summary
from hub.web.services import services


async def summary(request: web.Request) -> web.Response:
    """Count messages, promises and dead letters by state."""
    deps = services(request)
    counts = await deps.monitoring.counts.get(places_of(request))
    return json_answer(Summary(company=deps.policy.company.name, mode=deps.settings.mode, counts=counts))


async def list_incidents(request: web.Request, query: IncidentsQuery) -> web.Response:
    """List what is wrong with the hub itself, the open ones first."""
    return json_answer(await read_incidents(services(request).incidents, query.limit))


async def list_unreached(request: web.Request, query: PageQuery) -> web.Response:
    """List events that do not reach all their recipients, newest first."""
    log = services(request).log
    return json_answer(await log.unreached(after=query.after, limit=query.limit, places=places_of(request)))
